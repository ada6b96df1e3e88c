/**
 * The snapshot engine in the thread that calls it: the parts of this folder put together over one store. It blocks while it
 * works; `open.ts` puts it into a thread of its own.
 */

import { mkdirSync, statfsSync } from 'node:fs';
import { resolve } from 'node:path';
import { BelayError, causeText } from '../errors.ts';
import { Capture } from './capture.ts';
import { changes } from './changes.ts';
import { Checker } from './checker.ts';
import { canonical } from './coverage.ts';
import { extract } from './extract.ts';
import { idMaker } from './id.ts';
import { keep, type Looked, requestOf } from './keep.ts';
import { changesFromPresent } from './kept-git.ts';
import { KIND } from './kinds.ts';
import { lockStore } from './lock.ts';
import { findRecord, holders, requirePaths } from './lookup.ts';
import { loadNative, type Native } from './native.ts';
import { isBelow, shownPath } from './path-bytes.ts';
import { stepType } from './plan.ts';
import { Present } from './present.ts';
import { prune } from './prune.ts';
import { dropAsides, droppableBytes, quarantinedBytes } from './quarantine.ts';
import type { SnapshotRecord } from './record.ts';
import { REGENERABLE, regenerableTest } from './regenerable.ts';
import { recentSessions } from './retention.ts';
import {
  neededByUnfinished,
  type Plan,
  planRollback,
  type RollbackTools,
  resumeRollback,
  rollback,
} from './rollback.ts';
import { Scanner } from './scan.ts';
import type { ScanOptions, ScanRequest } from './scan-request.ts';
import type {
  Progress,
  RollbackOptions,
  RollbackPlan,
  RollbackStep,
  SnapshotSummary,
  Snapshots,
  TakeRequest,
} from './snapshot.ts';
import { StatReader } from './stat.ts';
import { Store } from './store.ts';
import type { Table } from './table.ts';
import { textDiff } from './text-diff.ts';
import { diskUse } from './usage.ts';
import { verify } from './verify.ts';

const MAX_STEPS = 10_000;
const GIGABYTE = 1024 ** 3;
const MAX_BUDGET_BYTES = 20 * GIGABYTE;
const FREE_FLOOR_BYTES = 256 * 1024 * 1024;
const PROGRESS_MS = 100;
const BETWEEN_MS = 10;
const SPOILED = 'a take that came between failed';
const KEEP_DAYS = 30;
/** With more of its budget used up the store makes room before it must. */
const SOON_FULL_PART = 0.9;
const MAKE_ROOM_EVERY_MS = 10 * 60_000;
const DAY_MS = 24 * 3_600_000;
/** How often what is known of the trees is written, for the next start. */
const SAVE_EVERY_MS = 60_000;

export interface SnapshotOptions {
  /** A folder of the user's own, made with mode 0700 when it is not there. Best on the device of the trees. */
  readonly storeFolder: string;
  /** Most bytes that the store may hold. Default: a tenth of the disk, at most 20 GB. */
  readonly budgetBytes?: number;
  /** Bytes to leave free on the store's disk. Default: 256 MB, or a twentieth of a smaller disk. */
  readonly freeFloorBytes?: number;
  /** Days that a snapshot is kept at most. Default: 30. What holds the last copy of a path stays 30 days all the same. */
  readonly keepDays?: number;
  /** Names of folders that whole-tree snapshots leave out. Default: the table of `regenerable.ts`. Empty: none. */
  readonly regenerable?: readonly string[];
  /** Look with a second thread. */
  readonly helper?: boolean;
  /** The caller holds the store's lock already. */
  readonly locked?: boolean;
  /** Called now and then while a take looks at a tree, so that others need not wait until it is through. */
  readonly between?: () => void;
  /** The clock, for tests of retention. */
  readonly now?: () => number;
}

export interface Engine extends Snapshots {
  /**
   * Takes a snapshot in the midst of another take: to be called from `between`. Returns null when that can't be now, and has
   * to be asked for again afterwards: it is about the same tree, or failed.
   */
  takeBetween(request: TakeRequest): SnapshotSummary | null;
}

/** Opens the store and returns the engine over it. Throws `snapshot.store-busy`, `-damaged`, `-newer`. */
export function openEngine(options: SnapshotOptions): Engine {
  const folder = resolve(options.storeFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const release = options.locked === true ? () => {} : lockStore(folder);
  const store = openStore(folder, options, release);
  const native = loadNative();
  const reader = new StatReader(native);
  const checker = new Checker(reader, options.helper === true);
  let report: Progress | undefined;
  let reported = 0;
  /** What is being taken where another take may come between. */
  let underWay: TakeRequest | null = null;
  let isBetween = false;
  let askedBetween = 0;
  store.between = () => {
    if (underWay === null || isBetween || performance.now() - askedBetween < BETWEEN_MS) return;
    askedBetween = performance.now();
    const { abandoned } = store;
    isBetween = true;
    try {
      options.between?.();
    } finally {
      isBetween = false;
    }
    if (store.abandoned !== abandoned) throw new Error(SPOILED);
  };
  const progress = (phase: string) => (files: number) => {
    store.between();
    if (performance.now() - reported < PROGRESS_MS) return;
    reported = performance.now();
    report?.({ phase, files, total: null });
  };
  const scanOptions = {
    isRegenerable: regenerableTest(options.regenerable ?? REGENERABLE),
    store: shownPath(canonical(folder)),
    progress: progress('looking'),
  };
  const present = new Present(
    new Scanner(reader, checker, new Capture(store, native, reader, true), scanOptions),
    store,
  );
  const now = options.now ?? Date.now;
  const keepMs = (options.keepDays ?? KEEP_DAYS) * DAY_MS;
  const tools: RollbackTools = {
    store,
    present,
    native,
    now,
    nextId: idMaker(store.records.at(-1)?.summary.id ?? null),
  };
  const between = { ...tools, present: present.by(ownScanner(store, native, scanOptions)) };
  /** Takes, and takes again when one that came between failed and left nothing of what was read. */
  const takeOpenly = (request: TakeRequest): SnapshotSummary => {
    for (;;) {
      underWay = request;
      try {
        return keep(tools, request);
      } catch (error) {
        if (!(error instanceof BelayError && error.fields['cause'] === SPOILED)) throw error;
      } finally {
        underWay = null;
      }
    }
  };
  let saved = performance.now() - SAVE_EVERY_MS;
  const saveLater = (): void => {
    if (performance.now() - saved < SAVE_EVERY_MS) return;
    saved = performance.now();
    setImmediate(() => {
      if (!closed) present.save();
    }).unref();
  };
  let closed = false;
  /** Drops folders that lie aside. Resolves to whether there is more room than before. */
  const dropAside = async (): Promise<boolean> => {
    const pressed = { now: now(), pressed: true };
    const aside = droppableBytes(store, pressed);
    await dropAsides(store, pressed);
    return aside > 0;
  };
  /** Drops the oldest snapshots. Resolves to whether there is more room than before. */
  const dropOldest = async (): Promise<boolean> => {
    const before = store.bytes;
    const keep = [...recentSessions(store.records, now()), ...neededByUnfinished(tools)];
    prune(store, present, { dryRun: false, keep, keepMs, now: now(), pressed: true });
    return store.bytes < before;
  };
  let madeRoom = Number.NEGATIVE_INFINITY;
  const makeRoomLater = (): void => {
    if (performance.now() - madeRoom < MAKE_ROOM_EVERY_MS) return;
    madeRoom = performance.now();
    setImmediate(() => {
      // A take that finds no room tries again, and says why.
      if (!closed)
        dropAside()
          .then(dropOldest, dropOldest)
          .catch(() => {});
    }).unref();
  };
  const preview = (record: SnapshotRecord, asked: RollbackOptions): { plan: Plan; looked: Looked[] } => {
    requirePaths(store, record, asked.paths.map(canonical));
    const looking = new Present(
      new Scanner(reader, checker, new Capture(store, native, reader, false), scanOptions),
      null,
    );
    for (const { request, table } of knownTrees(present, record)) if (table !== null) looking.remember(request, table);
    const looked = record.roots.map((root) => {
      const request = requestOf(root);
      return { request, role: root.role, table: looking.look(request) };
    });
    return { plan: planRollback({ ...tools, present: looking }, record, asked, looked), looked };
  };
  const reporting = <Result>(to: Progress | undefined, act: () => Result): Result => {
    report = to;
    try {
      return act();
    } finally {
      report = undefined;
    }
  };

  return {
    async take(request, to) {
      saveLater();
      for (const makeRoom of [dropAside, dropOldest, null]) {
        try {
          const taken = reporting(to, () => takeOpenly(request));
          if (store.bytes > store.budgetBytes * SOON_FULL_PART) makeRoomLater();
          return taken;
        } catch (error) {
          const isFull = error instanceof BelayError && error.code === 'snapshot.no-space';
          if (!isFull || makeRoom === null || closed) throw error;
          await makeRoom();
        }
      }
      throw store.noSpace('nothing more can be dropped');
    },
    takeBetween(request) {
      if (underWay === null || !isApart(request, underWay)) return null;
      try {
        return keep(between, request);
      } catch {
        return null; // asked again afterwards, it fails with its reason or finds room
      }
    },
    async list({ root, session, limit }) {
      const wanted = root === undefined ? undefined : shownPath(canonical(root));
      const found = store.records.filter(({ summary }) => {
        return (
          (wanted === undefined || summary.root === wanted) &&
          (session === undefined || summary.reason.session === session)
        );
      });
      return found
        .reverse()
        .slice(0, limit ?? found.length)
        .map(({ summary }) => summary);
    },
    async get(id) {
      return findRecord(store, id).summary;
    },
    async plan(id, asked, to) {
      const record = findRecord(store, id);
      return reporting(to, () => publicPlan(store, record, preview(record, asked).plan));
    },
    async rollback(id, asked, to) {
      const record = findRecord(store, id);
      return reporting(to, () => {
        return asked.to === null ? rollback(tools, record, asked, to) : extract(tools, record, asked, asked.to, to);
      });
    },
    async resume(to) {
      return reporting(to, () => resumeRollback(tools, to));
    },
    async diff(id, paths, to) {
      const record = findRecord(store, id);
      const asked = { paths, force: true, removeNew: true, to: null };
      return reporting(to, () => textDiff(store, preview(record, asked).plan.operations));
    },
    async whereIs(path) {
      return holders(store, canonical(path)).map(({ summary }) => summary);
    },
    async changes(from, to) {
      return changes(store, findRecord(store, from), findRecord(store, to));
    },
    async verify(to) {
      return verify(store, to);
    },
    async prune(asked) {
      const aside = { now: now(), pressed: false };
      const bytes = droppableBytes(store, aside);
      const keep = [...asked.keep, ...neededByUnfinished(tools)];
      const pruned = prune(store, present, { ...asked, keep, now: aside.now, keepMs });
      if (asked.dryRun) return pruned;
      await dropAsides(store, aside);
      return { ...pruned, freedBytes: pruned.freedBytes + bytes };
    },
    async usage() {
      const aside = quarantinedBytes(store);
      const byRoot = new Map<string, { root: string; snapshots: number; newest: number }>();
      for (const { summary } of store.records) {
        const root = summary.root ?? summary.paths[0] ?? '';
        const known = byRoot.get(root);
        byRoot.set(root, { root, snapshots: (known?.snapshots ?? 0) + 1, newest: summary.at });
      }
      const { ownBytes, sharedBytes } = diskUse(folder);
      return {
        snapshots: store.records.length,
        bytes: ownBytes + aside,
        asideBytes: aside,
        sharedBytes,
        budgetBytes: store.budgetBytes,
        byRoot: [...byRoot.values()],
      };
    },
    async close() {
      present.save();
      closed = true;
      await checker.close();
      store.close();
      release();
    },
  };
}

/** A scanner that shares no state with another that is in the midst of its work. */
function ownScanner(store: Store, native: Native | null, options: ScanOptions): Scanner {
  const reader = new StatReader(native);
  return new Scanner(reader, new Checker(reader, false), new Capture(store, native, reader, true), options);
}

/** Whether two takes are of trees that have nothing to do with each other. */
function isApart(one: TakeRequest, other: TakeRequest): boolean {
  const [own, others] = [one, other].map(({ root, paths, quarantine = [] }) => {
    return [...(root === null ? [] : [root]), ...paths, ...quarantine].map(canonical);
  });
  return (own ?? []).every((a) => (others ?? []).every((b) => !isBelow(a, b) && !isBelow(b, a)));
}

function openStore(folder: string, options: SnapshotOptions, release: () => void): Store {
  try {
    const disk = statfsSync(folder);
    return new Store({
      folder,
      budgetBytes: options.budgetBytes ?? Math.min(MAX_BUDGET_BYTES, (disk.blocks * disk.bsize) / 10),
      freeFloorBytes: options.freeFloorBytes ?? Math.min(FREE_FLOOR_BYTES, (disk.blocks * disk.bsize) / 20),
    });
  } catch (error) {
    release();
    if (error instanceof BelayError) throw error;
    throw new BelayError('snapshot.store-damaged', { store: folder, cause: causeText(error) }, error);
  }
}

function knownTrees(present: Present, record: SnapshotRecord): { request: ScanRequest; table: Table | null }[] {
  return record.roots.map((root) => {
    const request = requestOf(root);
    return { request, table: present.known(request) };
  });
}

function publicPlan(store: Store, record: SnapshotRecord, plan: Plan): RollbackPlan {
  const counts: Record<RollbackStep['kind'], number> = {
    'bring-back': plan.returns.length,
    revert: 0,
    remove: 0,
    mode: 0,
  };
  const steps: RollbackStep[] = plan.returns.map(({ path }) => {
    return { kind: 'bring-back', path: shownPath(path), type: 'folder', bytes: 0, conflict: false };
  });
  let conflicts = 0;
  for (const { kind, path, was, is, conflict } of plan.operations) {
    counts[kind]++;
    if (conflict) conflicts++;
    const entry = was ?? is;
    if (entry === null || steps.length >= MAX_STEPS) continue;
    const bytes = entry.kind === KIND.file ? entry.size : 0;
    steps.push({ kind, path: shownPath(path), type: stepType(entry), bytes, conflict });
  }
  return { snapshot: record.summary.id, steps, counts, conflicts, git: changesFromPresent(store, record) };
}
