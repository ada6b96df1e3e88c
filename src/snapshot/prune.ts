/**
 * Lets go of what retention does not keep, and of what does not fit the budget; never the newest of a tree, nor the newest of
 * a session that is still running. Records go first, durably; only then what nothing names any more.
 */

import { readdirSync, unlinkSync } from 'node:fs';
import { type Side, storedSide } from './compare.ts';
import { isFull } from './durable.ts';
import { KIND } from './kinds.ts';
import type { Entry } from './node.ts';
import { OWN_FILE } from './object-index.ts';
import { isLinked } from './plan.ts';
import type { Present } from './present.ts';
import { droppableBytes } from './quarantine.ts';
import type { SnapshotRecord } from './record.ts';
import { expired, newestOnes, type RetentionOptions } from './retention.ts';
import type { PruneResult } from './snapshot.ts';
import type { Store } from './store.ts';
import { HASH_BYTES } from './table.ts';

/** A segment with less than this part still needed is written anew. */
const LIVE_PART = 0.5;
/** So much is written anew in one go, while whoever takes a snapshot must wait; the rest comes the next time. */
const MAX_MOVED_BYTES = 64 * 1024 * 1024;
const PRESSED_LIVE_PART = 0.95;
const PRESSED_BUDGET_PART = 0.75;
const KEEP_ON_FULL_DISK_MS = 3_600_000;

export interface PruneOptions extends RetentionOptions {
  readonly dryRun: boolean;
  /** Make room: drop down to three quarters of the budget, or of what the disk has room for, and write every segment with waste in it anew. */
  readonly pressed?: boolean;
}

interface Live {
  readonly objects: Set<string>;
  readonly links: Set<string>;
  bytes: number;
}

/** Drops what retention does not keep, but for what lies aside. A dry run only tells what it would be. */
export function prune(store: Store, present: Present, options: PruneOptions): PruneResult {
  const drop = new Set(expired(store, options));
  const live = overBudget(store, drop, options);
  const dropped = store.records.filter(({ summary }) => drop.has(summary.id)).map(({ summary }) => summary.id);
  const before = store.bytes;
  const aside = { now: options.now, pressed: options.pressed === true };
  if (options.dryRun) return { dropped, freedBytes: Math.max(0, before - live.bytes) + droppableBytes(store, aside) };
  if (drop.size > 0 || options.pressed === true) {
    store.dropRecords(drop);
    if (options.pressed === true) sweep(store, live, PRESSED_LIVE_PART, Number.POSITIVE_INFINITY);
    else sweep(store, live, LIVE_PART, MAX_MOVED_BYTES);
    // Tables name objects as records do: those that name what went are read again with the next look.
    present.forgetLost();
  }
  return { dropped, freedBytes: Math.max(0, before - store.bytes) };
}

/** Marks what the snapshots hold, from the newest; those that no longer fit the budget join `drop`. */
function overBudget(store: Store, drop: Set<string>, options: PruneOptions): Live {
  const kept = newestOnes(store.records, options);
  const live: Live = { objects: new Set(), links: new Set(), bytes: 0 };
  const capacity = options.pressed === true ? store.capacityBytes : store.budgetBytes;
  if (capacity < store.budgetBytes) {
    // Somebody else fills the disk: that must not cost what was kept just now.
    for (const { summary } of store.records) if (options.now - summary.at < KEEP_ON_FULL_DISK_MS) kept.add(summary.id);
  }
  const first = store.records.filter(({ summary }) => kept.has(summary.id));
  const rest = store.records.filter(({ summary }) => !kept.has(summary.id) && !drop.has(summary.id)).reverse();
  const room = capacity * (options.pressed === true ? PRESSED_BUDGET_PART : 1);
  for (const record of first) mark(store, record, live);
  for (const [i, record] of rest.entries()) {
    const added = mark(store, record, live);
    if (live.bytes <= room) continue;
    for (const key of added.objects) live.objects.delete(key);
    for (const key of added.links) live.links.delete(key);
    live.bytes -= added.bytes;
    for (const older of rest.slice(i)) drop.add(older.summary.id);
    break;
  }
  return live;
}

/** Adds what a snapshot holds to `live`, and returns what was not there before. */
function mark(store: Store, record: SnapshotRecord, live: Live): Live {
  const added: Live = { objects: new Set(), links: new Set(), bytes: 0 };
  const side = storedSide(store);
  const object = (hash: Buffer): boolean => {
    const key = hash.toString('latin1');
    if (live.objects.has(key)) return false;
    const bytes = store.place(hash)?.length ?? 0;
    live.objects.add(key);
    live.bytes += bytes;
    added.objects.add(key);
    added.bytes += bytes;
    return true;
  };
  const walk = (entry: Entry): void => {
    if (entry.extra !== null) object(entry.extra);
    if (entry.kind !== KIND.file && entry.kind !== KIND.link && entry.kind !== KIND.folder) return;
    if (isLinked(entry)) {
      const key = entry.hash.toString('hex');
      if (!live.links.has(key)) added.links.add(key);
      live.links.add(key);
    } else if (object(entry.hash) && entry.kind === KIND.folder && store.has(entry.hash)) {
      for (const child of readable(side, entry)) walk(child);
    }
  };
  for (const root of record.roots) walk(root.entry);
  return added;
}

/** A damaged folder stays as it is; what it held is nobody's to name. */
function readable(side: Side, folder: Entry): readonly Entry[] {
  try {
    return side.children(folder);
  } catch {
    return [];
  }
}

function sweep(store: Store, live: Live, livePart: number, maxMoved: number): void {
  const isLive = (hash: Buffer): boolean => live.objects.has(hash.toString('latin1'));
  const big: Buffer[] = [];
  const liveBytes = new Map<number, number>();
  for (const [hash, place] of store.index.entries()) {
    if (place.segment === OWN_FILE) {
      if (!isLive(hash)) big.push(hash);
    } else if (isLive(hash)) liveBytes.set(place.segment, (liveBytes.get(place.segment) ?? 0) + place.length);
  }
  store.dropBig(big);
  const thin = [...store.segments.sizes()]
    .map(([segment, size]) => ({ segment, live: liveBytes.get(segment) ?? 0, size }))
    .filter(({ live: bytes, size }) => bytes < size * livePart)
    .sort((a, b) => a.live - b.live);
  store.segments.turn();
  let moved = 0;
  for (const [i, { segment, live: bytes }] of thin.entries()) {
    moved += bytes;
    if (i > 0 && moved > maxMoved) break;
    if (!compact(store, segment, isLive)) break;
  }
  for (const name of readdirSync(`${store.folder}/links`)) {
    if (name.length === HASH_BYTES * 2 && !live.links.has(name)) unlinkSync(`${store.folder}/links/${name}`);
  }
}

/** Writes what is still needed of a segment anew, durably, before it goes. Returns false when there is no room for that. */
function compact(store: Store, segment: number, isLive: (hash: Buffer) => boolean): boolean {
  const moving = [...store.index.entries()].filter(([hash, place]) => place.segment === segment && isLive(hash));
  try {
    store.segments.move(moving);
  } catch (error) {
    if (isFull(error)) return false;
    throw error;
  }
  store.index.forget((place) => place.segment === segment);
  store.segments.drop([segment]);
  return true;
}
