/**
 * What changed from one snapshot to another: counts, some paths, git's state in words. Costs what differs, since folders with
 * the same hash are not looked into. Git's own files are told of in words alone.
 */

import { compare, storedSide } from './compare.ts';
import { changesBetween } from './kept-git.ts';
import { KIND } from './kinds.ts';
import type { Entry } from './node.ts';
import { joinBytes, shownPath } from './path-bytes.ts';
import { gitState } from './plan.ts';
import type { SnapshotRecord } from './record.ts';
import type { SnapshotChanges } from './snapshot.ts';
import type { Store } from './store.ts';

const SAMPLE = 20;

type Change = SnapshotChanges['sample'][number]['kind'];

/** Returns what differs in the trees that both snapshots hold. Files, links and the like are counted, and folders that hold nothing. */
export function changes(
  store: Store,
  from: SnapshotRecord,
  to: SnapshotRecord,
  onChange?: (kind: Change, path: Buffer) => void,
): SnapshotChanges {
  const side = storedSide(store);
  const counts: Record<Change, number> = { added: 0, changed: 0, deleted: 0 };
  const sample: { kind: Change; path: string }[] = [];
  const note = (kind: Change, path: Buffer): void => {
    counts[kind]++;
    onChange?.(kind, path);
    if (sample.length < SAMPLE) sample.push({ kind, path: shownPath(path) });
  };
  const noteAll = (kind: Change, path: Buffer, entry: Entry): void => {
    if (isGits(path) || entry.kind === KIND.leftOut) return;
    const children = side.children(entry);
    if (children.length === 0) note(kind, path);
    for (const child of children) noteAll(kind, joinBytes(path, child.name), child);
  };
  const visit = (path: Buffer, was: Entry | null, is: Entry | null): void => {
    if (isGits(path)) return;
    const isInside = was?.kind === KIND.folder; // what it holds is visited by itself
    if (was === null) return is === null ? undefined : noteAll('added', path, is);
    if (is === null) return isInside && side.children(was).length > 0 ? undefined : note('deleted', path);
    if (was.kind === KIND.folder && is.kind === KIND.folder)
      return was.mode === is.mode ? undefined : note('changed', path);
    note('changed', path);
    for (const child of side.children(is)) noteAll('added', joinBytes(path, child.name), child);
  };
  for (const root of from.roots) {
    const other = to.roots.find(({ path, role, tier }) => {
      return role === root.role && tier === root.tier && path.equals(root.path);
    });
    if (other === undefined || root.role === 'git') continue;
    compare(root.path, root.entry, side, other.entry, side, {
      interest: () => 'whole',
      expand: () => null,
      visit: ({ path, was, is }) => visit(path, was, is),
    });
  }
  return { from: from.summary.id, to: to.summary.id, ...counts, sample, git: changesBetween(store, from, to) };
}

function isGits(path: Buffer): boolean {
  return gitState(path, []) !== null;
}
