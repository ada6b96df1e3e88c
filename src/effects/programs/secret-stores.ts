/** Secret stores: what prints a secret, what changes one, and what runs a command with secrets in its environment. */
import type { Program, Reading } from '../program.ts';
import { type Does, flowOf, given, known, type Row, subcommands, type Tool, type Use, words } from '../subcommands.ts';

const prints = (on: string, what: string, more: Partial<Does> = {}): Row => ({
  on,
  flow: 'secret',
  does: { effect: 'secret.print', noun: 'secret', facts: { what }, ...more },
});
const writes = (on: string): Row => ({
  on,
  does: { effect: 'secret.store', noun: 'secret', facts: { verb: 'write' } },
});
const deletes = (on: string): Row => ({
  on,
  does: { effect: 'secret.store', noun: 'secret', facts: { verb: 'delete' } },
});
/** Runs a command with the store's secrets in its environment: the use that the store is made for. */
const runs = (on: string, values: readonly string[] = []): Row => ({ on, values, stopAtOperand: true, read: inner });
const store = (names: readonly string[], manual: string, rest: Omit<Tool, 'names' | 'manual'>): Program =>
  subcommands({ names, manual, ...rest });

export const programs: readonly Program[] = [
  store(['vault', 'bao', 'openbao'], 'vault CLI 1.20', {
    singleDash: true,
    values: words('-address -namespace -field -format -mount -method -path -version'),
    rows: [
      prints(
        'read | kv get | unwrap | token create,lookup | print token | operator generate-root | kv export',
        'vault secret',
      ),
      writes(
        'write | kv put,patch,rollback,undelete | secrets enable,tune | policy write | auth enable | operator init,rekey',
      ),
      deletes(
        'delete | kv delete,destroy | kv metadata delete | secrets disable | policy delete | token revoke | lease revoke | auth disable | operator seal',
      ),
    ],
    examples: [
      { command: 'vault status', effects: [] },
      { command: 'vault kv list secret/', effects: [] },
      { command: 'vault kv get secret/db', effects: ['secret.print'] },
      { command: 'vault kv put secret/db pass=x', effects: ['secret.store'] },
    ],
  }),
  store(['op'], '1password CLI 2.32', {
    values: words('--account --vault --fields --format --env-file --category --title'),
    rows: [
      prints('read | item get | document get | inject | connect token create', '1password item'),
      writes('item create,edit,share | document create,edit | vault create,edit'),
      deletes('item delete | document delete | vault delete'),
      runs('run', ['--env-file']),
    ],
    examples: [
      { command: 'op vault list', effects: [] },
      { command: 'op read op://v/i/password', effects: ['secret.print'] },
      { command: 'op run -- npm start', effects: [] },
    ],
  }),
  store(
    ['doppler', 'infisical', 'dotenvx', 'envkey', 'akeyless', 'teller', 'phase'],
    'doppler 3.75, infisical 0.43, dotenvx 1.51',
    {
      values: words('-p --project -c --config -t --token --env -f --env-file --path --format'),
      rows: [
        prints(
          'secrets | secrets get,download | export | get | decrypt | secrets list | show | keypair',
          'environment secrets',
          { unless: given('--only-names') },
        ),
        writes('secrets set,upload | set | import | configs tokens create'),
        deletes('secrets delete | secrets folders delete | delete'),
        runs('run', ['--command']),
      ],
      examples: [
        { command: 'doppler me', effects: [] },
        { command: 'doppler secrets get API_KEY --plain', effects: ['secret.print'] },
        { command: 'doppler secrets set A=b', effects: ['secret.store'] },
        { command: 'dotenvx run -- node app.js', effects: [] },
      ],
    },
  ),
  store(
    ['sops', 'age', 'rage', 'ejson', 'git-crypt', 'blackbox_cat', 'transcrypt', 'ansible-vault-cat', 'kubeseal'],
    'sops 3.11, age 1.2',
    {
      values: words('-i --input --output -o -r -R --recipient --input-type --output-type -k --kms'),
      rows: [
        prints('decrypt | exec-env | export-key', 'encrypted file'),
        deletes('rotate | updatekeys'),
        runs('exec-file'),
      ],
      otherwise: (use) => ({
        effects: use.has('-d', '--decrypt')
          ? [
              use.call.effect(
                'secret.print',
                use.operands.map((arg) => use.call.path(arg)),
                { what: 'encrypted file' },
              ),
            ]
          : [],
        output: flowOf(use.has('-d', '--decrypt') ? 'secret' : 'unknown', ['encrypted file']),
      }),
      examples: [
        { command: 'sops -e plain.yaml', effects: [] },
        { command: 'sops -d secrets.yaml', effects: ['secret.print'] },
        { command: 'sops decrypt secrets.yaml', effects: ['secret.print'] },
      ],
    },
  ),
  store(['chamber', 'aws-vault', 'saml2aws', 'granted', 'assume', 'envchain', 'summon'], 'chamber 3, aws-vault 7', {
    values: words('--backend -b -d --duration'),
    rows: [
      prints('read | export | env | get', 'stored credentials'),
      writes('write | import | add | rotate'),
      deletes('delete | remove'),
      { on: 'exec', values: ['--duration', '-d'], stopAtOperand: true, read: (use) => innerAfter(use, 1) },
    ],
    examples: [
      { command: 'aws-vault list', effects: [] },
      { command: 'chamber read app db', effects: ['secret.print'] },
      { command: 'aws-vault exec dev -- aws s3 rb s3://b', effects: ['cloud.delete'] },
    ],
  }),
  store(
    ['bw', 'bws', 'rbw', 'lpass', 'keepassxc-cli', 'dashlane', 'dcli', 'keeper', 'protonpass-cli'],
    'bitwarden CLI 2025.10, lastpass 1.6',
    {
      values: words('--session --organizationid -f --format'),
      rows: [
        prints(
          'get | list items | export | show | secret get,list | note | password | code | unlock',
          'password manager entry',
        ),
        writes('create | edit | add | import | secret create,edit'),
        deletes('delete | rm | remove | purge | secret delete'),
      ],
      examples: [
        { command: 'bw status', effects: [] },
        { command: 'bw get password mail', effects: ['secret.print'] },
        { command: 'bw delete item 1', effects: ['secret.store'] },
      ],
    },
  ),
];

function inner(use: Use): Reading {
  const command = known(use.arg('--command'));
  const via = `${use.call.name} ${use.verbs.join(' ')}`;
  if (command !== undefined) return use.call.script(command, via);
  return use.operands.length === 0 ? { effects: [] } : use.call.run(use.operands, via);
}

function innerAfter(use: Use, skipped: number): Reading {
  const rest = use.operands.slice(skipped).filter((arg, index) => index > 0 || known(arg) !== '--');
  return rest.length === 0 ? { effects: [] } : use.call.run(rest, `${use.call.name} exec`);
}
