/** `belay grants`: what was approved beyond one request, and taking it back. */
import type { Command } from 'commander';
import type { GrantView } from '../protocol/calls.ts';
import { type CliContext, print, withDaemon } from './context.ts';
import { palette } from './format/color.ts';
import { formatFields } from './format/table.ts';
import { formatAgo, formatTime } from './format/units.ts';

export function addGrants(program: Command, context: CliContext): void {
  const grants = program
    .command('grants')
    .description('list what is approved for a session or by a rule, and take it back')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  belay grants\n  belay grants revoke g-4kq2abcd         ask again from now on\n  belay grants revoke grant.4kq2abcd     takes the rule out of your configuration file\n\nThey are made by belay approve --session and belay approve --rule.',
    )
    .action(async (options: { json?: boolean }) => {
      const all = await withDaemon(context, (client) => client.call('grants.list', {}));
      print(context, options.json === true, all, (list) =>
        list.length === 0
          ? 'nothing is approved beyond single requests'
          : list.map((grant) => formatGrant(grant, context.color, Date.now())).join('\n'),
      );
    });

  grants
    .command('revoke')
    .description('take one back: what it covered is asked about again')
    .argument('<id>', 'its id, as belay grants shows it')
    .addHelpText('after', '\nExamples:\n  belay grants revoke g-4kq2abcd')
    .action(async (id: string, _: unknown, command: Command) => {
      const json = command.optsWithGlobals()['json'] === true;
      const gone = await withDaemon(context, (client) => client.call('grants.revoke', { id }));
      print(context, json, gone, (grant) => `taken back: ${grant.id}`);
    });
}

/** Returns a grant in a few lines: its id, how long it holds, what it covers. */
export function formatGrant(grant: GrantView, color: boolean, now: number): string {
  const { dim, bold } = palette(color);
  const end = grant.expiresAt === null ? 'until it is taken back' : `until ${formatTime(grant.expiresAt)}`;
  const past = grant.expiresAt !== null && grant.expiresAt <= now;
  const holds =
    grant.kind === 'session' && grant.expiresAt === null
      ? `while session ${grant.session} runs`
      : `${end}${grant.expiresAt === null ? '' : ` (${formatAgo(grant.expiresAt, now)}${past ? ': it is over' : ''})`}`;
  return [
    bold(grant.id),
    formatFields(
      [
        ['holds', holds],
        [grant.decision, grant.about],
        ...(grant.isRevocable ? [] : [['written', 'by you: change your configuration file'] as const]),
      ],
      dim,
    ),
  ].join('\n');
}
