/** Outside services reached by their own command lines: mail, chat, tickets, payments, feature flags, monitoring. */
import type { Program } from '../program.ts';
import { type Does, known, names, type Row, subcommands, type Tool, type Use, words } from '../subcommands.ts';

const writes = (service: string, destructive = false): Does => ({
  effect: 'service.write',
  noun: 'object',
  facts: { service, verb: (use) => use.verbs.join(' '), ...(destructive ? { destructive } : {}) },
});
const row = (on: string, service: string, destructive = false): Row => ({ on, does: writes(service, destructive) });
const service = (names: readonly string[], manual: string, rest: Omit<Tool, 'names' | 'manual'>): Program =>
  subcommands({ names, manual, flow: 'network', ...rest });

const MAIL_VALUES = words('-s -a -c -b -r -S -f -F -e -H -i -t --to --from --subject --server --header --attach -A');

const mailers = service(
  [
    'mail',
    'mailx',
    's-nail',
    'mutt',
    'neomutt',
    'sendmail',
    'msmtp',
    'ssmtp',
    'swaks',
    'mpack',
    'sendemail',
    'himalaya',
    'mailsend',
    'exim',
  ],
  'mailx(1), mutt(1), sendmail(8), swaks 2024',
  {
    values: MAIL_VALUES,
    rows: [],
    otherwise: (use) => {
      if (use.has('-V', '--version', '-v', '-bp', '-f') && use.operands.length === 0) return { effects: [] };
      const recipients = [...use.operands, ...use.args('-t', '--to')];
      const effects = [
        use.call.effect('service.write', names('recipient', recipients), { service: 'mail', verb: 'send' }),
      ];
      const attached = use.args('-a', '-A', '--attach').filter((arg) => known(arg) !== undefined);
      if (attached.length > 0)
        effects.push(
          use.call.effect(
            'fs.read',
            attached.map((arg) => use.call.path(arg)),
          ),
          use.call.effect('net.send', names('host', recipients), { what: 'file' }),
        );
      if (use.call.stdin.labels.has('secret')) effects.push(use.call.effect('secret.send', names('host', recipients)));
      return { effects };
    },
    examples: [
      { command: 'echo hi | mail -s subject a@b.c', effects: ['service.write'] },
      { command: 'mutt -s s -a report.pdf -- a@b.c', effects: ['service.write', 'net.send'] },
      { command: 'sendmail a@b.c < message', effects: ['service.write'] },
    ],
  },
);

export const programs: readonly Program[] = [
  mailers,
  service(
    [
      'slack',
      'slackcat',
      'slack-cli',
      'telegram-send',
      'ntfy',
      'apprise',
      'signal-cli',
      'discord',
      'wall',
      'write',
      'twilio',
      'notify-slack',
      'matrix-commander',
    ],
    'slack CLI 3, ntfy 2, twilio 6',
    {
      rows: [
        {
          on: 'deploy | run',
          does: {
            effect: 'deploy',
            facts: { to: 'slack' },
            when: (use) => use.call.name === 'slack' && use.verbs[0] === 'deploy',
          },
        },
        row('delete | app delete | uninstall', 'chat', true),
        { on: 'login | auth | version | subscribe | sub | receive | profiles | app list', does: [] },
      ],
      otherwise: (use) => ({
        effects:
          use.call.args.length === 0 || (use.call.name === 'slack' && use.operands.length === 0)
            ? []
            : [use.call.effect('service.write', [], { service: 'chat', verb: 'send' })],
      }),
      examples: [
        { command: 'slack version', effects: [] },
        { command: 'ntfy publish topic hi', effects: ['service.write'] },
        { command: 'slackcat -c general notes.txt', effects: ['service.write'] },
      ],
    },
  ),
  service(
    [
      'jira',
      'linear',
      'lin',
      'trello',
      'asana',
      'notion',
      'notion-cli',
      'clickup',
      'acli',
      'shortcut',
      'youtrack',
      'confluence',
      'todoist',
      'monday',
    ],
    'jira-cli 1.7, acli 1.3',
    {
      values: words('-p --project -c --config -s --summary -b --body -t --type -y --priority -a --assignee'),
      rows: [
        row(
          'issue create,edit,move,assign,comment,link,unlink,clone,worklog,watch,update,close,start | issue comment add | epic create,add,remove | sprint add,close | create | edit | update | comment | move | assign | close | transition | page create,update | card create,move | jira workitem create,edit,transition,assign,comment | add',
          'tickets',
        ),
        row(
          'issue delete | delete | remove | archive | page delete | card delete | board delete | project delete | jira workitem delete',
          'tickets',
          true,
        ),
      ],
      examples: [
        { command: 'jira issue list', effects: [] },
        { command: 'jira issue view AB-1', effects: [] },
        { command: 'jira issue move AB-1 Done', effects: ['service.write'] },
        { command: 'linear issue delete AB-1', effects: ['service.write'] },
      ],
    },
  ),
  service(
    ['stripe', 'paypal', 'plaid', 'square', 'lemonsqueezy', 'shopify', 'braintree'],
    'stripe CLI 1.31, shopify 3',
    {
      values: words('-d --data --api-key -p --project-name --stripe-account'),
      rows: [
        { on: 'listen | login | logs tail | config | status | get | resources | samples | open | version', does: [] },
        row('delete', 'payments', true),
        {
          on: 'app deploy | theme push,publish,delete | hydrogen deploy',
          does: { effect: 'deploy', facts: { to: 'shopify', production: true } },
        },
      ],
      otherwise: payments,
      examples: [
        { command: 'stripe customers list', effects: [] },
        { command: 'stripe listen --forward-to localhost:3000', effects: [] },
        { command: 'stripe refunds create -d charge=ch_1', effects: ['service.write'] },
        { command: 'stripe customers delete cus_1', effects: ['service.write'] },
      ],
    },
  ),
  service(
    [
      'ldcli',
      'ldc',
      'sentry-cli',
      'pd',
      'datadog-ci',
      'newrelic',
      'opsgenie',
      'statsig',
      'unleash',
      'posthog',
      'posthog-cli',
      'okta',
      'auth0',
      'twurl',
      'toot',
      'x-cli',
    ],
    'ldcli 1, sentry-cli 2.57, auth0 1.20',
    {
      rows: [],
      otherwise: (use) => {
        const verb = use.operands
          .map((arg) => known(arg) ?? '')
          .find((word) =>
            /^(?:create|update|delete|remove|toggle|set|patch|ack|resolve|trigger|finalize|archive|enable|disable|post|send|upload|deploys|rotate|unlink)/.test(
              word,
            ),
          );
        return {
          effects:
            verb === undefined
              ? []
              : [
                  use.call.effect('service.write', [], {
                    service: use.call.name,
                    verb,
                    ...(/^(?:delete|remove|archive)/.test(verb) ? { destructive: true } : {}),
                  }),
                ],
        };
      },
      examples: [
        { command: 'sentry-cli info', effects: [] },
        { command: 'ldcli flags toggle-on --flag a', effects: ['service.write'] },
        { command: 'auth0 users delete u', effects: ['service.write'] },
      ],
    },
  ),
];

function payments(use: Use): ReturnType<Program['read']> {
  const path = use.operands.map((arg) => known(arg) ?? '');
  const verb =
    path.find(
      (word, index) =>
        index > 0 &&
        /^(?:create|update|delete|cancel|capture|confirm|pay|void|refund|finalize_invoice|send_invoice|approve|decline|close)/.test(
          word,
        ),
    ) ?? (path[0] === 'post' || path[0] === 'trigger' ? path[0] : undefined);
  if (verb === undefined || verb === 'trigger') return { effects: [] };
  return {
    effects: [
      use.call.effect('service.write', names('object', use.operands.slice(2)), {
        service: 'payments',
        verb,
        ...(verb === 'delete' ? { destructive: true } : {}),
      }),
    ],
  };
}
