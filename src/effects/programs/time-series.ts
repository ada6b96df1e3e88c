/** InfluxDB's own client, where verbs are words of the line and no query says them. */
import type { Program } from '../program.ts';
import { type Does, production, subcommands, words } from '../subcommands.ts';

const drops: Does = {
  effect: 'db.drop',
  facts: {
    statement: (use) => use.verbs.join(' '),
    tool: 'influx',
    host: (use) => use.value('--host', '-host'),
    production,
  },
};
const writes: Does = { effect: 'db.write', facts: { statement: (use) => use.verbs.join(' '), production } };

export const programs: readonly Program[] = [
  subcommands({
    names: ['influx'],
    manual: 'influx CLI 2.7; influx 1.8',
    values: words(
      '--host -t --token -o --org --org-id --bucket -b --bucket-id -n --name --start --stop --predicate -p -i --id -c --active-config -f --file --precision -execute -database -host -port -username -password -format',
    ),
    flow: 'network',
    rows: [
      { on: 'delete | bucket delete | org delete | restore', does: drops },
      { on: 'write | bucket create,update | task create,update,delete', does: writes },
      {
        on: 'user create,delete,password | auth create,delete,inactive',
        does: { effect: 'cloud.permission', facts: { provider: 'influx', verb: (use) => use.verbs.join(' ') } },
      },
      { on: 'query | ping | bucket list | org list | config | backup | version', does: [] },
    ],
    otherwise: (use) => {
      const text = use.value('-execute') ?? '';
      return text === '' ? { effects: [] } : use.call.code('sql', text, 'influx -execute');
    },
    examples: [
      {
        command: 'influx delete --bucket b --start 1970-01-01T00:00:00Z --stop 2030-01-01T00:00:00Z',
        effects: ['db.drop'],
      },
      { command: 'influx bucket delete -n app', effects: ['db.drop'] },
      { command: 'influx query \'from(bucket: "b")\'', effects: [] },
      { command: 'influx bucket list', effects: [] },
    ],
  }),
];
