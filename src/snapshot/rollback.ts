/**
 * Has a kept tree back: compares it with the present, keeps the present first, writes down what it is about to do, does it,
 * and looks again. Cut short at any point it can be finished: what it set out to do is in the journal, and what is done already differs no more.
 */

import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { BelayError, causeText } from '../errors.ts';
import { Applier, removeTemporary, temporaryName } from './apply.ts';
import { type CompareOptions, compare, type Difference, type Interest, presentSide, storedSide } from './compare.ts';
import { canonical, gitLocks, pathOf } from './coverage.ts';
import { syncFolder, syncTree, writeDurably } from './durable.ts';
import { foreignChanges } from './foreign.ts';
import { gitPlaces, repositoryTop } from './git-places.ts';
import { isSnapshotId } from './id.ts';
import { guarded, type Keeper, keepTrees, type Looked, requestOf } from './keep.ts';
import { FLAG, KIND } from './kinds.ts';
import { findRecord, requirePaths } from './lookup.ts';
import type { Native } from './native.ts';
import { decodeFolderTime, type Entry, entryOf } from './node.ts';
import { joinBytes, namesPath, parentBytes, shownPath } from './path-bytes.ts';
import { type Lost, type Operation, Planner } from './plan.ts';
import type { SnapshotRecord } from './record.ts';
import type { Progress, RollbackOptions, RollbackResult, SnapshotId } from './snapshot.ts';
import { broughtBack } from './undone.ts';

export interface RollbackTools extends Keeper {
  readonly native: Native | null;
}

export interface Plan {
  readonly operations: readonly Operation[];
  readonly lost: readonly Lost[];
  /** Folders that lie in quarantine and whose place is free. */
  readonly returns: readonly { path: Buffer; slot: string }[];
}

const journalSchema = z.strictObject({
  snapshot: z.string(),
  undo: z.custom<SnapshotId>((value) => typeof value === 'string' && isSnapshotId(value)),
  paths: z.array(z.string()),
  force: z.boolean(),
  removeNew: z.boolean(),
  /** Paths that others changed, in base64: left alone whatever a later look says. */
  leave: z.array(z.string()),
});

type Journal = z.infer<typeof journalSchema>;

/** Returns what a rollback to `record` would do to the trees as they were looked at. */
export function planRollback(
  tools: RollbackTools,
  record: SnapshotRecord,
  options: RollbackOptions,
  looked: readonly Looked[],
): Plan {
  const { store } = tools;
  const foreign = foreignChanges(store, record, looked);
  const gitFolders = record.roots.filter(({ role }) => role === 'git').map(({ path }) => path);
  const planner = new Planner(options.removeNew, gitFolders, (path, whole) => foreign.has(path, whole));
  const quarantined = record.quarantined.map(({ path }) => path);
  const interest = interestIn(options.paths, quarantined);
  const side = storedSide(store);
  const back = broughtBack(store, record);
  const inodes = new Set<bigint>();
  for (const [i, root] of record.roots.entries()) {
    const now = looked[i];
    if (now === undefined) continue;
    const expand: CompareOptions['expand'] = (path) => {
      const table = tools.present.look({ path, git: false, regenerable: 'link', link: false, worktree: null });
      return { entry: entryOf(table, 0), side: presentSide(table) };
    };
    for (let index = 0; index < now.table.count; index++) {
      if ((now.table.flags(index) & FLAG.grouped) !== 0) inodes.add(now.table.inode(index));
    }
    const visit = (difference: Difference): void => {
      const { path, was, is } = difference;
      if (was !== null || is === null || back === null || options.removeNew) return planner.add(difference);
      for (const part of back(now.table, path, is)) planner.remove({ was: null, ...part });
      planner.add(difference);
    };
    const damaged = (path: Buffer, why: string): void => void planner.lost.push({ path, why });
    const all = { interest, expand, visit, damaged };
    compare(root.path, root.entry, side, entryOf(now.table, 0), presentSide(now.table), all);
  }
  planner.finish((group) => inodes.has(group));
  const missing = record.quarantined.filter(({ path }) => {
    const isAsked = options.paths.length === 0 || options.paths.some((text) => namesPath(text, path));
    return isAsked && !exists(path);
  });
  const isAside = ({ slot }: (typeof missing)[number]): boolean => exists(`${store.folder}/quarantine/${slot}`);
  const gone = missing
    .filter((one) => !isAside(one))
    .map(({ path }) => ({ path, why: 'it was moved aside, and dropped since' }));
  return { operations: planner.operations, lost: [...planner.lost, ...gone], returns: missing.filter(isAside) };
}

/** Rolls back to `record`. Throws `rollback.unfinished`, `rollback.git-busy`, `snapshot.path-unknown` and what taking throws. */
export function rollback(
  tools: RollbackTools,
  record: SnapshotRecord,
  options: RollbackOptions,
  progress?: Progress,
): RollbackResult {
  const started = performance.now();
  requireFinished(tools, record);
  requirePaths(tools.store, record, options.paths.map(canonical));
  requireIdleGit(record);
  const { summary: undo, looked } = keepTrees(tools, treesOf(record), {
    root: record.summary.root,
    paths: record.summary.paths,
    reason: {
      kind: 'before-rollback',
      request: null,
      session: record.summary.reason.session,
      command: `rollback ${record.summary.id}`,
    },
  });
  const plan = planRollback(tools, record, options, looked);
  const leave = options.force ? [] : plan.operations.filter(({ conflict }) => conflict).map(({ path }) => path);
  const journal: Journal = {
    snapshot: record.summary.id,
    undo: undo.id,
    paths: [...options.paths],
    force: options.force,
    removeNew: options.removeNew,
    leave: leave.map((path) => path.toString('base64')),
  };
  guarded(tools, '', () => writeDurably(journalFile(tools, undo.id), Buffer.from(JSON.stringify(journal))));
  return carryOut(tools, record, journal, plan, looked, started, progress);
}

/** Finishes a rollback that was cut short, or returns null when there is none. */
export function resumeRollback(tools: RollbackTools, progress?: Progress): RollbackResult | null {
  const started = performance.now();
  const [name] = journals(tools);
  if (name === undefined) return null;
  const journal = readJournal(tools, name);
  const record = recordOf(tools, journal);
  requireIdleGit(record);
  // What was written shortly before a power cut may not be what its state says: everything is read again.
  tools.present.forget();
  const temporary = temporaryName(journal.undo);
  const looked = look(tools, record);
  const folders = new Set<string>();
  for (const { request, table } of looked) {
    for (let index = 1; index < table.count; index++) {
      if (table.nameLength(index) !== temporary.length || table.name(index).toString('latin1') !== temporary) continue;
      folders.add(pathOf(table, request.path, index).toString('latin1'));
    }
  }
  for (const folder of folders) removeTemporary(parentBytes(Buffer.from(folder, 'latin1')), temporary);
  const again = folders.size === 0 ? looked : look(tools, record);
  const plan = planRollback(tools, record, optionsOf(journal), again);
  return carryOut(tools, record, journal, plan, again, started, progress);
}

/** Returns the trees that a snapshot holds, as they are now. */
export function look(tools: RollbackTools, record: SnapshotRecord): Looked[] {
  return guarded(tools, record.summary.root ?? '', () => {
    const looked = treesOf(record).map((tree) => ({ ...tree, table: tools.present.look(tree.request) }));
    tools.store.settle();
    return looked;
  });
}

function carryOut(
  tools: RollbackTools,
  record: SnapshotRecord,
  journal: Journal,
  plan: Plan,
  looked: readonly Looked[],
  started: number,
  progress: Progress | undefined,
): RollbackResult {
  const { store, native } = tools;
  const leave = new Set(journal.leave);
  const isLeft = (path: Buffer): boolean => leave.has(path.toString('base64'));
  const operations = plan.operations.filter(({ path }) => !isLeft(path));
  const applier = new Applier({
    store,
    native,
    temporaryName: temporaryName(journal.undo),
    aside: `${store.folder}/quarantine/${journal.undo}`,
    copies: false,
    progress: ticking((files, total) => progress?.({ phase: 'rolling back', files, total })),
  });
  noteFolders(tools, record, looked, operations, applier);
  for (const { path, slot } of plan.returns) {
    try {
      mkdirSync(parentBytes(path), { recursive: true });
      renameSync(`${store.folder}/quarantine/${slot}`, path);
      applier.done++;
    } catch (error) {
      applier.lost.push({ path, why: causeText(error) });
    }
  }
  applier.run(operations);
  for (const root of record.roots) syncTree(folderOf(root.path), native?.syncFileSystem ?? null);
  if (applier.isCutShort) {
    const count = applier.lost.length;
    throw new BelayError('rollback.no-space', { root: rootOf(record), done: applier.done, count });
  }
  progress?.({ phase: 'verifying', files: 0, total: null });
  const options = optionsOf(journal);
  const rest = planRollback(tools, record, options, look(tools, record));
  const done = new Set<string>();
  const left: { path: string; why: string }[] = [];
  const leaving = (path: Buffer, why: string): void => {
    const shown = shownPath(path);
    if (!done.has(shown)) left.push({ path: shown, why });
    done.add(shown);
  };
  for (const text of journal.leave) leaving(Buffer.from(text, 'base64'), 'somebody else changed it after the snapshot');
  const conflicts = left.length;
  for (const { path, why } of [...applier.lost, ...rest.lost]) leaving(path, why);
  for (const { path } of rest.operations) if (!isLeft(path)) leaving(path, 'it still differs from the snapshot');
  rmSync(journalFile(tools, journal.undo), { force: true });
  syncFolder(`${store.folder}/restore`);
  const ms = performance.now() - started;
  return { undo: journal.undo, done: applier.done, left, verified: left.length === conflicts, ms };
}

/** Tells the applier which folders get new times, and which names still have a file that others share. */
function noteFolders(
  tools: RollbackTools,
  record: SnapshotRecord,
  looked: readonly Looked[],
  operations: readonly Operation[],
  applier: Applier,
): void {
  const touched = new Set<string>();
  const groups = new Set<bigint>();
  for (const { path, was } of operations) {
    touched.add(parentBytes(path).toString('latin1'));
    if (was?.kind === KIND.folder) touched.add(path.toString('latin1'));
    if (was?.group !== null && was !== null) groups.add(was.group);
  }
  const above = new Set<string>();
  for (const key of touched) {
    for (let at = key; at.length > 1 && !above.has(at); at = at.slice(0, Math.max(1, at.lastIndexOf('/'))))
      above.add(at);
  }
  const side = storedSide(tools.store);
  const walk = (path: Buffer, entry: Entry): void => {
    const key = path.toString('latin1');
    if (entry.kind !== KIND.folder || !above.has(key)) return;
    let children: readonly Entry[];
    try {
      if (touched.has(key)) applier.noteFolder(path, entry, decodeFolderTime(tools.store.read(entry.hash)));
      children = side.children(entry);
    } catch {
      return; // damaged, and said to be: the plan leaves it alone
    }
    for (const child of children) if (child.kind === KIND.folder) walk(joinBytes(path, child.name), child);
  };
  for (const root of record.roots) walk(root.path, root.entry);
  if (groups.size === 0) return;
  const redone = new Set(operations.map(({ path }) => path.toString('latin1')));
  const removed = new Set(
    operations.filter(({ kind }) => kind === 'remove').map(({ path }) => path.toString('latin1')),
  );
  const goes = (path: Buffer): boolean => {
    return path.length > 1 && (removed.has(path.toString('latin1')) || goes(parentBytes(path)));
  };
  for (const { request, table } of looked) {
    for (let index = 0; index < table.count; index++) {
      if ((table.flags(index) & FLAG.grouped) === 0 || !groups.has(table.inode(index))) continue;
      const path = pathOf(table, request.path, index);
      if (redone.has(path.toString('latin1')) || goes(path)) continue;
      applier.keepGroup(table.inode(index), path);
    }
  }
}

/** Asks of paths whether a person named them, or what lies below them. */
function interestIn(paths: readonly string[], quarantined: readonly Buffer[]): (path: Buffer) => Interest {
  return (path) => {
    if (quarantined.some((folder) => folder.equals(path))) return 'none';
    if (paths.length === 0 || paths.some((text) => namesPath(text, path))) return 'whole';
    const shown = shownPath(path);
    return paths.some((text) => shown === '/' || text.startsWith(`${shown}/`)) ? 'below' : 'none';
  };
}

function treesOf(
  record: SnapshotRecord,
): { request: ReturnType<typeof requestOf>; role: SnapshotRecord['roots'][number]['role'] }[] {
  return record.roots.map((root) => ({ request: requestOf(root), role: root.role }));
}

function optionsOf(journal: Journal): RollbackOptions {
  return { paths: journal.paths, force: journal.force, removeNew: journal.removeNew, to: null };
}

function requireFinished(tools: RollbackTools, record: SnapshotRecord): void {
  const [name] = journals(tools);
  if (name === undefined) return;
  const { snapshot } = readJournal(tools, name);
  const open = tools.store.records.find(({ summary }) => summary.id === snapshot) ?? record;
  throw new BelayError('rollback.unfinished', { root: rootOf(open) });
}

/** Returns the ids of the snapshots that a rollback which was cut short still needs. */
export function neededByUnfinished(tools: Pick<RollbackTools, 'store'>): string[] {
  return journals(tools).flatMap((name) => {
    const { snapshot, undo } = readJournal(tools, name);
    return [snapshot, undo];
  });
}

/** Without its snapshot a rollback can't be finished; it must not stand in the way of others for ever. */
function recordOf(tools: RollbackTools, journal: Journal): SnapshotRecord {
  try {
    return findRecord(tools.store, journal.snapshot);
  } catch (error) {
    rmSync(journalFile(tools, journal.undo), { force: true });
    throw error;
  }
}

function rootOf({ summary }: SnapshotRecord): string {
  return summary.root ?? summary.paths[0] ?? '';
}

function requireIdleGit(record: SnapshotRecord): void {
  for (const { role, path } of record.roots) {
    const root = shownPath(path);
    const top = role === 'git' ? null : repositoryTop(root);
    const places = top === null ? null : gitPlaces(top);
    const [lock] = gitLocks(role === 'git' ? [root] : places === null ? [] : [places.gitDir]);
    if (lock !== undefined) throw new BelayError('rollback.git-busy', { root, lock });
  }
}

function journalFile(tools: RollbackTools, undo: SnapshotId): string {
  return `${tools.store.folder}/restore/${undo}.journal`;
}

function journals(tools: Pick<RollbackTools, 'store'>): string[] {
  return readdirSync(`${tools.store.folder}/restore`).filter((name) => name.endsWith('.journal'));
}

function readJournal({ store }: Pick<RollbackTools, 'store'>, name: string): Journal {
  const file = `${store.folder}/restore/${name}`;
  try {
    return journalSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    renameSync(file, `${file}.damaged`);
    throw store.damaged('what a rollback that was cut short had left to do cannot be read; roll back again');
  }
}

/** The nearest folder that is there, at or above `path`: what else stands at it must not be opened. */
function folderOf(path: Buffer): string {
  for (let at = path; ; at = parentBytes(at)) {
    if (lstatSync(at, { throwIfNoEntry: false })?.isDirectory() === true) return shownPath(at);
  }
}

function ticking(report: (files: number, total: number) => void): (files: number, total: number) => void {
  let last = performance.now();
  return (files, total) => {
    if (performance.now() - last < 100) return;
    last = performance.now();
    report(files, total);
  };
}

function exists(path: string | Buffer): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
