/**
 * What is kept and for how long: everything for a day, then the newest of each hour for a week, of each day for a month,
 * within the budget; never the newest of a tree, nor the newest of a session that is still running. Records go first,
 * durably; only then what nothing names any more.
 */

import { readdirSync, rmSync, unlinkSync } from 'node:fs';
import { storedSide } from './compare.ts';
import { KIND } from './kinds.ts';
import type { Entry } from './node.ts';
import { OBJECT, OWN_FILE } from './object-index.ts';
import { isLinked } from './plan.ts';
import type { Present } from './present.ts';
import type { SnapshotRecord } from './record.ts';
import type { PruneResult } from './snapshot.ts';
import type { Store } from './store.ts';
import { HASH_BYTES } from './table.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEEP_ALL_MS = DAY_MS;
const KEEP_HOURLY_MS = 7 * DAY_MS;
const KEEP_DAILY_MS = 30 * DAY_MS;
/** Folders that were moved aside whole: only the newest are kept, since their size is not known. */
const KEEP_QUARANTINED = 10;
const MAX_SNAPSHOTS = 5_000;
/** A segment with less than this part still needed is written anew. */
const LIVE_PART = 0.5;
const PRESSED_LIVE_PART = 0.95;
const PRESSED_BUDGET_PART = 0.75;

export interface PruneOptions {
  readonly dryRun: boolean;
  /** Snapshot ids, and sessions whose newest snapshot stays. */
  readonly keep: readonly string[];
  readonly now: number;
  /** Make room: drop down to three quarters of the budget, and write every segment with waste in it anew. */
  readonly pressed?: boolean;
}

interface Live {
  readonly objects: Set<string>;
  readonly links: Set<string>;
  bytes: number;
}

/** Drops what retention does not keep. A dry run only tells what it would be. */
export function prune(store: Store, present: Present, options: PruneOptions): PruneResult {
  const drop = new Set(expired(store.records, options));
  const live = overBudget(store, drop, options);
  const dropped = store.records.filter(({ summary }) => drop.has(summary.id)).map(({ summary }) => summary.id);
  const before = store.bytes;
  if (options.dryRun) return { dropped, freedBytes: Math.max(0, before - live.bytes) };
  // Tables name objects as records do; forgotten, they are read again with the next look.
  present.forget();
  store.dropRecords(drop);
  sweep(store, live, options.pressed === true ? PRESSED_LIVE_PART : LIVE_PART);
  return { dropped, freedBytes: Math.max(0, before - store.bytes) };
}

function expired(records: readonly SnapshotRecord[], options: PruneOptions): string[] {
  const kept = newestOnes(records, options);
  const slots = new Set<string>();
  const gone: string[] = [];
  for (const [i, { summary }] of [...records].reverse().entries()) {
    const age = options.now - summary.at;
    const unit = age < KEEP_ALL_MS ? 0 : age < KEEP_HOURLY_MS ? HOUR_MS : DAY_MS;
    const slot = `${summary.root ?? ''}:${unit}:${unit === 0 ? summary.id : Math.floor(summary.at / unit)}`;
    const first = !slots.has(slot);
    slots.add(slot);
    if (kept.has(summary.id)) continue;
    if (age > KEEP_DAILY_MS || !first || i >= MAX_SNAPSHOTS) gone.push(summary.id);
  }
  return gone;
}

/** The snapshots that stay whatever their age and size. */
function newestOnes(records: readonly SnapshotRecord[], options: PruneOptions): Set<string> {
  const kept = new Set<string>(options.keep);
  const roots = new Set<string | null>();
  const sessions = new Set<string>();
  for (const { summary } of [...records].reverse()) {
    const { session } = summary.reason;
    if (!roots.has(summary.root)) kept.add(summary.id);
    if (session !== null && options.keep.includes(session) && !sessions.has(session)) {
      kept.add(summary.id);
      sessions.add(session);
    }
    roots.add(summary.root);
  }
  return kept;
}

/** Marks what the snapshots hold, from the newest; those that no longer fit the budget join `drop`. */
function overBudget(store: Store, drop: Set<string>, options: PruneOptions): Live {
  const kept = newestOnes(store.records, options);
  const live: Live = { objects: new Set(), links: new Set(), bytes: 0 };
  const first = store.records.filter(({ summary }) => kept.has(summary.id));
  const rest = store.records.filter(({ summary }) => !kept.has(summary.id) && !drop.has(summary.id)).reverse();
  const room = store.budgetBytes * (options.pressed === true ? PRESSED_BUDGET_PART : 1);
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
      for (const child of side.children(entry)) walk(child);
    }
  };
  for (const root of record.roots) walk(root.entry);
  return added;
}

function sweep(store: Store, live: Live, livePart: number): void {
  const isLive = (hash: Buffer): boolean => live.objects.has(hash.toString('latin1'));
  const big: Buffer[] = [];
  const liveBytes = new Map<number, number>();
  for (const [hash, place] of store.index.entries()) {
    if (place.segment === OWN_FILE) {
      if (!isLive(hash)) big.push(hash);
    } else if (isLive(hash)) liveBytes.set(place.segment, (liveBytes.get(place.segment) ?? 0) + place.length);
  }
  store.dropBig(big);
  const thin = [...store.segments.sizes()].filter(([segment, size]) => (liveBytes.get(segment) ?? 0) < size * livePart);
  if (thin.length > 0) compact(store, new Set(thin.map(([segment]) => segment)), isLive);
  for (const name of readdirSync(`${store.folder}/links`)) {
    if (name.length === HASH_BYTES * 2 && !live.links.has(name)) unlinkSync(`${store.folder}/links/${name}`);
  }
  const named = new Set<string>(store.records.map(({ summary }) => summary.id));
  const aside = readdirSync(`${store.folder}/quarantine`).sort().reverse();
  for (const [i, id] of aside.entries()) {
    if (!named.has(id) || i >= KEEP_QUARANTINED)
      rmSync(`${store.folder}/quarantine/${id}`, { recursive: true, force: true });
  }
}

/** Writes what is still needed of some segments anew, durably, before they go. */
function compact(store: Store, segments: ReadonlySet<number>, isLive: (hash: Buffer) => boolean): void {
  const moving = [...store.index.entries()].filter(([hash, place]) => segments.has(place.segment) && isLive(hash));
  store.segments.turn();
  for (const [hash, place] of moving) {
    const bytes = store.segments.read(place);
    store.segments.append(hash, place.kind === OBJECT.node ? OBJECT.node : OBJECT.blob, bytes, bytes.length);
  }
  store.segments.commit();
  store.index.forget((place) => segments.has(place.segment));
  store.segments.drop([...segments]);
}
