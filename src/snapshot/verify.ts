/** Reads everything in the store again and says which snapshots could not be had back whole. Changes nothing; lets others work between pieces. */

import { createHash } from 'node:crypto';
import { createReadStream, lstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { causeText } from '../errors.ts';
import { storedSide } from './compare.ts';
import { KIND, NOTE } from './kinds.ts';
import type { Entry } from './node.ts';
import { OWN_FILE } from './object-index.ts';
import { joinBytes, shownPath } from './path-bytes.ts';
import { isLinked, linkDamage } from './plan.ts';
import type { SnapshotRecord } from './record.ts';
import { hasHash } from './segments.ts';
import type { Progress, VerifyResult } from './snapshot.ts';
import type { Store } from './store.ts';

const PAUSE_EVERY_MS = 50;
const MAX_DAMAGED = 1_000;

export async function verify(store: Store, progress?: Progress): Promise<VerifyResult> {
  const damagedObjects = new Map<string, string>();
  let objects = 0;
  let bytes = 0;
  let pause = performance.now();
  // A copy: others may add to the index between two pieces.
  for (const [hash, place] of Array.from(store.index.entries())) {
    const why = await objectDamage(store, hash, place);
    // A prune may have dropped it between two pieces.
    if (why !== null && store.has(hash)) damagedObjects.set(hash.toString('hex'), why);
    objects++;
    bytes += place.length;
    if (performance.now() - pause < PAUSE_EVERY_MS) continue;
    progress?.({ phase: 'reading objects', files: objects, total: store.index.count });
    await setImmediate();
    pause = performance.now();
  }
  const damaged = store.damagedRecords.map(({ file, why }) => ({ snapshot: file.replace('.json', ''), path: '', why }));
  const sound = new Set<string>();
  const records = [...store.records];
  for (const record of records) {
    const found = recordDamage(store, record, damagedObjects, sound);
    damaged.push(...found.slice(0, Math.max(0, MAX_DAMAGED - damaged.length)));
    await setImmediate();
  }
  return { snapshots: records.length, objects, bytes, damaged };
}

async function objectDamage(
  store: Store,
  hash: Buffer,
  place: { segment: number; offset: number; length: number; kind: number },
): Promise<string | null> {
  try {
    if (place.segment !== OWN_FILE)
      return hasHash(store.segments.read(place), place.kind, hash) ? null : 'its bytes are damaged';
    const sum = createHash('sha256');
    for await (const chunk of createReadStream(store.bigFile(hash), { highWaterMark: 1024 * 1024 })) sum.update(chunk);
    return sum.digest().equals(hash) ? null : 'its bytes are damaged';
  } catch (error) {
    return causeText(error);
  }
}

/** `sound` collects the folders that were found whole, so that each is walked once over all snapshots. */
function recordDamage(
  store: Store,
  record: SnapshotRecord,
  damagedObjects: ReadonlyMap<string, string>,
  sound: Set<string>,
): { snapshot: string; path: string; why: string }[] {
  const found: { snapshot: string; path: string; why: string }[] = [];
  const side = storedSide(store);
  const blame = (path: Buffer, why: string): void => {
    found.push({ snapshot: record.summary.id, path: shownPath(path), why });
  };
  const walk = (path: Buffer, entry: Entry): boolean => {
    const why = entryDamage(store, entry, damagedObjects);
    if (why !== null) {
      blame(path, why);
      return false;
    }
    const key = entry.hash.toString('hex');
    if (entry.kind !== KIND.folder || sound.has(key)) return true;
    let whole = true;
    for (const child of side.children(entry)) if (!walk(joinBytes(path, child.name), child)) whole = false;
    if (whole) sound.add(key);
    return whole;
  };
  for (const root of record.roots) walk(root.path, root.entry);
  return found;
}

function entryDamage(store: Store, entry: Entry, damagedObjects: ReadonlyMap<string, string>): string | null {
  if (entry.note === NOTE.unreadable && entry.kind !== KIND.folder) return null;
  if (entry.kind !== KIND.file && entry.kind !== KIND.folder && entry.kind !== KIND.link) return null;
  if (!isLinked(entry)) {
    if (!store.has(entry.hash)) return 'its content is missing from the store';
    return damagedObjects.get(entry.hash.toString('hex')) ?? null;
  }
  const link = lstatSync(store.linkFile(entry.hash), { bigint: true, throwIfNoEntry: false });
  return linkDamage(entry, link);
}
