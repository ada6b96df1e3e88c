/** Queues, brokers, graph and time-series stores: what empties them or takes away what others wait for. */
import { exactText } from '../args.ts';
import type { Call, Program, Reading } from '../program.ts';
import { NOTHING } from '../readings.ts';
import { type Does, given, known, subcommands, words } from '../subcommands.ts';

const drops = (tool: string): Does => ({
  effect: 'db.drop',
  noun: 'queue',
  facts: { tool, statement: (use) => use.verbs.join(' ') },
});

/** Kafka's scripts say by options what they do. */
function kafka(call: Call): Reading {
  const deletes =
    call.name.startsWith('kafka-delete-records') ||
    call.args.some((arg) => /^--(?:delete|reset-offsets|delete-offsets)$/.test(exactText(arg) ?? ''));
  const looks = call.args.some((arg) => exactText(arg) === '--dry-run');
  return deletes && !looks
    ? { effects: [call.effect('db.drop', [], { tool: 'kafka', statement: 'delete' })] }
    : NOTHING;
}

export const programs: readonly Program[] = [
  {
    names: [/^kafka-(?:topics|delete-records|consumer-groups|configs|acls|streams-application-reset)(?:\.sh)?$/],
    manual: 'Apache Kafka 4.1 command-line tools',
    read: kafka,
    examples: [
      { command: 'kafka-topics.sh --bootstrap-server b:9092 --delete --topic t', effects: ['db.drop'] },
      { command: 'kafka-topics.sh --bootstrap-server b:9092 --list', effects: [] },
    ],
  },
  subcommands({
    names: ['rabbitmqctl', 'rabbitmqadmin', 'nats', 'celery', 'rq', 'bullmq', 'artemis', 'pulsar-admin', 'dramatiq'],
    manual: 'rabbitmqctl(8) 4.2, nats 0.3, celery 5.5, rq 2.6',
    values: words('-n --node -p --vhost -q --queues -A --app -b --broker -s --server -u --url -V'),
    rows: [
      {
        on: 'purge_queue | delete_queue | delete_vhost | reset | force_reset | purge queue | delete queue,vhost,exchange | purge | empty | stream rm,purge | consumer rm | kv rm,purge,del | queue purge,delete | topics delete | obliterate',
        does: { ...drops('queue'), unless: (use) => use.verbs[0] === 'empty' && use.call.name !== 'rq' },
      },
      { on: 'stop | stop_app | shutdown', does: { effect: 'service.change', facts: { verb: 'stop', unit: 'broker' } } },
    ],
    examples: [
      { command: 'rabbitmqctl list_queues', effects: [] },
      { command: 'rabbitmqctl purge_queue jobs', effects: ['db.drop'] },
      { command: 'celery -A app purge -f', effects: ['db.drop'] },
      { command: 'celery -A app worker', effects: [] },
      { command: 'nats stream purge x -f', effects: ['db.drop'] },
      { command: 'rq empty default', effects: ['db.drop'] },
    ],
  }),
  subcommands({
    names: ['neo4j-admin', 'cypher-shell', 'arangosh'],
    manual: 'neo4j-admin 5, cypher-shell 5',
    values: words('-a -u -p -d --database -f --file'),
    rows: [{ on: 'database delete,load | dbms drop', does: drops('neo4j') }],
    otherwise: (use) => {
      const statement = [...use.operands.map(known), use.call.stdin.text ?? ''].join(' ');
      return /\b(?:detach\s+delete|delete|drop\s+(?:database|index|constraint)|remove)\b/i.test(statement)
        ? {
            effects: [
              use.call.effect('db.write', [], { statement: 'DELETE', unbounded: !/\bwhere\b/i.test(statement) }),
            ],
          }
        : { effects: [] };
    },
    examples: [
      { command: "cypher-shell 'MATCH (n) DETACH DELETE n'", effects: ['db.write'] },
      { command: "cypher-shell 'MATCH (n) RETURN n LIMIT 5'", effects: [] },
      { command: 'neo4j-admin database delete x', effects: ['db.drop'] },
    ],
  }),
  subcommands({
    names: ['pg_ctl', 'pg_ctlcluster', 'pg_dropcluster', 'initdb', 'memcached-tool', 'memccat', 'memcflush', 'memcrm'],
    manual: 'pg_ctl(1) 18, pg_dropcluster(1), memcached-tool 1.6',
    values: words('-D --pgdata -m --mode -l --log -t --timeout -U --username -A --auth'),
    rows: [],
    always: [
      {
        effect: 'db.drop',
        facts: { tool: 'cluster' },
        when: (use) =>
          /^(?:pg_dropcluster|memcflush)$/.test(use.call.name) ||
          use.operands.some((arg) => /^(?:flush|flush_all)$/.test(known(arg) ?? '')),
      },
      {
        effect: 'service.change',
        facts: { verb: 'stop', unit: 'database' },
        when: (use) => use.has('-m', '--mode') && use.operands.some((arg) => /^(?:stop|kill)$/.test(known(arg) ?? '')),
      },
    ],
    examples: [
      { command: 'pg_dropcluster 15 main --stop', effects: ['db.drop'] },
      { command: 'initdb -D ./data', effects: [] },
      { command: 'pg_ctl status', effects: [] },
      { command: 'memcached-tool localhost:11211 flush_all', effects: ['db.drop'] },
    ],
  }),
  subcommands({
    names: ['wp', 'drush', 'magento', 'bench', 'odoo-bin', 'odoo', 'craft', 'typo3', 'ckan', 'ghost'],
    manual: 'WP-CLI 2.12, drush 13, Magento 2.4, bench 5.25',
    values: words('--path --url --user --site -d --database -u --uri -r --root'),
    rows: [
      {
        on: 'db reset,clean,drop | site empty,delete | sql-drop | sql:drop | site-install | si | setup:uninstall | drop-site | reinstall | db drop | db:drop | db clean | entity:delete | user-cancel',
        does: { effect: 'db.drop', facts: { tool: 'site', statement: (use) => use.verbs.join(' ') } },
      },
      {
        on: 'user delete | post delete | comment delete | term delete | plugin delete | theme delete',
        does: {
          effect: 'db.write',
          noun: 'row',
          facts: { statement: (use) => use.verbs.join(' '), unbounded: given('--yes', '--force') },
        },
      },
      {
        on: 'db query',
        read: (use) => ({
          effects: use.operands.flatMap((arg) => use.call.code('sql', known(arg) ?? '', 'wp db query').effects),
        }),
      },
    ],
    examples: [
      { command: 'wp plugin list', effects: [] },
      { command: 'wp db reset --yes', effects: ['db.drop'] },
      { command: 'drush cr', effects: [] },
      { command: 'bench drop-site x', effects: ['db.drop'] },
    ],
  }),
];
