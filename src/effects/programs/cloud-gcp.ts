/** The Google Cloud command lines: gcloud, gsutil, bq. */
import { classOf, cloudReading, verbAt } from '../cloud-verbs.ts';
import type { Arg, Program, Reading } from '../program.ts';
import { type Does, flowOf, given, known, names, subcommands, type Use, valueOf, words } from '../subcommands.ts';

const printsSecret = (what: string): Does => ({ effect: 'secret.print', facts: { what } });
const deploys: Does = { effect: 'deploy', noun: 'service', facts: { to: 'google cloud' } };
const removes = (service: string): Does => ({
  effect: 'cloud.delete',
  noun: 'bucket path',
  facts: {
    provider: 'gcp',
    service,
    verb: (use) => use.verbs.at(-1),
    recursive: given('-r', '-R', '--recursive', '--all'),
  },
});

const gcloud = subcommands({
  names: ['gcloud'],
  manual: 'gcloud(1) 543',
  values: words(
    '--project --account --configuration --format --filter --region --zone --limit --sort-by --verbosity --impersonate-service-account --location',
  ),
  flow: 'network',
  rows: [
    {
      on: 'auth print-access-token,print-identity-token | auth application-default print-access-token | secrets versions access',
      flow: 'secret',
      does: printsSecret('credentials'),
    },
    {
      on: 'auth login,activate-service-account,revoke,list | config | config set,get,list,get-value | container clusters get-credentials | components | init',
      does: [],
    },
    {
      on: 'secrets create | secrets versions add',
      does: { effect: 'secret.store', noun: 'secret', facts: { verb: 'write' } },
    },
    {
      on: 'secrets delete | secrets versions destroy,disable',
      does: { effect: 'secret.store', noun: 'secret', facts: { verb: 'delete' } },
    },
    {
      on: 'run deploy | app deploy | functions deploy | run services update,update-traffic | builds triggers run | deploy releases create',
      does: deploys,
    },
    {
      on: 'compute ssh,scp',
      values: ['--command'],
      does: {
        effect: 'remote.run',
        noun: 'host',
        facts: { host: (use) => known(use.operands[0]), command: valueOf('--command') },
      },
    },
    { on: 'storage rm', does: removes('storage') },
    {
      on: 'storage cp,mv,rsync',
      does: {
        effect: 'cloud.change',
        noun: 'bucket path',
        facts: { provider: 'gcp', service: 'storage', verb: (use) => use.verbs[1] },
      },
    },
    {
      on: 'sql databases delete | firestore databases delete | spanner databases delete | bigtable instances tables delete',
      does: [{ effect: 'db.drop', noun: 'database', facts: { tool: 'gcloud' } }, removes('sql')],
    },
    {
      on: 'logging logs delete | logging sinks delete',
      does: [{ effect: 'log.tamper', noun: 'log', facts: { what: 'cloud logs' } }, removes('logging')],
    },
  ],
  otherwise: (use) => {
    const at = verbAt(use);
    const verb = known(use.operands[at]);
    if (verb === undefined) return { effects: [] };
    const path = use.operands.slice(0, at).map((arg) => known(arg) ?? '');
    if (path.includes('dns') || path.includes('domains')) return dns(use, verb);
    if (path[0] === 'iam' || path.includes('service-accounts')) return permission(use, verb);
    return cloudReading(
      use,
      'gcp',
      path.filter((word) => word !== 'alpha' && word !== 'beta').join(' '),
      verb,
      use.operands.slice(at + 1),
    );
  },
  examples: [
    { command: 'gcloud compute instances list', effects: [] },
    { command: 'gcloud config set project p', effects: [] },
    { command: 'gcloud compute instances delete web --zone z --quiet', effects: ['cloud.delete'] },
    { command: 'gcloud projects add-iam-policy-binding p --member m', effects: ['cloud.permission'] },
    { command: 'gcloud secrets versions access latest --secret=db', effects: ['secret.print'] },
    { command: 'gcloud run deploy web --source .', effects: ['deploy'] },
    { command: 'gcloud projects delete p', effects: ['cloud.delete'] },
    { command: 'gcloud logging read severity=ERROR', effects: [] },
  ],
});

const gsutil = subcommands({
  names: ['gsutil'],
  manual: 'gsutil 5.35',
  values: ['-o', '-h', '-i'],
  flow: 'network',
  rows: [
    { on: 'rm | rb', does: removes('storage') },
    {
      on: 'cp | mv | rsync',
      flags: ['-n'],
      does: { ...removes('storage'), when: given('-d') },
      read: copies,
    },
    {
      on: 'mb | setmeta | rewrite | lifecycle set | versioning set',
      does: {
        effect: 'cloud.change',
        noun: 'bucket path',
        facts: { provider: 'gcp', service: 'storage', verb: (use) => use.verbs[0] },
      },
    },
    {
      on: 'acl ch,set | iam ch,set | defacl ch,set | signurl',
      does: {
        effect: 'cloud.permission',
        noun: 'bucket path',
        facts: { provider: 'gcp', verb: (use) => use.verbs.join(' ') },
      },
    },
  ],
  examples: [
    { command: 'gsutil ls gs://b', effects: [] },
    { command: 'gsutil cp gs://b/x out/', effects: [] },
    { command: 'gsutil cp ~/.ssh/id_rsa gs://b/', effects: ['cloud.change', 'secret.send'] },
    { command: 'gsutil -m rm -r gs://b/x', effects: ['cloud.delete'] },
    { command: 'gsutil iam ch allUsers:objectViewer gs://b', effects: ['cloud.permission'] },
  ],
});

const bq = subcommands({
  names: ['bq'],
  manual: 'bq 2.1',
  values: words('--project_id --dataset_id --location --format --max_rows -n'),
  dryRun: ['--dry_run'],
  rows: [
    { on: 'rm', does: [{ effect: 'db.drop', noun: 'table', facts: { tool: 'bq' } }] },
    {
      on: 'query',
      read: (use) => ({
        effects: use.operands.flatMap((arg) =>
          known(arg) === undefined ? [] : use.call.code('sql', known(arg) ?? '', 'bq query').effects,
        ),
        output: flowOf('content'),
      }),
    },
    {
      on: 'load | insert | cp | mk | update',
      does: { effect: 'db.write', noun: 'table', facts: { statement: (use) => use.verbs[0] } },
    },
  ],
  examples: [
    { command: 'bq ls', effects: [] },
    { command: 'bq rm -r -f dataset', effects: ['db.drop'] },
    { command: "bq query 'DROP TABLE d.t'", effects: ['db.drop'] },
  ],
});

export const programs: readonly Program[] = [gcloud, gsutil, bq];

function dns(use: Use, verb: string): Reading {
  return { effects: classOf(verb) === 'read' ? [] : [use.call.effect('cloud.dns', [], { provider: 'gcp' })] };
}

function permission(use: Use, verb: string): Reading {
  if (classOf(verb) === 'read') return { effects: [] };
  return {
    effects: [
      use.call.effect('cloud.permission', names('principal', use.operands.slice(-1)), { provider: 'gcp', verb }),
    ],
  };
}

/** Copies between here and a bucket. What leaves a bucket for this machine changes nothing there, unless it is moved. */
function copies(use: Use): Reading {
  const isBucket = (arg: Arg) => (arg.kind === 'unknown' ? arg.prefix : arg.value).startsWith('gs://');
  const to = use.operands.at(-1);
  const from = use.operands.slice(0, -1);
  if (to === undefined) return { effects: [] };
  const here = from.filter((arg) => !isBucket(arg) && known(arg) !== '-');
  const facts = { provider: 'gcp', service: 'storage', verb: use.verbs[0] ?? 'cp' };
  const reads = here.length > 0 ? [use.call.effect('fs.read', here.map(use.call.path), { recursive: true })] : [];
  if (isBucket(to) || to.kind === 'unknown' || use.verbs[0] === 'mv')
    return {
      effects: [
        ...reads,
        use.call.effect('cloud.change', names('bucket path', [to]), facts),
        ...(here.length > 0
          ? [use.call.effect('net.send', names('bucket path', [to]), { what: 'file', method: 'PUT' })]
          : []),
      ],
    };
  return {
    effects: [
      use.call.effect('net.fetch', names('url', from)),
      ...(known(to) === '-' ? [] : [use.call.effect('fs.create', [use.call.path(to)], { merge: true })]),
    ],
  };
}
