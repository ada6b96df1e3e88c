/**
 * Who changed what after a snapshot. What happens between one snapshot of a tree and the next is put down to the session
 * that the first of the two was taken for: a release is followed by its command, a burst by more of the same. A snapshot
 * without a session is followed by nobody we know. Only paths that others changed are a conflict for a rollback.
 */

import { compare, presentSide, type Side, storedSide } from './compare.ts';
import type { Looked } from './keep.ts';
import type { Entry } from './node.ts';
import { entryOf } from './node.ts';
import { isBelow } from './path-bytes.ts';
import type { KeptRoot, SnapshotRecord } from './record.ts';
import type { Store } from './store.ts';

/** The paths that others than the session of a snapshot changed after it. */
export interface Foreign {
  /** `whole`: also whether anything below `path` was changed so. */
  has(path: Buffer, whole: boolean): boolean;
}

interface Tree {
  readonly entry: Entry;
  readonly side: Side;
}

/** Returns what others changed between `record` and the trees in `now`. */
export function foreignChanges(store: Store, record: SnapshotRecord, now: readonly Looked[]): Foreign {
  const session = record.summary.reason.session;
  const changed = new Map<string, Buffer>();
  if (session === null) return foreign(changed);
  const side = storedSide(store);
  const later = store.records.filter(({ summary }) => summary.id > record.summary.id);
  for (const root of record.roots) {
    let before: Tree = { entry: root.entry, side };
    let owner: string | null = session;
    for (const next of later) {
      const same = treeIn(next.roots, root);
      if (same === null) continue;
      if (owner !== session) collect(root.path, before, { entry: same.entry, side }, changed);
      before = { entry: same.entry, side };
      owner = next.summary.reason.session;
    }
    const present = now.find(({ request }) => request.path.equals(root.path));
    if (owner === session || present === undefined) continue;
    collect(root.path, before, { entry: entryOf(present.table, 0), side: presentSide(present.table) }, changed);
  }
  return foreign(changed);
}

function foreign(changed: ReadonlyMap<string, Buffer>): Foreign {
  return {
    has(path, whole) {
      if (changed.has(path.toString('latin1'))) return true;
      return whole && changed.size > 0 && [...changed.values()].some((other) => isBelow(other, path));
    },
  };
}

function collect(path: Buffer, before: Tree, after: Tree, changed: Map<string, Buffer>): void {
  compare(path, before.entry, before.side, after.entry, after.side, {
    interest: () => 'whole',
    expand: () => null,
    visit({ path: each }) {
      changed.set(each.toString('latin1'), each);
    },
  });
}

function treeIn(roots: readonly KeptRoot[], wanted: KeptRoot): KeptRoot | null {
  return roots.find(({ path, role }) => role === wanted.role && path.equals(wanted.path)) ?? null;
}
