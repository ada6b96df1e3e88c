/**
 * What the undoing of a rollback may remove unasked: the very things that the rollback brought back, as long as they are still
 * as it brought them. Nothing is lost by that: the snapshot that was rolled back to has them.
 */

import { presentSide, type Side, sameContent, storedSide } from './compare.ts';
import { KIND } from './kinds.ts';
import { entryAt } from './lookup.ts';
import type { Entry } from './node.ts';
import { joinBytes } from './path-bytes.ts';
import type { SnapshotRecord } from './record.ts';
import type { Store } from './store.ts';
import type { Table } from './table.ts';

/** Returns the parts of what is new at `path`, whole where they can be, that the rollback behind `record` brought back. */
export type BroughtBack = (table: Table, path: Buffer, is: Entry) => readonly { path: Buffer; is: Entry }[];

/** Returns that of the rollback which `record` was kept before; null when it was not kept before one. */
export function broughtBack(store: Store, record: SnapshotRecord): BroughtBack | null {
  const { kind, command } = record.summary.reason;
  const id = kind === 'before-rollback' ? /^rollback (\S+)$/.exec(command ?? '')?.[1] : undefined;
  const target = store.records.find(({ summary }) => summary.id === id);
  if (target === undefined) return null;
  const stored = storedSide(store);
  return (table, path, is) => partsOf(stored, presentSide(table), path, entryAt(store, target, path), is);
}

function partsOf(
  stored: Side,
  present: Side,
  path: Buffer,
  was: Entry | null,
  is: Entry,
): readonly { path: Buffer; is: Entry }[] {
  if (was === null || was.kind !== is.kind) return [];
  if (is.kind !== KIND.folder) return sameContent(was, is) ? [{ path, is }] : [];
  if (was.hash.equals(is.hash)) return [{ path, is }];
  const kept = new Map(stored.children(was).map((child) => [child.name.toString('latin1'), child]));
  const children = present.children(is);
  const parts = children.map((child) => {
    const at = joinBytes(path, child.name);
    return { at, found: partsOf(stored, present, at, kept.get(child.name.toString('latin1')) ?? null, child) };
  });
  const isWhole = parts.every(({ at, found }) => found.length === 1 && found[0]?.path.equals(at) === true);
  return isWhole ? [{ path, is }] : parts.flatMap(({ found }) => found);
}
