/** Git's state as a snapshot holds it, in words against the present or against another snapshot. Reads the store, and files. */

import { gitPlaces, repositoryTop } from './git-places.ts';
import { diskReader, gitChanges, type StateReader } from './git-words.ts';
import { KIND } from './kinds.ts';
import { entryAt } from './lookup.ts';
import { decodeNode, type Entry } from './node.ts';
import { isLinked } from './plan.ts';
import type { SnapshotRecord } from './record.ts';
import type { Store } from './store.ts';

/** Returns what a rollback to `record` changes in git's state, in words; nothing where either side has none. */
export function changesFromPresent(store: Store, record: SnapshotRecord): string[] {
  const places = placesOf(record);
  return places === null ? [] : gitChanges(diskReader(places), keptReader(store, record, places));
}

/** Returns how git's state in `to` differs from that in `from`, in words. */
export function changesBetween(store: Store, from: SnapshotRecord, to: SnapshotRecord): string[] {
  const places = placesOf(from);
  if (places === null || to.summary.git === null) return [];
  return gitChanges(keptReader(store, from, places), keptReader(store, to, places));
}

function placesOf({ summary }: SnapshotRecord): ReturnType<typeof gitPlaces> {
  const top = summary.root === null || summary.git === null ? null : repositoryTop(summary.root);
  return top === null ? null : gitPlaces(top);
}

function keptReader(
  store: Store,
  record: SnapshotRecord,
  places: NonNullable<ReturnType<typeof gitPlaces>>,
): StateReader {
  return (place, name) => {
    const path = Buffer.from(`${place === 'git' ? places.gitDir : places.commonDir}/${name.replace(/\/$/, '')}`);
    const entry = entryAt(store, record, path);
    if (entry === null) return null;
    if (name === 'refs/') return Buffer.from(looseRefs(store, entry, 'refs').join('\n'));
    return entry.kind === KIND.file && !isLinked(entry) ? readOr(null, () => store.read(entry.hash)) : null;
  };
}

function looseRefs(store: Store, folder: Entry, prefix: string): string[] {
  if (folder.kind !== KIND.folder) return [];
  return readOr([], () => decodeNode(store.read(folder.hash))).flatMap((child) => {
    const name = `${prefix}/${child.name.toString('utf8')}`;
    if (child.kind === KIND.folder) return looseRefs(store, child, name);
    return child.kind === KIND.file ? [name] : [];
  });
}

/** What is damaged is told of as if it were not there: these are words, not the rollback itself. */
function readOr<Value, Otherwise>(otherwise: Otherwise, read: () => Value): Value | Otherwise {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
