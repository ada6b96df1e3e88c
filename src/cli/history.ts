/** `belay log` and `belay show`: what was asked, judged, answered, and what happened. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { DaemonClient } from '../daemon/client.ts';
import { BelayError } from '../errors.ts';
import { type CliContext, print, withDaemon } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { formatHistory, formatRequest } from './format/history.ts';

const FOLLOW_EVERY_MS = 300;
const FOLLOW_BATCH = 200;

interface LogOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly verify?: boolean;
  readonly number: string;
  readonly session?: string;
  readonly decision?: string;
}

export function addHistory(program: Command, context: CliContext): void {
  program
    .command('log')
    .description('list the requests, newest last')
    .option('-f, --follow', 'go on with what comes')
    .option('-n, --number <count>', 'how many', '30')
    .option('--session <id>', 'only of this session')
    .option('--decision <decision>', 'only allow, ask or deny')
    .option('--verify', 'check that no record was changed, removed or put in')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      '\nExamples:\n  belay log\n  belay log --follow --json\n  belay log --decision ask -n 100\n  belay log --verify',
    )
    .action(async (options: LogOptions) => {
      await withDaemon(context, async (client) => {
        if (options.verify === true) return verify(client, context, options.json === true);
        await list(client, context, options);
        if (options.follow === true) await follow(client, context, options);
      });
    });

  program
    .command('show')
    .description('show all that is known of one request')
    .argument('<id>', 'its id, or the start of it')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  belay show r-4kq2')
    .action(async (id: string, options: { json?: boolean }) => {
      const found = await withDaemon(context, (client) =>
        client.call('log.get', { id: id.startsWith('r-') ? id : `r-${id}` }),
      );
      if (found === null) throw new BelayError('request.unknown', { id });
      print(context, options.json === true, found, (one) => formatRequest(one, { color: context.color }));
    });
}

async function list(client: DaemonClient, context: CliContext, options: LogOptions): Promise<void> {
  const rows = await client.call('log.query', {
    limit: countOf(options.number),
    ...(options.session === undefined ? {} : { session: options.session }),
    ...(options.decision === undefined ? {} : { decision: options.decision }),
  });
  const oldestFirst = rows.toReversed();
  if (options.json === true) for (const row of oldestFirst) context.out(`${JSON.stringify(row)}\n`);
  else
    context.out(
      oldestFirst.length === 0
        ? 'nothing was asked yet\n'
        : `${formatHistory(oldestFirst, { color: context.color })}\n`,
    );
}

async function follow(client: DaemonClient, context: CliContext, options: LogOptions): Promise<void> {
  let { seq } = await client.call('log.newest', {});
  for (;;) {
    const records = await client.call('log.after', { seq, limit: FOLLOW_BATCH });
    for (const stored of records) {
      seq = stored.seq;
      if (options.json === true) {
        context.out(`${JSON.stringify(stored)}\n`);
      } else if ('request' in stored.record) {
        const one = await client.call('log.get', { id: stored.record.request });
        if (one !== null) context.out(`${formatHistory([one], { color: context.color })}\n`);
      }
    }
    await sleep(FOLLOW_EVERY_MS);
  }
}

async function verify(client: DaemonClient, context: CliContext, json: boolean): Promise<void> {
  const result = await client.call('log.verify', {});
  print(context, json, result, ({ rows, brokenAt, why }) =>
    brokenAt === null
      ? `the journal is whole: ${rows} records, each chained to the one before`
      : `the journal is broken at record ${brokenAt}: ${why ?? 'its hash does not fit'}`,
  );
  if (result.brokenAt !== null) process.exitCode = EXIT.failed;
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 10_000) {
    throw new BelayError('input.invalid', {
      problem: `--number takes a whole number from 1 to 10000, not ${JSON.stringify(text)}`,
      command: 'log',
    });
  }
  return count;
}
