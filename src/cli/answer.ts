/** `belay review | approve | deny`: a person's answers to held requests. */
import { confirm, isCancel, log, select, text } from '@clack/prompts';
import type { Command } from 'commander';
import type { DaemonClient } from '../daemon/client.ts';
import { BelayError } from '../errors.ts';
import type { HeldView, Params, Results } from '../protocol/calls.ts';
import { type ScopeFlags, scopeOf, untilOf } from './answer-scope.ts';
import { type CliContext, print, withDaemon } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { escapeShort, escapeText } from './format/escape.ts';
import { formatHeldDetails, formatHeldLine } from './format/held.ts';

export function addAnswers(program: Command, context: CliContext): void {
  program
    .command('review')
    .description('go through the held requests one by one')
    .option('--json', 'print them as JSON and ask nothing')
    .option('--wait', 'when nothing is held, wait for the next one')
    .addHelpText(
      'after',
      '\nExamples:\n  belay review\n  belay review --wait      keep it open beside the agent\n  belay review --json',
    )
    .action(async (options: { json?: boolean; wait?: boolean }) => {
      await withDaemon(context, async (client) => review(client, context, options));
    });

  program
    .command('approve')
    .description('let a held request run: once, for the session, or from now on')
    .argument('<id>', 'its id, or the start of it')
    .option('--session', 'and this kind of thing here, for the rest of the session')
    .option('--rule', 'and this exact command here, as a rule in your configuration file')
    .option('--kind', 'with --rule: this kind of thing here, and not only this command')
    .option('--until <time>', 'with --session or --rule: only until then (30m, 12h, 7d, 2w, 2027-01-31)')
    .option('--confirm <id>', 'the id in full: needed where one key is not enough')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', APPROVE_EXAMPLES)
    .action(async (id: string, options: ScopeFlags & { confirm?: string; json?: boolean }) => {
      const scope = scopeOf(options);
      const until = options.until === undefined ? {} : { until: untilOf(options.until, Date.now()) };
      const confirm = options.confirm ?? null;
      await give(context, { id, granted: true, reason: null, confirm, scope, ...until }, options.json === true);
    });

  program
    .command('deny')
    .description('refuse a held request; the agent is told why')
    .argument('<id>', 'its id, or the start of it')
    .option('-r, --reason <text>', 'what the agent is told')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', '\nExamples:\n  belay deny r-4kq2 --reason "src holds my work; delete only src/generated"')
    .action(async (id: string, options: { reason?: string; json?: boolean }) => {
      await give(context, { id, granted: false, reason: options.reason ?? null, confirm: null }, options.json === true);
    });
}

const APPROVE_EXAMPLES = `
Examples:
  belay approve r-4kq2                        this once
  belay approve r-4kq2 --session              do not ask again for this kind of thing here, in this session
  belay approve r-4kq2 --rule --until 7d      this exact command here, for a week
  belay approve r-4kq2 --rule --kind          this kind of thing here, until you take it back

A kind is one rule's question about one program: on files of this workspace, or on exactly the file, host or branch
that it named. What nothing could bring back is only ever approved once. belay grants lists what you gave, and
belay grants revoke takes it back.`;

async function give(context: CliContext, params: Params<'held.answer'>, json: boolean): Promise<void> {
  const given = await withDaemon(context, (client) => client.call('held.answer', params));
  print(context, json, given, answeredText);
}

/** Returns what was answered, and all that it changes from now on. */
export function answeredText({ request, answer, wrote }: Results['held.answer']): string {
  const first = `${answer.granted ? 'approved' : 'denied'} ${request.id}: ${escapeText(request.command)}`;
  if (answer.grant === undefined) return first;
  const back = `take it back with: belay grants revoke ${answer.grant}`;
  if (wrote === null) {
    const about = (request.wider ?? []).map((one) => `  ${escapeText(one)}`);
    return [first, `for the rest of session ${request.session} this runs unasked:`, ...about, back].join('\n');
  }
  const lines = wrote.text.trimEnd().split('\n');
  return [first, `added to ${escapeText(wrote.file)}:`, ...lines.map((line) => `  ${escapeText(line)}`), back].join(
    '\n',
  );
}

async function review(
  client: DaemonClient,
  context: CliContext,
  options: { json?: boolean; wait?: boolean },
): Promise<void> {
  const held = await client.call('held.list', {});
  if (options.json === true) return print(context, true, held, () => '');
  if (!process.stdin.isTTY) {
    context.out(
      held.length === 0 ? 'nothing is held\n' : `${held.map((one) => formatHeldLine(one, context.color)).join('\n')}\n`,
    );
    return;
  }
  const seen = new Set<string>();
  for (;;) {
    const next = (await client.call('held.list', {})).find((one) => !seen.has(one.id));
    if (next === undefined) {
      if (seen.size === 0 && options.wait !== true) context.out('nothing is held\n');
      if (options.wait !== true) return;
      await nextHeld(context);
      continue;
    }
    seen.add(next.id);
    if (!(await ask(client, context, next))) return;
  }
}

/** Resolves when something becomes held. */
function nextHeld(context: CliContext): Promise<void> {
  context.out('nothing is held; waiting (Ctrl-C to leave)\n');
  return withDaemon(
    context,
    (client) =>
      new Promise<void>((resolve, reject) => {
        client
          .call('held.follow', {}, (progress) => {
            if (progress['event'] === 'held') resolve();
          })
          .catch(reject);
      }),
  );
}

/** Shows one and asks. Resolves to whether to go on with the next. */
async function ask(client: DaemonClient, context: CliContext, held: HeldView): Promise<boolean> {
  context.out(`\n${formatHeldDetails(held, context.color)}\n`);
  const choice = await select({
    message: 'Let it run?',
    options: [
      { value: 'deny', label: 'no, and tell the agent why' },
      { value: 'once', label: 'yes, once' },
      ...(held.wider === null ? [] : widerChoices(held)),
      { value: 'skip', label: 'later' },
      { value: 'quit', label: 'stop reviewing' },
    ],
  });
  if (isCancel(choice) || choice === 'quit') return false;
  if (choice === 'skip') return true;
  try {
    const yes = choice === 'deny' ? null : choice;
    const given = await client.call('held.answer', {
      id: held.id,
      granted: yes !== null,
      reason: yes === null ? await reasonFor() : null,
      confirm: yes === null ? null : await confirmed(held),
      ...(yes === null ? {} : { scope: yes }),
    });
    log.success(answeredText(given));
  } catch (thrown) {
    log.error(thrown instanceof Error ? thrown.message : String(thrown));
  }
  return true;
}

/** The wider answers, with what they would cover. */
function widerChoices(held: HeldView): { value: 'session' | 'rule'; label: string; hint: string }[] {
  const covers = escapeShort((held.wider ?? []).join('; '), 120);
  const session =
    held.session === null
      ? []
      : [{ value: 'session' as const, label: 'yes, and this kind of thing for the rest of the session', hint: covers }];
  const rule = { value: 'rule' as const, label: 'yes, and this exact command here from now on', hint: 'writes a rule' };
  return [...session, rule];
}

/** What can't be undone needs its id typed: one key too many must not be enough. */
async function confirmed(held: HeldView): Promise<string | null> {
  if (!held.verdict.grave) return null;
  const typed = await text({ message: `This could destroy what nothing brings back. Type ${held.id} to let it run:` });
  return isCancel(typed) ? null : typed.trim();
}

async function reasonFor(): Promise<string | null> {
  const typed = await text({ message: 'What shall the agent be told? (may stay empty)' });
  return isCancel(typed) || typed === undefined || typed.trim() === '' ? null : typed.trim();
}

/** Asks a yes-or-no question on a terminal; off a terminal it throws, naming the option that answers it. */
export async function sure(question: string, option: string, command: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new BelayError('input.invalid', { problem: `${question} Add ${option} to say yes.`, command });
  const answer = await confirm({ message: question, initialValue: false });
  if (isCancel(answer)) process.exitCode = EXIT.failed;
  return !isCancel(answer) && answer;
}
