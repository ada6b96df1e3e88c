/** What each snapshot was taken before: a release whose tree had not changed since the one before shares that one's snapshot. */
import type { DaemonClient } from '../daemon/client.ts';
import { commandText } from '../judgement.ts';
import type { SnapshotSummary } from '../snapshot/snapshot.ts';

/** So many requests are looked through. */
const LOOK_BACK = 10_000;

export interface Preceded {
  /** When it was released, in epoch milliseconds. */
  readonly at: number;
  readonly command: string;
}

export type ListedSnapshot = SnapshotSummary & {
  /** What ran behind it beside what it was taken for, oldest first. */
  readonly also: readonly Preceded[];
};

/** Resolves to `snapshots`, each with what else it stands for. A journal that can't be read adds nothing. */
export async function withPreceded(
  client: DaemonClient,
  snapshots: readonly SnapshotSummary[],
): Promise<readonly ListedSnapshot[]> {
  const since = snapshots.at(-1)?.at ?? 0;
  const history = await client.call('log.query', { since, limit: LOOK_BACK }).catch(() => []);
  const bySnapshot = new Map<string, Preceded[]>();
  for (const { at, request, verdict, release } of history.toReversed()) {
    const snapshot = snapshots.find(({ id }) => id === release?.snapshot);
    if (snapshot === undefined || snapshot.reason.request === request) continue;
    const known = bySnapshot.get(snapshot.id) ?? [];
    bySnapshot.set(snapshot.id, [...known, { at: release?.at ?? at, command: commandText(verdict) }]);
  }
  return snapshots.map((one) => ({ ...one, also: bySnapshot.get(one.id) ?? [] }));
}
