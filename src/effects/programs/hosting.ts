/** Hosting platforms: vercel, netlify, fly, heroku, railway and their like. */
import {
  always,
  changes,
  deletes,
  deploys,
  dns,
  permits,
  platform,
  printsSecret,
  removesSecret,
  resets,
  storesSecret,
} from '../platforms.ts';
import type { Program } from '../program.ts';
import { given, names, production, valueOf, words } from '../subcommands.ts';

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

const others = platform(
  [
    'kamal',
    'eb',
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
  'kamal 2, eb 3',
  {
    rows: [
      {
        on: 'deploy | setup | redeploy | rollback | publish | push | app deploy | promote | production deploy | deploy production',
        does: deploys('hosting', (use) => production(use) ?? (use.call.name === 'kamal' ? true : undefined)),
      },
      {
        on: 'remove | terminate | delete | teardown | app delete | apps:destroy | postgres:destroy',
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

export const programs: readonly Program[] = [vercel, netlify, fly, heroku, railway, others];
