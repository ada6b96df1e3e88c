/** Which infrastructure a call would change: workspace or stack, where its state is kept, and how much that state holds. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { namesProduction } from '../../effects/subcommands.ts';
import { known } from '../evidence.ts';
import { isInside } from '../places.ts';
import { readCloud } from './cloud.ts';
import { environmentOf } from './environment.ts';
import { type FoundPlace, firstVariable, type Ground, member, pathOf, shown, textAt, variable } from './ground.ts';
import { readYaml } from './yaml.ts';

/** Returns what the effect would change, or null when nothing tells. */
export function readInfrastructure(ground: Ground): FoundPlace | null {
  const { program } = ground.effect;
  if (ground.switches('infrastructure').length > 0) return null;
  if (/^(?:terraform|tofu|tf)$/.test(program)) return terraform(ground);
  if (program === 'pulumi') return pulumi(ground);
  return stage(ground);
}

/** Tools whose place is a cloud account, and a stage in it. */
function stage(ground: Ground): FoundPlace | null {
  const cloud = readCloud(ground);
  const environment = environmentOf(ground);
  if (environment === null) return cloud;
  return {
    facts: {
      ...cloud?.facts,
      environment: known(environment.value),
      ...(namesProduction(environment.value) ? { production: known(true) } : {}),
    },
    lines: [...(cloud?.lines ?? []), `stage ${environment.value} (${environment.from})`],
    keep: [],
  };
}

interface Backend {
  readonly type: string;
  /** What tells it from others: bucket and key, organization and workspace. */
  readonly words: string;
  readonly path: string | null;
}

/** Variables that add options unseen. */
const ARGUMENTS = ['TF_CLI_ARGS', 'TF_CLI_ARGS_destroy', 'TF_CLI_ARGS_apply', 'TF_CLI_ARGS_state'];

/** Terraform 1.13: the folder's `.terraform` says which workspace and backend it was initialised for. */
function terraform(ground: Ground): FoundPlace | null {
  const { given } = ground.address;
  const folder = given['folder'] === undefined ? ground.cwd : pathOf(ground, given['folder'] ?? '\0');
  const data = variable(ground, 'TF_DATA_DIR');
  const chosen = firstVariable(ground, ['TF_WORKSPACE']);
  if (folder === null || given['folder'] === null || given['state'] === null) return null;
  if (data === undefined || chosen === undefined || ARGUMENTS.some((name) => variable(ground, name) !== null))
    return null;
  const dataFolder = data === null ? posix.join(folder, '.terraform') : pathOf(ground, data, folder);
  if (dataFolder === null) return null;
  const workspace = chosen?.value ?? ground.disk.text(posix.join(dataFolder, 'environment'))?.trim() ?? 'default';
  const backend = backendOf(ground, posix.join(dataFolder, 'terraform.tfstate'));
  const file = stateFile(ground, folder, workspace, backend);
  const isKnown = ground.disk.names(folder).some((name) => /\.(?:tf|tofu)(?:\.json)?$/.test(name));
  if (!isKnown && backend === null && file === null) return null;
  const resources = file === null ? null : resourcesIn(ground, file);
  const inWorkspace = ground.workspace !== null && isInside(folder, ground.workspace);
  const names = [
    workspace,
    backend?.words ?? '',
    inWorkspace ? folder.slice(ground.workspace?.length) : '',
    given['varFile'] ?? '',
  ];
  const isProduction = names.some(namesProduction);
  const kept =
    backend === null ? (file === null ? '' : ` (${shown(ground, file)})`) : ` (${backend.type} ${backend.words})`;
  const count = resources === null ? '' : `${resources} ${resources === 1 ? 'resource' : 'resources'} in `;
  const where = `${count}workspace ${workspace}${kept.trimEnd()}`;
  return {
    facts: {
      infraWorkspace: known(workspace),
      infraBackend: known(backend?.type ?? 'local'),
      ...(resources === null ? {} : { infraResources: known(resources) }),
      ...(isProduction ? { production: known(true) } : {}),
      where: known(where),
    },
    lines: [where],
    keep: file === null ? [] : [file, `${file}.backup`].filter((one) => ground.disk.size(one) !== null),
  };
}

function backendOf(ground: Ground, file: string): Backend | null {
  const backend = member(ground.disk.json(file), 'backend');
  const type = textAt(backend, 'type');
  if (type === null) return null;
  const config = member(backend, 'config');
  const words = [
    'organization',
    'hostname',
    'bucket',
    'storage_account_name',
    'container_name',
    'key',
    'prefix',
    'schema_name',
  ]
    .map((name) => textAt(config, name))
    .concat(textAt(config, 'workspaces', 'name'))
    .filter((one) => one !== null);
  return { type, words: words.join('/'), path: textAt(config, 'path') };
}

/** The state as a file of this machine, when that is where it is. */
function stateFile(ground: Ground, folder: string, workspace: string, backend: Backend | null): string | null {
  if (backend !== null && backend.type !== 'local') return null;
  const given = ground.address.given['state'];
  const named = given ?? (workspace === 'default' ? backend?.path : null);
  const name =
    named ?? (workspace === 'default' ? 'terraform.tfstate' : `terraform.tfstate.d/${workspace}/terraform.tfstate`);
  const file = pathOf(ground, name, folder);
  return file !== null && ground.disk.size(file) !== null ? file : null;
}

/** Instances of what is managed, as `terraform state list` counts them; data sources are only read. */
function resourcesIn(ground: Ground, file: string): number | null {
  const list = member(ground.disk.json(file), 'resources');
  if (!Array.isArray(list)) return null;
  return list
    .filter((one: unknown) => textAt(one, 'mode') === 'managed')
    .reduce((sum: number, one: unknown) => {
      const instances = member(one, 'instances');
      return sum + (Array.isArray(instances) ? instances.length : 1);
    }, 0);
}

/** Pulumi 3.200: the stack that was selected for this project file, by its path's SHA-1. */
function pulumi(ground: Ground): FoundPlace | null {
  const { given } = ground.address;
  const folder = given['folder'] === undefined ? ground.cwd : pathOf(ground, given['folder'] ?? '\0');
  if (folder === null || given['folder'] === null || given['stack'] === null) return null;
  const file = ['Pulumi.yaml', 'Pulumi.yml']
    .map((name) => posix.join(folder, name))
    .find((one) => ground.disk.size(one) !== null);
  const project = file === undefined ? null : textAt(readYaml(ground.disk.text(file) ?? ''), 'name');
  const set =
    given['stack'] === undefined ? firstVariable(ground, ['PULUMI_STACK']) : { value: given['stack'], from: '' };
  if (set === undefined) return null;
  const stack = set?.value ?? (file === undefined || project === null ? null : selectedStack(ground, file, project));
  if (stack === null) return null;
  const where = `stack ${stack}${project === null ? '' : ` of ${project}`}`;
  return {
    facts: {
      infraWorkspace: known(stack),
      ...(namesProduction(stack) ? { production: known(true) } : {}),
      where: known(where),
    },
    lines: [where],
    keep: [],
  };
}

function selectedStack(ground: Ground, file: string, project: string): string | null {
  const home = variable(ground, 'PULUMI_HOME');
  const folder = home === undefined ? null : pathOf(ground, home ?? '~/.pulumi');
  if (folder === null) return null;
  const name = `${project}-${createHash('sha1').update(file).digest('hex')}-workspace.json`;
  return textAt(ground.disk.json(posix.join(folder, 'workspaces', name)), 'stack');
}
