/** Which cloud account a call would hit: profile, project or subscription, and whether it is an emulator on this machine. */
import { posix } from 'node:path';
import { namesProduction } from '../../effects/subcommands.ts';
import { known } from '../evidence.ts';
import { type Found, type FoundPlace, firstVariable, type Ground, member, pathOf, textAt, variable } from './ground.ts';
import { hostOf, isLoopback } from './hosts.ts';
import { readIni } from './ini.ts';

/** What tells one account of a provider from another. */
interface Account {
  /** Number, project or subscription; null: only the profile is known. */
  readonly account: string | null;
  readonly profile: string | null;
  readonly from: string;
}

/** Returns the account that the effect is on, or null when nothing tells. */
export function readCloud(ground: Ground): FoundPlace | null {
  const { program } = ground.effect;
  if (ground.switches('cloud').length > 0) return null;
  if (/^(?:aws|awslocal|sam|cdk|cdklocal|sst|serverless|sls)$/.test(program)) return aws(ground);
  if (/^(?:gcloud|gsutil|bq)$/.test(program)) return told(ground, gcloud(ground), 'project');
  if (program === 'az') return told(ground, azure(ground), 'subscription');
  return null;
}

function told(ground: Ground, account: Account | null, noun: string, endpoint: Found | null = null): FoundPlace | null {
  const isLocal = endpoint !== null && isLoopback(hostOf(endpoint.value) ?? '');
  if (account === null && !isLocal) return null;
  const environment = ground.address.given['environment'] ?? null;
  const isProduction = [account?.account, account?.profile, environment].some(
    (one) => one != null && namesProduction(one),
  );
  const place = isLocal
    ? `emulator at ${hostOf(endpoint.value) ?? ''} (${endpoint.from})`
    : [
        account?.account == null ? null : `${noun} ${account.account}`,
        account?.profile == null ? null : `profile ${account.profile}`,
      ]
        .filter((one) => one !== null)
        .join(', ') + (account === null || account.from === 'the command' ? '' : ` (from ${account.from})`);
  return {
    facts: {
      ...(account?.account == null ? {} : { cloudAccount: known(account.account) }),
      ...(account?.profile == null ? {} : { cloudProfile: known(account.profile) }),
      cloudLocal: known(isLocal),
      ...(isProduction && !isLocal ? { production: known(true) } : {}),
      where: known(place),
    },
    lines: [place],
    keep: [],
  };
}

/** AWS CLI 2.31, configuration: options, then variables, then the profile's section of `~/.aws/config`. */
function aws(ground: Ground): FoundPlace | null {
  const { given } = ground.address;
  if (given['profile'] === null || given['endpoint'] === null) return null;
  const isEmulator = /^(?:awslocal|cdklocal)$/.test(ground.effect.program);
  const named =
    given['profile'] === undefined
      ? firstVariable(ground, ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'])
      : { value: given['profile'], from: 'the command' };
  if (named === undefined) return null;
  const file = variable(ground, 'AWS_CONFIG_FILE');
  const path = file === undefined ? null : pathOf(ground, file ?? '~/.aws/config');
  const sections = readIni(path === null ? '' : (ground.disk.text(path) ?? ''));
  const name = named?.value ?? 'default';
  const section = sections.get(name === 'default' ? 'default' : `profile ${name}`);
  const endpoint = isEmulator
    ? { value: 'http://localhost:4566', from: ground.effect.program }
    : endpointOf(ground, section);
  // Keys in the environment stand before a profile that no option names: whose they are is not known.
  const hasKeys = given['profile'] === undefined && variable(ground, 'AWS_ACCESS_KEY_ID') !== null;
  const account = hasKeys ? null : profileOf(named, section, sections);
  return told(ground, account, 'account', endpoint);
}

function profileOf(
  named: Found | null,
  section: ReadonlyMap<string, string> | undefined,
  sections: ReadonlyMap<string, ReadonlyMap<string, string>>,
): Account | null {
  const base = section?.get('source_profile');
  const account =
    /^arn:[\w-]+:iam::(\d{12}):/.exec(section?.get('role_arn') ?? '')?.[1] ??
    section?.get('sso_account_id') ??
    (base === undefined ? undefined : sections.get(`profile ${base}`)?.get('sso_account_id')) ??
    null;
  if (named === null && account === null) return null;
  return { account, profile: named?.value ?? 'default', from: named?.from ?? '~/.aws/config' };
}

function endpointOf(ground: Ground, section: ReadonlyMap<string, string> | undefined): Found | null {
  const { given } = ground.address;
  if (typeof given['endpoint'] === 'string') return { value: given['endpoint'], from: '--endpoint-url' };
  const ignored = variable(ground, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS');
  if (ignored !== null) return null;
  const service = String(ground.effect.facts['service'] ?? '')
    .replaceAll('-', '_')
    .toUpperCase();
  const names = [...(service === '' ? [] : [`AWS_ENDPOINT_URL_${service}`]), 'AWS_ENDPOINT_URL'];
  const set = firstVariable(ground, names);
  if (set === undefined || set !== null) return set ?? null;
  const written = section?.get('endpoint_url');
  return written === undefined ? null : { value: written, from: 'endpoint_url in ~/.aws/config' };
}

/** gcloud 543: an option, then variables, then the active configuration below `~/.config/gcloud`. */
function gcloud(ground: Ground): Account | null {
  const { given } = ground.address;
  if (['project', 'configuration'].some((name) => given[name] === null)) return null;
  const option = given['project'];
  if (option != null) return { account: option, profile: null, from: 'the command' };
  const set = firstVariable(ground, ['CLOUDSDK_CORE_PROJECT']);
  if (set === undefined) return null;
  if (set !== null) return { account: set.value, profile: null, from: set.from };
  const moved = variable(ground, 'CLOUDSDK_CONFIG');
  const folder = moved === undefined ? null : pathOf(ground, moved ?? '~/.config/gcloud');
  const chosen = variable(ground, 'CLOUDSDK_ACTIVE_CONFIG_NAME');
  if (folder === null || chosen === undefined) return null;
  const name =
    given['configuration'] ?? chosen ?? ground.disk.text(posix.join(folder, 'active_config'))?.trim() ?? 'default';
  if (!/^[\w-]+$/.test(name)) return null;
  const core = readIni(ground.disk.text(posix.join(folder, 'configurations', `config_${name}`)) ?? '').get('core');
  const project = core?.get('project');
  return project === undefined
    ? null
    : { account: project, profile: core?.get('account') ?? null, from: `gcloud configuration ${name}` };
}

/** az 2.78: an option, else the default subscription of `~/.azure/azureProfile.json`. */
function azure(ground: Ground): Account | null {
  const option = ground.address.given['subscription'];
  if (option === null) return null;
  if (option !== undefined) return { account: option, profile: null, from: 'the command' };
  const moved = variable(ground, 'AZURE_CONFIG_DIR');
  const folder = moved === undefined ? null : pathOf(ground, moved ?? '~/.azure');
  const list: unknown =
    folder === null ? null : member(ground.disk.json(posix.join(folder, 'azureProfile.json')), 'subscriptions');
  const standard: unknown = Array.isArray(list) ? list.find((one: unknown) => member(one, 'isDefault') === true) : null;
  const name = textAt(standard, 'name') ?? textAt(standard, 'id');
  return name === null ? null : { account: name, profile: null, from: '~/.azure/azureProfile.json' };
}
