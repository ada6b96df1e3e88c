/** What `last` and `belay undo` mean: the snapshot from before the last thing that destroyed something in a folder. */
import type { RequestHistory } from '../audit/record.ts';
import type { DaemonClient } from '../daemon/client.ts';
import { commandText } from '../judgement.ts';
import type { SnapshotSummary } from '../snapshot/snapshot.ts';

const LOOK_BACK = 200;
/** Between two commands that destroy there may be hours of bursts. */
const LOOK_BACK_SNAPSHOTS = 2_000;

interface Event {
  readonly at: number;
  readonly snapshot: SnapshotSummary;
}

/**
 * Resolves to the snapshot before the newest release, rollback or mass deletion in `root`, named after what it precedes; else
 * to the newest; null when nothing is kept. The journal knows which: a release whose tree had not changed since the session
 * began stands behind the snapshot of that beginning.
 */
export async function lastSnapshot(client: DaemonClient, root: string): Promise<SnapshotSummary | null> {
  const here = await client.call('snapshots.list', { root, limit: LOOK_BACK_SNAPSHOTS });
  const history = await client.call('log.query', { limit: LOOK_BACK });
  const events = [
    ...here.filter(isAnEventItself).map((snapshot) => ({ at: snapshot.at, snapshot })),
    ...history.flatMap((row) => eventOf(row, here)),
  ];
  const newest = events.reduce<Event | null>((best, one) => (best === null || one.at > best.at ? one : best), null);
  // what is kept after changes shows what they led to, not what was there before them
  return newest?.snapshot ?? here.find(({ reason }) => reason.kind !== 'burst') ?? here[0] ?? null;
}

function isAnEventItself({ reason }: SnapshotSummary): boolean {
  return reason.kind === 'before-rollback' || reason.kind === 'release';
}

function eventOf({ at, verdict, release }: RequestHistory, here: readonly SnapshotSummary[]): readonly Event[] {
  const { session } = verdict.principal;
  const snapshot =
    verdict.seam === 'watcher'
      ? here.find((one) => one.at <= at && one.reason.session === session)
      : here.find((one) => one.id === release?.snapshot);
  if (snapshot === undefined) return [];
  const command = verdict.seam === 'watcher' ? 'many files vanished' : commandText(verdict);
  return [{ at: release?.at ?? at, snapshot: { ...snapshot, reason: { ...snapshot.reason, command } } }];
}
