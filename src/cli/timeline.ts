/** `belay timeline`: what happened in a folder, from snapshot to snapshot, so that one can be picked to roll back to. */
import type { Command } from 'commander';
import type { RequestHistory } from '../audit/record.ts';
import type { DaemonClient } from '../daemon/client.ts';
import { BelayError } from '../errors.ts';
import { isInside } from '../evidence/places.ts';
import { commandText } from '../judgement.ts';
import { workspaceOf } from '../session/program.ts';
import type { SnapshotChanges, SnapshotSummary } from '../snapshot/snapshot.ts';
import { type CliContext, print, withDaemon } from './context.ts';
import { type Changes, formatTimeline, type Stretch, type TimelineRequest } from './format/timeline.ts';

const MAX_COUNT = 1_000;
/** So many requests are looked through for who changed something. */
const LOOK_BACK = 10_000;
const MAX_SAMPLE = 20;
/** What had been done where a rollback would do this. */
const DONE = { 'bring-back': 'deleted', remove: 'added', revert: 'changed', mode: 'changed' } as const;

export function addTimeline(program: Command, context: CliContext): void {
  program
    .command('timeline')
    .description('show what happened in this folder, from snapshot to snapshot')
    .option('-n, --number <count>', 'how many snapshots', '20')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  belay timeline\n  belay timeline -n 100\n  belay timeline --json\n  belay diff s-01j9          what changed since one of them\n  belay rollback s-01j9      back to it; shows first what that does',
    )
    .action(async (options: { number: string; json?: boolean }) => {
      const root = workspaceOf(context.cwd);
      const count = countOf(options.number);
      const stretches = await withDaemon(context, (client) => stretchesOf(client, root, count));
      print(context, options.json === true, stretches, (all) =>
        all.length === 0
          ? `nothing is kept of ${root} yet`
          : formatTimeline(all, root, { color: context.color, now: Date.now() }),
      );
    });
}

/** Resolves to the newest snapshots of `root`, oldest first, each with what led up to it; the last without one: what came since. */
async function stretchesOf(client: DaemonClient, root: string, count: number): Promise<readonly Stretch[]> {
  // one more than is shown: what changed up to the first
  const newest = await client.call('snapshots.list', { root, limit: count + 1 });
  const kept = newest.toReversed();
  const since = kept[0]?.at ?? 0;
  const history = await client.call('log.query', { since, limit: LOOK_BACK });
  const sessions = new Set(kept.flatMap(({ reason }) => (reason.session === null ? [] : [reason.session])));
  const ran = history.toReversed().filter((one) => didRun(one) && isOf(one, root, sessions));
  const stretches: Stretch[] = [];
  for (const [index, snapshot] of kept.entries()) {
    const before = kept[index - 1];
    if (before === undefined && kept.length > count) continue;
    const changes = before === undefined ? null : await changesOf(client, before, snapshot);
    stretches.push({
      snapshot,
      precedes: ran.filter(({ release }) => release?.snapshot === snapshot.id).map(shownRequest),
      changes,
      requests: ran.filter((one) => isBetween(one, before?.at ?? snapshot.at, snapshot.at)).map(shownRequest),
    });
  }
  const rest = ran.filter((one) => isBetween(one, kept.at(-1)?.at ?? 0, Number.POSITIVE_INFINITY));
  const last = kept.at(-1);
  const changes = last === undefined ? null : await changesSince(client, last);
  if (rest.length > 0 || changes !== null)
    stretches.push({ snapshot: null, precedes: [], changes, requests: rest.map(shownRequest) });
  return stretches;
}

/** What a rollback would take back, told the other way round. Null: nothing differs, or it can't be read. */
async function changesSince(client: DaemonClient, last: SnapshotSummary): Promise<Changes | null> {
  const options = { paths: [], force: true, removeNew: true, to: null };
  const plan = await client.call('snapshots.plan', { id: last.id, options }).catch(() => null);
  if (plan === null) return null;
  const files = plan.steps.filter(({ path, type }) => type !== 'folder' && !/\/\.git(?:\/|$)/.test(path));
  const sample = files.map(({ kind, path }) => ({ kind: DONE[kind], path }));
  const count = (kind: string): number => sample.filter((one) => one.kind === kind).length;
  if (sample.length === 0 && plan.git.length === 0) return null;
  return {
    added: count('added'),
    changed: count('changed'),
    deleted: count('deleted'),
    sample: sample.slice(0, MAX_SAMPLE),
    git: plan.git.map((line) => `to go back, ${line}`),
  };
}

/** Null: a snapshot was dropped meanwhile, or can't be read. */
function changesOf(
  client: DaemonClient,
  before: SnapshotSummary,
  snapshot: SnapshotSummary,
): Promise<SnapshotChanges | null> {
  return client.call('snapshots.changes', { from: before.id, to: snapshot.id }).catch(() => null);
}

/** What was refused changed nothing. */
function didRun({ verdict, release }: RequestHistory): boolean {
  return verdict.seam !== 'watcher' && (release !== null || verdict.verdict.decision === 'allow');
}

/** A tool that a shell's line started is told of by the line. */
function isOf({ verdict }: RequestHistory, root: string, sessions: ReadonlySet<string>): boolean {
  const { session } = verdict.principal;
  const isHere = verdict.cwd !== null && isInside(verdict.cwd, root);
  return (isHere || (session !== null && sessions.has(session))) && verdict.seam !== 'git-hook';
}

function isBetween({ at, release }: RequestHistory, from: number, to: number): boolean {
  const when = release?.at ?? at;
  return when >= from && when < to;
}

function shownRequest({ request, at, verdict, release }: RequestHistory): TimelineRequest {
  const { session, agent } = verdict.principal;
  return {
    id: request,
    at: release?.at ?? at,
    session,
    agent,
    seam: verdict.seam,
    decision: verdict.verdict.decision,
    command: commandText(verdict),
  };
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_COUNT) return count;
  throw new BelayError('input.invalid', {
    problem: `--number takes a whole number from 1 to ${MAX_COUNT}, not ${JSON.stringify(text)}`,
    command: 'timeline',
  });
}
