/** Finds snapshots by what people type, and paths inside them. */

import { lstatSync } from 'node:fs';
import { BelayError } from '../errors.ts';
import { type Side, storedSide } from './compare.ts';
import { KIND } from './kinds.ts';
import type { Entry } from './node.ts';
import { isBelow, shownPath } from './path-bytes.ts';
import type { SnapshotRecord } from './record.ts';
import type { Store } from './store.ts';

const NEAREST = 3;

/** Returns the record that `id` names: whole, as a unique beginning, or `last`. Throws `snapshot.unknown` with the nearest. */
export function findRecord(store: Store, id: string): SnapshotRecord {
  const newest = store.records.at(-1);
  if (id === 'last' && newest !== undefined) return newest;
  const wanted = id.startsWith('s-') ? id : `s-${id}`;
  const found = store.records.filter(({ summary }) => summary.id.startsWith(wanted));
  const [only] = found;
  if (only !== undefined && (found.length === 1 || only.summary.id === wanted)) return only;
  const damaged = store.damagedRecords.find(({ file }) => found.length === 0 && file.startsWith(wanted));
  if (damaged !== undefined) throw store.damaged(`snapshot ${id} cannot be read: ${damaged.why}`);
  const near = (found.length > 1 ? found : nearest(store.records, wanted)).slice(-NEAREST).map(whatItWas);
  throw new BelayError('snapshot.unknown', { id, near: near.length === 0 ? '' : `; nearest: ${near.join('; ')}` });
}

/** Returns the entry that a snapshot keeps at `path`, or null. */
export function entryAt(store: Store, record: SnapshotRecord, path: Buffer): Entry | null {
  const side = storedSide(store);
  for (const root of [...record.roots].reverse()) {
    if (!isBelow(path, root.path)) continue;
    let entry: Entry | null = root.entry;
    for (const name of namesBetween(root.path, path)) {
      entry = entry === null ? null : childIn(side, entry, name);
    }
    if (entry !== null && entry.kind !== KIND.absent && entry.kind !== KIND.leftOut) return entry;
  }
  return null;
}

/** Returns the snapshots that hold `path`, newest first. */
export function holders(store: Store, path: Buffer): SnapshotRecord[] {
  return store.records.filter((record) => holds(store, record, path)).reverse();
}

/** Returns whether a snapshot holds `path`, moved aside or kept. */
export function holds(store: Store, record: SnapshotRecord, path: Buffer): boolean {
  return record.quarantined.some((folder) => isBelow(path, folder.path)) || entryAt(store, record, path) !== null;
}

/** Throws `snapshot.path-unknown`, with where each path was last seen, unless the snapshot has something to say of all `paths`. */
export function requirePaths(store: Store, record: SnapshotRecord, paths: readonly Buffer[]): void {
  for (const path of paths) {
    if (holds(store, record, path)) continue;
    const [seen] = holders(store, path);
    // What is there now and was not then can be rolled back to not being there.
    const isNew = record.roots.some((root) => isBelow(path, root.path)) && isThere(path);
    if (seen === undefined && isNew) continue;
    const words = seen === undefined ? '; no snapshot has it' : `; it was last seen in ${whatItWas(seen)}`;
    throw new BelayError('snapshot.path-unknown', { path: shownPath(path), id: record.summary.id, seen: words });
  }
}

/** What a damaged folder held nobody can tell. */
function childIn(side: Side, folder: Entry, name: Buffer): Entry | null {
  try {
    return side.children(folder).find((child) => child.name.equals(name)) ?? null;
  } catch {
    return null;
  }
}

/** An id with when and why its snapshot was taken. */
function whatItWas({ summary }: SnapshotRecord): string {
  const { kind, command } = summary.reason;
  return `${summary.id} (${new Date(summary.at).toISOString()}, ${command === null ? kind : `${kind}: ${command.slice(0, 60)}`})`;
}

function isThere(path: Buffer): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a file stands where a folder of the path would
  }
}

function namesBetween(root: Buffer, path: Buffer): Buffer[] {
  if (path.equals(root)) return [];
  const names: Buffer[] = [];
  let rest = path.subarray(root.length === 1 ? 1 : root.length + 1);
  for (let slash = rest.indexOf(47); slash !== -1; slash = rest.indexOf(47)) {
    names.push(rest.subarray(0, slash));
    rest = rest.subarray(slash + 1);
  }
  return [...names, rest];
}

/** The records whose ids share the longest beginning with `id`. */
function nearest(records: readonly SnapshotRecord[], id: string): SnapshotRecord[] {
  const scored = records.map((record) => ({ record, shared: sharedLength(record.summary.id, id) }));
  scored.sort((a, b) => a.shared - b.shared);
  return scored.map(({ record }) => record);
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
