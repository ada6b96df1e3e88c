/** Hosting platforms: deploys, environment variables and secrets, deletions. One table of verbs for each. */
import { classOf } from '../cloud-verbs.ts';
import type { Program, Reading } from '../program.ts';
import {
  type Does,
  flowOf,
  given,
  names,
  production,
  type Row,
  subcommands,
  type Tool,
  type Use,
  valueOf,
  words,
} from '../subcommands.ts';

const deploys = (to: string, isProduction: (use: Use) => true | undefined = production): Does => ({
  effect: 'deploy',
  facts: { to, production: isProduction },
});
const deletes = (provider: string): Does => ({
  effect: 'cloud.delete',
  noun: 'resource',
  facts: { provider, service: (use) => use.verbs[0], verb: (use) => use.verbs.at(-1) },
});
const changes = (provider: string): Does => ({
  effect: 'cloud.change',
  noun: 'resource',
  facts: { provider, service: (use) => use.verbs[0], verb: (use) => use.verbs.join(' ') },
});
const permits = (provider: string): Does => ({
  effect: 'cloud.permission',
  noun: 'resource',
  facts: { provider, verb: (use) => use.verbs.join(' ') },
});
const storesSecret: Does = { effect: 'secret.store', facts: { verb: 'write' } };
const removesSecret: Does = { effect: 'secret.store', noun: 'secret', facts: { verb: 'delete' } };
const printsSecret = (what: string): Does => ({ effect: 'secret.print', facts: { what } });
const dns = (provider: string): Does => ({ effect: 'cloud.dns', noun: 'name', facts: { provider } });
const resets = (tool: string): Does => ({ effect: 'db.drop', facts: { tool, production } });
const always = (): true => true;

interface Platform extends Partial<Tool> {
  readonly rows: readonly Row[];
  readonly examples: Tool['examples'];
}

const platform = (names: readonly string[], manual: string, rest: Platform): Program =>
  subcommands({ names, manual, flow: 'network', dryRun: ['--dry-run'], ...rest });

const vercel = platform(['vercel', 'vc', 'now'], 'vercel CLI 48', {
  values: words('-t --token -S --scope --cwd -A --local-config -b --build-env -e --env -m --meta --regions'),
  rows: [
    { on: 'deploy', does: deploys('vercel', given('--prod')) },
    { on: 'promote | rollback | redeploy | alias set | rolling-release', does: deploys('vercel', always) },
    {
      on: 'remove,rm | project rm,remove | blob del,delete | blob store delete | integration remove | alias rm',
      does: deletes('vercel'),
    },
    { on: 'env add,update', does: storesSecret },
    { on: 'env rm,remove', does: removesSecret },
    { on: 'env pull | pull', does: { effect: 'secret.read', noun: 'environment' } },
    { on: 'domains add,rm,buy,move,transfer-in | dns add,rm,import | certs issue,rm', does: dns('vercel') },
    {
      on: 'build | dev | ls,list | logs | inspect | whoami | link | login | env ls | project ls | bisect | git | teams',
      does: [],
    },
  ],
  otherwise: (use) => ({
    effects:
      use.operands.length > 0 || use.has('--version', '-v')
        ? []
        : [use.call.effect('deploy', [], { to: 'vercel', ...(use.has('--prod') ? { production: true } : {}) })],
  }),
  examples: [
    { command: 'vercel', effects: ['deploy'] },
    { command: 'vercel --prod', effects: ['deploy'] },
    { command: 'vercel env ls', effects: [] },
    { command: 'vercel logs web', effects: [] },
    { command: 'vercel rm web --yes', effects: ['cloud.delete'] },
  ],
});

const netlify = platform(['netlify', 'ntl'], 'netlify-cli 23', {
  values: words('-s --site -d --dir -m --message --auth -a --alias --context'),
  rows: [
    { on: 'deploy', does: deploys('netlify', given('-p', '--prod')) },
    { on: 'sites:delete', does: deletes('netlify') },
    { on: 'env:set | env:import | env:clone', does: storesSecret },
    { on: 'env:unset', does: removesSecret },
    { on: 'env:get', flow: 'secret', does: printsSecret('environment variable') },
    {
      on: 'env:list',
      flow: 'secret',
      does: { ...printsSecret('environment variables'), when: given('--plain', '--json') },
    },
    { on: 'blobs:delete', does: deletes('netlify') },
  ],
  examples: [
    { command: 'netlify status', effects: [] },
    { command: 'netlify deploy --prod', effects: ['deploy'] },
    { command: 'netlify sites:delete abc -f', effects: ['cloud.delete'] },
  ],
});

const fly = platform(['fly', 'flyctl'], 'flyctl 0.3', {
  values: words('-a --app -c --config -t --access-token -o --org -r --region -i --image -C --command'),
  rows: [
    { on: 'deploy', does: deploys('fly') },
    {
      on: 'apps destroy | destroy | machine destroy,remove | machines destroy,remove | redis destroy | storage destroy | mpg destroy',
      does: deletes('fly'),
    },
    {
      on: 'volumes destroy,delete | volume destroy,delete | postgres detach',
      does: [deletes('fly'), { effect: 'container.data', noun: 'volume', facts: { what: 'volume' } }],
    },
    { on: 'secrets set,import', does: storesSecret },
    { on: 'secrets unset', does: removesSecret },
    {
      on: 'ssh console | console | machine exec',
      does: { effect: 'remote.run', facts: { host: valueOf('-a', '--app'), command: valueOf('-C', '--command') } },
    },
    { on: 'tokens create | auth token', flow: 'secret', does: printsSecret('fly token') },
    {
      on: 'scale count,vm,memory | machine stop,restart,update | apps restart | volumes extend | launch',
      does: changes('fly'),
    },
    { on: 'certs add,remove | ips allocate,release', does: dns('fly') },
  ],
  examples: [
    { command: 'fly status', effects: [] },
    { command: 'fly logs -a web', effects: [] },
    { command: 'fly deploy', effects: ['deploy'] },
    { command: 'fly apps destroy web -y', effects: ['cloud.delete'] },
    { command: 'fly secrets set A=b', effects: ['secret.store'] },
  ],
});

const heroku = platform(['heroku'], 'heroku CLI 10', {
  values: words('-a --app -r --remote -c --confirm -t --team'),
  rows: [
    { on: 'apps:destroy | destroy | addons:destroy | pipelines:destroy | domains:clear', does: deletes('heroku') },
    { on: 'pg:reset', does: resets('heroku pg:reset') },
    { on: 'pg:push | pg:copy | pg:restore | pg:backups:restore', does: resets('heroku pg') },
    {
      on: 'pg:psql',
      values: ['--command'],
      read: (use) => ({ effects: use.call.code('sql', use.value('-c', '--command') ?? '', 'heroku pg:psql').effects }),
    },
    { on: 'config:set | config:edit', does: storesSecret },
    { on: 'config:unset', does: removesSecret },
    { on: 'config | config:get | auth:token', flow: 'secret', does: printsSecret('app configuration') },
    {
      on: 'run | run:detached | ps:exec',
      stopAtOperand: true,
      does: {
        effect: 'remote.run',
        facts: {
          host: valueOf('-a', '--app'),
          command: (use) =>
            names('', use.operands)
              .map((one) => (one.kind === 'name' ? one.name : '…'))
              .join(' '),
        },
      },
    },
    {
      on: 'releases:rollback | pipelines:promote | container:release | builds:create',
      does: deploys('heroku', always),
    },
    {
      on: 'ps:scale | ps:stop | ps:restart | restart | maintenance:on | maintenance:off | scale',
      does: changes('heroku'),
    },
    { on: 'access:add | access:remove | members:add', does: permits('heroku') },
    { on: 'domains:add | domains:remove | certs:add', does: dns('heroku') },
  ],
  examples: [
    { command: 'heroku logs --tail -a web', effects: [] },
    { command: 'heroku pg:reset DATABASE -a web', effects: ['db.drop'] },
    { command: 'heroku apps:destroy web --confirm web', effects: ['cloud.delete'] },
    { command: 'heroku config:set A=b', effects: ['secret.store'] },
  ],
});

const wrangler = platform(['wrangler'], 'wrangler 4', {
  values: words('-c --config -e --env --cwd --name -d --database --command --file --binding --namespace-id'),
  rows: [
    {
      on: 'deploy | publish | pages deploy,publish | versions deploy,upload | rollback | triggers deploy',
      does: deploys('cloudflare'),
    },
    {
      on: 'delete | r2 bucket delete | r2 object delete | kv namespace delete | kv key delete | kv bulk delete | queues delete | pages project delete | pages deployment delete | vectorize delete | hyperdrive delete | kv:namespace delete | kv:key delete',
      does: deletes('cloudflare'),
    },
    { on: 'd1 delete', does: resets('wrangler d1') },
    {
      on: 'd1 execute',
      read: (use) => ({
        effects: isLocal(use) ? [] : use.call.code('sql', use.value('--command') ?? '', 'wrangler d1').effects,
      }),
    },
    {
      on: 'd1 migrations apply',
      does: {
        effect: 'db.schema',
        facts: { tool: 'wrangler', production: (use) => (use.has('--remote') ? true : undefined) },
        unless: isLocal,
      },
    },
    { on: 'd1 time-travel restore', does: resets('wrangler d1') },
    { on: 'secret put,bulk | pages secret put,bulk | secrets-store secret create,update', does: storesSecret },
    { on: 'secret delete | pages secret delete | secrets-store secret delete', does: removesSecret },
    {
      on: 'kv key put | kv bulk put | r2 object put | r2 bucket create | kv namespace create | d1 create | queues create | pages project create',
      does: { ...changes('cloudflare'), unless: isLocal },
    },
  ],
  examples: [
    { command: 'wrangler dev', effects: [] },
    { command: 'wrangler tail', effects: [] },
    { command: 'wrangler deploy --dry-run', effects: [] },
    { command: 'wrangler deploy --env production', effects: ['deploy'] },
    { command: 'wrangler delete', effects: ['cloud.delete'] },
    { command: 'wrangler d1 execute db --remote --command "DROP TABLE t"', effects: ['db.drop'] },
    { command: 'wrangler secret put KEY', effects: ['secret.store'] },
  ],
});

const railway = platform(['railway', 'render', 'koyeb', 'northflank', 'zeabur', 'porter'], 'railway 4, render 2', {
  values: words('-s --service -e --environment -p --project --set'),
  rows: [
    { on: 'up | deploy | redeploy | deploys create | services redeploy', does: deploys('platform') },
    {
      on: 'down | delete | unlink | environment delete | service delete | services delete | volume delete | project delete | app delete',
      does: deletes('platform'),
    },
    {
      on: 'variables | variable',
      does: [
        { ...storesSecret, when: given('--set') },
        { ...printsSecret('service variables'), unless: given('--set') },
      ],
      flow: 'secret',
    },
    {
      on: 'run | ssh | connect',
      stopAtOperand: true,
      read: (use) =>
        use.operands.length === 0
          ? { effects: [use.call.effect('remote.run', [], { host: 'platform' })] }
          : use.call.run(use.operands, `${use.call.name} ${use.verbs[0] ?? ''}`),
    },
    { on: 'restart | scale | domain', does: changes('platform') },
  ],
  examples: [
    { command: 'railway logs', effects: [] },
    { command: 'railway up', effects: ['deploy'] },
    { command: 'railway down -y', effects: ['cloud.delete'] },
    { command: 'railway variables', effects: ['secret.print'] },
  ],
});

const supabase = platform(['supabase'], 'supabase CLI 2.54', {
  values: words('--project-ref --workdir --db-url --schema -s --password -p --version --experimental'),
  rows: [
    { on: 'db reset', does: resets('supabase') },
    {
      on: 'db push | migration up,repair,squash',
      does: {
        effect: 'db.schema',
        facts: { tool: 'supabase', production: (use) => (use.has('--local') ? undefined : true) },
      },
    },
    { on: 'projects delete | branches delete | functions delete | storage rm | sso remove', does: deletes('supabase') },
    { on: 'functions deploy | config push', does: deploys('supabase', always) },
    { on: 'secrets set', does: storesSecret },
    { on: 'secrets unset', does: removesSecret },
    { on: 'projects api-keys', flow: 'secret', does: printsSecret('project keys') },
    {
      on: 'stop',
      does: { effect: 'container.data', facts: { what: 'local database volumes' }, when: given('--no-backup') },
    },
    { on: 'domains create,activate,delete | vanity-subdomains activate,delete', does: dns('supabase') },
    {
      on: 'network-restrictions update | postgres-config update | ssl-enforcement update | projects create | branches create,update',
      does: changes('supabase'),
    },
  ],
  examples: [
    { command: 'supabase status', effects: [] },
    { command: 'supabase start', effects: [] },
    { command: 'supabase db diff', effects: [] },
    { command: 'supabase db reset --linked', effects: ['db.drop'] },
    { command: 'supabase db push', effects: ['db.schema'] },
    { command: 'supabase functions deploy hello', effects: ['deploy'] },
  ],
});

const firebase = platform(['firebase'], 'firebase-tools 14', {
  values: words('-P --project --account --only --token -m --message'),
  rows: [
    { on: 'deploy | hosting:channel:deploy | hosting:clone', does: deploys('firebase') },
    {
      on: 'firestore:delete | database:remove | firestore:databases:delete',
      does: { effect: 'db.drop', noun: 'path', facts: { tool: 'firebase', statement: (use) => use.verbs[0] } },
    },
    {
      on: 'database:set | database:push | database:update | auth:import',
      does: { effect: 'db.write', noun: 'path', facts: { statement: (use) => use.verbs[0] } },
    },
    {
      on: 'functions:delete | hosting:disable | hosting:channel:delete | hosting:sites:delete | apphosting:backends:delete | remoteconfig:rollback',
      does: deletes('firebase'),
    },
    { on: 'functions:secrets:set | functions:config:set | apphosting:secrets:set', does: storesSecret },
    { on: 'functions:secrets:destroy | functions:secrets:prune', does: removesSecret },
    {
      on: 'functions:secrets:access | functions:config:get | login:ci',
      flow: 'secret',
      does: printsSecret('firebase secret'),
    },
  ],
  examples: [
    { command: 'firebase projects:list', effects: [] },
    { command: 'firebase emulators:start', effects: [] },
    { command: 'firebase deploy --only hosting', effects: ['deploy'] },
    { command: 'firebase firestore:delete --all-collections -f', effects: ['db.drop'] },
  ],
});

const data = platform(
  ['pscale', 'neon', 'neonctl', 'turso', 'convex', 'nhost', 'xata'],
  'pscale 0.25, neonctl 2, turso 1, convex 1',
  {
    values: words('--org --project-id --api-key -o --output --context-file'),
    rows: [
      {
        on: 'database,databases,db delete,destroy,rm | branch,branches delete,reset,restore | projects delete | group destroy',
        does: [resets('hosted database'), deletes('hosted database')],
      },
      {
        on: 'deploy-request deploy,create | deploy',
        does: deploys('hosted database', (use) => (use.has('--preview-create') ? undefined : true)),
      },
      { on: 'import | env set', does: { effect: 'db.write', facts: { statement: (use) => use.verbs.join(' ') } } },
      {
        on: 'password create | db tokens create | connection-string,cs | env get,list',
        flow: 'secret',
        does: printsSecret('database credentials'),
      },
      { on: 'run', does: { effect: 'db.write', noun: 'function', facts: { statement: 'function' } } },
      {
        on: 'db shell | shell',
        read: (use) => ({
          effects: use.operands
            .slice(1)
            .flatMap((arg) => (arg.kind === 'unknown' ? [] : use.call.code('sql', arg.value, use.call.name).effects)),
        }),
      },
    ],
    examples: [
      { command: 'pscale branch list db', effects: [] },
      { command: 'neonctl projects delete p', effects: ['db.drop'] },
      { command: 'turso db destroy x -y', effects: ['db.drop'] },
      { command: 'convex deploy', effects: ['deploy'] },
    ],
  },
);

const generic = platform(
  [
    'doctl',
    'hcloud',
    'linode-cli',
    'scw',
    'ibmcloud',
    'oci',
    'vultr-cli',
    'civo',
    'openstack',
    'exo',
    'cf',
    'equinix',
    'aliyun',
    'yc',
  ],
  'doctl 1.145, hcloud 1.54 and their like',
  {
    values: words('-t --access-token --context -c -o --output --format --region'),
    rows: [{ on: 'auth init,list,switch | account get | kubernetes cluster kubeconfig', does: [] }],
    otherwise: (use) => generalVerb(use),
    examples: [
      { command: 'doctl compute droplet list', effects: [] },
      { command: 'doctl compute droplet delete web -f', effects: ['cloud.delete'] },
      { command: 'hcloud server create --name web', effects: ['cloud.change'] },
      { command: 'doctl apps create-deployment abc', effects: ['deploy'] },
    ],
  },
);

const others = platform(
  [
    'kamal',
    'eb',
    'copilot',
    'dokku',
    'amplify',
    'expo',
    'deployctl',
    'surge',
    'gh-pages',
    'now-cli',
    'dokploy',
    'coolify',
    'cap',
    'modal',
  ],
  'kamal 2, eb 3, copilot 1.34',
  {
    rows: [
      {
        on: 'deploy | setup | redeploy | rollback | publish | push | svc deploy | app deploy | promote | production deploy | deploy production',
        does: deploys('hosting', (use) => production(use) ?? (use.call.name === 'kamal' ? true : undefined)),
      },
      {
        on: 'remove | terminate | delete | teardown | svc delete | app delete | env delete | apps:destroy | postgres:destroy',
        does: deletes('hosting'),
      },
      {
        on: 'app exec | ssh | enter',
        does: { effect: 'remote.run', facts: { host: 'hosting', command: (use) => use.verbs.join(' ') } },
      },
      { on: 'secrets print', flow: 'secret', does: printsSecret('deploy secrets') },
    ],
    otherwise: (use) => ({
      effects: ['surge', 'gh-pages'].includes(use.call.name)
        ? [use.call.effect('deploy', [], { to: use.call.name })]
        : [],
    }),
    examples: [
      { command: 'kamal details', effects: [] },
      { command: 'kamal deploy', effects: ['deploy'] },
      { command: 'eb terminate env --force', effects: ['cloud.delete'] },
      { command: 'surge ./dist site.surge.sh', effects: ['deploy'] },
    ],
  },
);

export const programs: readonly Program[] = [
  vercel,
  netlify,
  fly,
  heroku,
  wrangler,
  railway,
  supabase,
  firebase,
  data,
  generic,
  others,
];

function isLocal(use: Use): boolean {
  return use.has('--local') || !use.has('--remote');
}

/** Providers without rows of their own: the first operand that reads as a verb says what is done. */
function generalVerb(use: Use): Reading {
  const known = names('', use.operands).map((target) => (target.kind === 'name' ? target.name : ''));
  const at = known.findIndex(
    (word, index) =>
      index > 0 &&
      /^(?:list|ls|get|show|describe|delete|rm|remove|destroy|create|update|add|set|start|stop|reboot|power|deploy|create-deployment|rebuild|resize|attach|detach|disable|enable)/.test(
        word,
      ),
  );
  const verb = known[at];
  const output = flowOf('network', [use.call.name]);
  if (verb === undefined) return { effects: [], output };
  const path = known.slice(0, at).join(' ');
  const facts = { provider: use.call.name, service: path, verb };
  const targets = names('resource', use.operands.slice(at + 1));
  if (/deploy/.test(verb)) return { effects: [use.call.effect('deploy', targets, { to: use.call.name })], output };
  if (/dns|domain|certificate/.test(path) && classOf(verb) !== 'read')
    return { effects: [use.call.effect('cloud.dns', targets, { provider: use.call.name })], output };
  const kind = classOf(verb);
  if (kind === 'read') return { effects: [], output };
  return { effects: [use.call.effect(kind === 'delete' ? 'cloud.delete' : 'cloud.change', targets, facts)], output };
}
