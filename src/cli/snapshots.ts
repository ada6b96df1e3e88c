/** `belay snapshots | diff | rollback | undo`: what is kept, and how it is had back. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { DaemonClient } from '../daemon/client.ts';
import type { Results } from '../protocol/calls.ts';
import { workspaceOf } from '../session/program.ts';
import { touches } from '../snapshot/scope.ts';
import type { RollbackOptions, RollbackResult, SnapshotSummary } from '../snapshot/snapshot.ts';
import { sure } from './answer.ts';
import { type CliContext, print, withDaemon } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { escapeShort, escapeText } from './format/escape.ts';
import { formatPlan, formatSnapshots } from './format/snapshots.ts';
import { formatBytes } from './format/units.ts';
import { lastSnapshot } from './last-snapshot.ts';
import { withPreceded } from './preceded.ts';
import { progressOf } from './progress.ts';

interface RollbackFlags {
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly removeNew?: boolean;
  readonly to?: string;
  readonly json?: boolean;
  readonly resume?: boolean;
  readonly stopSession?: boolean;
}

export function addSnapshots(program: Command, context: CliContext): void {
  const snapshots = program
    .command('snapshots')
    .description('list what is kept of this folder')
    .option('--all', 'of every folder')
    .option('-n, --number <count>', 'how many', '20')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  belay snapshots\n  belay snapshots --all --json\n  belay snapshots take\n  belay snapshots verify\n  belay snapshots prune --dry-run',
    )
    .action(async (options: { all?: boolean; number: string; json?: boolean }) => {
      const filter = { limit: Math.max(1, Number.parseInt(options.number, 10) || 20) };
      const root = workspaceOf(context.cwd);
      const list = await withDaemon(context, async (client) =>
        withPreceded(client, await client.call('snapshots.list', options.all === true ? filter : { ...filter, root })),
      );
      print(context, options.json === true, list, (all) =>
        all.length === 0
          ? `nothing is kept of ${root} yet`
          : formatSnapshots(all, { color: context.color, now: Date.now() }),
      );
    });

  snapshots
    .command('take')
    .description('keep this folder as it is now')
    .addHelpText('after', '\nExamples:\n  belay snapshots take')
    .action(async (_: unknown, command: Command) => {
      const json = command.optsWithGlobals()['json'] === true;
      const progress = progressOf(context);
      const taken = await withDaemon(context, (client) =>
        client.call('snapshots.take', { root: workspaceOf(context.cwd), paths: [] }, progress.show),
      );
      progress.end();
      print(
        context,
        json,
        taken,
        (one) => `kept ${one.id}: ${one.files} files, ${formatBytes(one.newBytes)} newly stored`,
      );
    });

  snapshots
    .command('verify')
    .description('read everything again and say what is damaged')
    .addHelpText('after', '\nExamples:\n  belay snapshots verify\n  belay snapshots verify --json')
    .action(async (_: unknown, command: Command) => {
      const json = command.optsWithGlobals()['json'] === true;
      const progress = progressOf(context);
      const result = await withDaemon(context, (client) => client.call('snapshots.verify', {}, progress.show));
      progress.end();
      print(context, json, result, ({ snapshots: count, objects, bytes, damaged }) =>
        [
          damaged.length === 0
            ? `all whole: ${count} snapshots, ${objects} objects, ${formatBytes(bytes)}`
            : `${damaged.length} damaged of ${count} snapshots:`,
          ...damaged.map((one) => `  ${one.snapshot} ${escapeText(one.path)}: ${one.why}`),
        ].join('\n'),
      );
      if (result.damaged.length > 0) process.exitCode = EXIT.failed;
    });

  snapshots
    .command('prune')
    .description('drop what is past its age, count or budget; never the newest of a live session')
    .option('--dry-run', 'only say what would go')
    .addHelpText('after', '\nExamples:\n  belay snapshots prune --dry-run\n  belay snapshots prune')
    .action(async (options: { dryRun?: boolean }, command: Command) => {
      const json = command.optsWithGlobals()['json'] === true;
      const result = await withDaemon(context, (client) =>
        client.call('snapshots.prune', { dryRun: options.dryRun === true }),
      );
      print(
        context,
        json,
        result,
        ({ dropped, freedBytes }) =>
          `${options.dryRun === true ? 'would drop' : 'dropped'} ${dropped.length} snapshots, ${formatBytes(freedBytes)}`,
      );
    });

  snapshots
    .command('du')
    .description('say how much room the snapshots take')
    .addHelpText('after', '\nExamples:\n  belay snapshots du')
    .action(async (_: unknown, command: Command) => {
      const json = command.optsWithGlobals()['json'] === true;
      const usage = await withDaemon(context, (client) => client.call('snapshots.usage', {}));
      print(context, json, usage, ({ snapshots: count, bytes, asideBytes = 0, sharedBytes = 0, budgetBytes, byRoot }) =>
        [
          `${count} snapshots take ${formatBytes(bytes)} of ${formatBytes(budgetBytes)}`,
          ...(asideBytes > 0 ? [`${formatBytes(asideBytes)} of it in folders that were moved aside`] : []),
          ...(sharedBytes > 0
            ? [`${formatBytes(sharedBytes)} more are shared with the folders, and cost nothing there`]
            : []),
          ...byRoot.map((one) => `  ${String(one.snapshots).padStart(5)}  ${escapeText(one.root)}`),
        ].join('\n'),
      );
    });

  program
    .command('diff')
    .description('show what changed since a snapshot')
    .argument('<id>', 'the snapshot; "last" for the one before what was last destroyed here')
    .argument('[paths...]', 'only these')
    .addHelpText('after', '\nExamples:\n  belay diff last\n  belay diff s-01j9 src/app.ts')
    .action(async (id: string, paths: string[]) => {
      const absolute = paths.map((path) => resolve(context.cwd, path));
      const progress = progressOf(context);
      const found = await withDaemon(context, async (client) => {
        const one = await named(client, id, context);
        return client.call('snapshots.diff', { id: one.id, paths: absolute }, progress.show);
      });
      progress.end();
      context.out(found === '' ? 'nothing differs\n' : found);
    });

  const rollback = program
    .command('rollback')
    .description('bring back what a snapshot holds; shows first what it would do')
    .argument('[id]', 'the snapshot; "last" for the one before what was last destroyed here')
    .argument('[paths...]', 'only these')
    .option('-y, --yes', 'go on after the preview')
    .option('--force', 'also overwrite what somebody else changed since')
    .option('--remove-new', 'also remove what was made since')
    .option('--to <folder>', 'put it beside, into this folder')
    .option('--stop-session', 'end a session that still runs there; else it stands still meanwhile')
    .option('--resume', 'finish a rollback that was cut short')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  belay rollback last                  preview\n  belay rollback last --yes\n  belay rollback s-01j9 src --yes      one folder of it\n  belay rollback s-01j9 --to /tmp/old  beside',
    )
    .action(async (id: string | undefined, paths: string[], flags: RollbackFlags) => {
      await withDaemon(context, async (client) => {
        if (flags.resume === true) return resume(client, context, flags);
        if (id === undefined) return rollback.help({ error: true });
        await rollBack(client, context, await named(client, id, context), paths, flags);
      });
    });

  program
    .command('undo')
    .description('take back the last destructive command or rollback here')
    .option('-y, --yes', 'go on after the preview')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  belay undo          preview\n  belay undo --yes')
    .action(async (flags: RollbackFlags) => {
      await withDaemon(context, async (client) =>
        rollBack(client, context, await named(client, 'last', context), [], flags),
      );
    });
}

/** Resolves to the snapshot that an id names; `last` is the one before what was last destroyed in this folder. */
async function named(client: DaemonClient, id: string, context: CliContext): Promise<SnapshotSummary> {
  const last = id === 'last' ? await lastSnapshot(client, workspaceOf(context.cwd)) : null;
  return last ?? client.call('snapshots.get', { id });
}

async function rollBack(
  client: DaemonClient,
  context: CliContext,
  snapshot: SnapshotSummary,
  paths: readonly string[],
  flags: RollbackFlags,
): Promise<void> {
  const options: RollbackOptions = {
    paths: paths.map((path) => resolve(context.cwd, path)),
    force: flags.force === true,
    removeNew: flags.removeNew === true,
    to: flags.to === undefined ? null : resolve(context.cwd, flags.to),
  };
  const progress = progressOf(context);
  const plan = await client.call('snapshots.plan', { id: snapshot.id, options: copy(options) }, progress.show);
  progress.end();
  const isNothing = plan.steps.length === 0 && plan.git.length === 0 && options.to === null;
  const sessions = options.to === null ? await runningIn(client, snapshot) : [];
  if (flags.json !== true) context.out(`${formatPlan(plan, snapshot, { color: context.color, now: Date.now() })}\n`);
  if (isNothing || (flags.yes !== true && flags.json === true)) {
    if (flags.json === true) print(context, true, { plan, sessions, result: null }, () => '');
    return;
  }
  if (flags.json !== true)
    for (const one of sessions) context.out(`${sessionWords(one, flags.stopSession === true)}\n`);
  if (flags.yes !== true) {
    if (!process.stdin.isTTY) {
      context.out('Nothing was changed. Add --yes to go on.\n');
      return;
    }
    if (!(await sure('Go on?', '--yes', 'rollback'))) return;
  }
  const carrying = progressOf(context);
  const result = await client.call(
    'snapshots.rollback',
    { id: snapshot.id, options: copy(options), stopSession: flags.stopSession === true },
    carrying.show,
  );
  carrying.end();
  report(context, result, flags);
}

type RunningSession = Results['status']['sessions'][number];

/** Resolves to the sessions whose agent would race with a rollback. */
async function runningIn(client: DaemonClient, snapshot: SnapshotSummary): Promise<readonly RunningSession[]> {
  const { sessions } = await client.call('status', {});
  return sessions.filter(({ workspace }) => touches(snapshot, workspace));
}

function sessionWords({ id, command }: RunningSession, isEnded: boolean): string {
  const what = `session ${id} runs here (${escapeShort(command.join(' '), 60)})`;
  return isEnded
    ? `${what}: it will be ended first`
    : `${what}: its processes will stand still meanwhile, and what it holds in memory stays as it is. To end it first: --stop-session`;
}

async function resume(client: DaemonClient, context: CliContext, flags: RollbackFlags): Promise<void> {
  const progress = progressOf(context);
  const result = await client.call('snapshots.resume', {}, progress.show);
  progress.end();
  if (result === null) context.out('no rollback was cut short\n');
  else report(context, result, flags);
}

function report(context: CliContext, result: RollbackResult, flags: RollbackFlags): void {
  print(context, flags.json === true, result, ({ done, left, verified, undo }) =>
    [
      `${done} paths had back, ${verified ? 'verified against the snapshot' : 'NOT all as in the snapshot'}`,
      ...left.slice(0, 50).map((one) => `  left alone: ${escapeText(one.path)} (${one.why})`),
      ...(left.length > 50 ? [`  and ${left.length - 50} more`] : []),
      ...(undo === null ? [] : [`to undo this: belay rollback ${undo}`]),
    ].join('\n'),
  );
  if (!result.verified) process.exitCode = EXIT.failed;
}

function copy(options: RollbackOptions): { paths: string[]; force: boolean; removeNew: boolean; to: string | null } {
  return { ...options, paths: [...options.paths] };
}
