/**
 * What is kept for how long: everything for a day (bursts of changes thinner after an hour), then the newest of each hour for
 * a week and of each day until it is too old. What holds the last copy of a path that is gone stays a month all the same.
 */

import { changes } from './changes.ts';
import { entryAt } from './lookup.ts';
import type { SnapshotRecord } from './record.ts';
import type { Store } from './store.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEEP_ALL_MS = DAY_MS;
const KEEP_BURSTS_MS = HOUR_MS;
const BURST_SLOT_MS = HOUR_MS / 6;
const KEEP_HOURLY_MS = 7 * DAY_MS;
const KEEP_LAST_COPY_MS = 30 * DAY_MS;
const MAX_SNAPSHOTS = 5_000;
/** With more paths gone than this the snapshot is taken to hold the last copy of one. */
const MAX_PATHS = 500;

export interface RetentionOptions {
  /** Snapshot ids, and sessions whose newest snapshot stays. */
  readonly keep: readonly string[];
  readonly now: number;
  /** How old a snapshot may become. */
  readonly keepMs: number;
}

/** Returns the ids of the snapshots that are past their time, those that hold a last copy excepted. */
export function expired(store: Store, options: RetentionOptions): string[] {
  const { records } = store;
  const kept = newestOnes(records, options);
  const slots = new Set<string>();
  const gone: SnapshotRecord[] = [];
  const tooMany: string[] = [];
  for (const [i, record] of [...records].reverse().entries()) {
    const { summary } = record;
    const slot = slotOf(record, options.now);
    const isFirst = !slots.has(slot);
    slots.add(slot);
    if (kept.has(summary.id)) continue;
    if (i >= MAX_SNAPSHOTS) tooMany.push(summary.id);
    else if (options.now - summary.at > options.keepMs || !isFirst) gone.push(record);
  }
  const last = lastCopies(store, gone, options.now);
  return [...gone.map(({ summary }) => summary.id).filter((id) => !last.has(id)), ...tooMany];
}

/** Returns the snapshots that stay whatever their age and size: the newest of each tree, and of each session that lives. */
export function newestOnes(
  records: readonly SnapshotRecord[],
  options: { readonly keep: readonly string[]; readonly now: number },
): Set<string> {
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

/** Returns the sessions that took a snapshot within the last day: some of them may be running. */
export function recentSessions(records: readonly SnapshotRecord[], now: number): string[] {
  const recent = records.filter(({ summary }) => now - summary.at < DAY_MS);
  return [...new Set(recent.flatMap(({ summary }) => summary.reason.session ?? []))];
}

/** Of what shares a slot only the newest stays. */
function slotOf({ summary }: SnapshotRecord, now: number): string {
  const age = now - summary.at;
  const isOldBurst = summary.reason.kind === 'burst' && age >= KEEP_BURSTS_MS;
  const early = isOldBurst ? BURST_SLOT_MS : 0;
  const unit = age < KEEP_ALL_MS ? early : age < KEEP_HOURLY_MS ? HOUR_MS : DAY_MS;
  return `${summary.root ?? ''}:${unit}:${unit === 0 ? summary.id : Math.floor(summary.at / unit)}`;
}

/** Of `candidates`, newest first, those that hold a path which no later snapshot of their tree has. */
function lastCopies(store: Store, candidates: readonly SnapshotRecord[], now: number): Set<string> {
  const found = new Set<string>();
  const covered = new Set<string>();
  const places = new Map(store.records.map((record, i) => [record.summary.id, i]));
  for (const record of candidates) {
    const { id, at, root } = record.summary;
    if (root === null || now - at > KEEP_LAST_COPY_MS) continue;
    const later = store.records.slice((places.get(id) ?? 0) + 1).filter(({ summary }) => summary.root === root);
    const [next] = later;
    const newest = later.at(-1);
    if (next === undefined || newest === undefined) continue;
    const gone = deletedBetween(store, record, next);
    const own = gone?.filter(
      (path) => !covered.has(path) && entryAt(store, newest, Buffer.from(path, 'latin1')) === null,
    );
    if (own === undefined || own.length > 0) found.add(id);
    for (const path of own ?? []) covered.add(path);
  }
  return found;
}

const known = new WeakMap<Store, Map<string, readonly string[] | undefined>>();

/** Returns the paths that went from one snapshot to the next; undefined: too many to name, or it can't be told. */
function deletedBetween(store: Store, from: SnapshotRecord, to: SnapshotRecord): readonly string[] | undefined {
  const key = `${from.summary.id}:${to.summary.id}`;
  const cache = known.get(store) ?? new Map<string, readonly string[] | undefined>();
  known.set(store, cache);
  if (cache.has(key)) return cache.get(key);
  const deleted: string[] = [];
  const onChange = (kind: string, path: Buffer): void => {
    if (kind === 'deleted' && deleted.length <= MAX_PATHS) deleted.push(path.toString('latin1'));
  };
  try {
    changes(store, from, to, onChange);
  } catch {
    return undefined; // damaged: what is left of it stays
  }
  const result = deleted.length > MAX_PATHS ? undefined : deleted;
  cache.set(key, result);
  return result;
}
