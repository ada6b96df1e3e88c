/** Takes a snapshot: looks at the trees that it must hold, keeps what is new, and makes it durable before it is acknowledged. */

import { existsSync, lstatSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { BelayError, causeText } from '../errors.ts';
import { canonical, gitLocks, gitRequests, pathOf, targetRequests, workspaceRequest } from './coverage.ts';
import { isFull } from './durable.ts';
import { gitPlaces, repositoryTop } from './git-places.ts';
import { describeGit } from './git-words.ts';
import { KIND, NOTE, noteWords } from './kinds.ts';
import { entryOf } from './node.ts';
import { isBelow, shownPath } from './path-bytes.ts';
import type { Present } from './present.ts';
import type { KeptRoot, Quarantined, SnapshotRecord } from './record.ts';
import type { ScanRequest } from './scan-request.ts';
import type { SnapshotId, SnapshotSummary, TakeRequest } from './snapshot.ts';
import type { Store } from './store.ts';
import type { Table } from './table.ts';

const MAX_NOT_KEPT = 1_000;
/** How long a git that holds its index lock is waited for. */
const LOCK_PATIENCE_MS = 200;

/** A tree that a snapshot holds, as it was found. */
export interface Looked {
  readonly request: ScanRequest;
  readonly role: KeptRoot['role'];
  readonly table: Table;
}

export interface Keeper {
  readonly store: Store;
  readonly present: Present;
  readonly nextId: (now: number) => SnapshotId;
  readonly now: () => number;
}

/** Takes a snapshot for `request`. Durable when it returns. Throws `snapshot.no-space`, `snapshot.failed`. */
export function keep(keeper: Keeper, request: TakeRequest): SnapshotSummary {
  const started = performance.now();
  return guarded(keeper, request.root ?? request.paths[0] ?? '', () => {
    keeper.store.checkSpace(0);
    waitForGit(request.root);
    const { looked, quarantine } = look(keeper, request);
    const summary = record(keeper, request, looked, quarantine, started);
    keeper.present.reuse();
    return summary;
  });
}

/** Takes a snapshot of exactly the trees that `requests` name. */
export function keepTrees(
  keeper: Keeper,
  trees: readonly { request: ScanRequest; role: KeptRoot['role'] }[],
  request: TakeRequest,
): { summary: SnapshotSummary; looked: Looked[] } {
  const started = performance.now();
  return guarded(keeper, request.root ?? '', () => {
    keeper.store.checkSpace(0);
    const looked = trees.map((tree) => ({ ...tree, table: keeper.present.look(tree.request) }));
    return { summary: record(keeper, request, looked, [], started), looked };
  });
}

/** Returns the scan that finds again what `root` holds. */
export function requestOf(root: KeptRoot): ScanRequest {
  const target = root.role === 'target';
  return {
    path: root.path,
    git: root.role === 'git',
    regenerable: target ? 'link' : 'left-out',
    link: root.tier === 'link',
    worktree: null,
  };
}

function look(keeper: Keeper, request: TakeRequest): { looked: Looked[]; quarantine: Quarantined[] } {
  const looked: Looked[] = [];
  const see = (wanted: ScanRequest, role: KeptRoot['role']): void => {
    looked.push({ request: wanted, role, table: keeper.present.look(wanted) });
  };
  if (request.root !== null) {
    const workspace = workspaceRequest(request.root);
    see(workspace, 'root');
    const table = looked[0]?.table;
    if (table !== undefined) for (const git of gitRequests(table, workspace.path)) see(git, 'git');
  }
  const aside = (request.quarantine ?? []).map(canonical).filter((path) => canQuarantine(keeper, path, looked[0]));
  const quarantine = aside.map((path, i) => ({ path, slot: String(i) }));
  const covered = looked.map(({ request: { path }, table }) => ({ path, table }));
  const targets = request.paths.map(canonical).filter((path) => !aside.some((folder) => isBelow(path, folder)));
  for (const target of targetRequests(targets, covered)) {
    if (!aside.some((folder) => isBelow(target.path, folder))) see(target, 'target');
  }
  return { looked, quarantine };
}

function record(
  keeper: Keeper,
  request: TakeRequest,
  looked: readonly Looked[],
  quarantine: readonly Quarantined[],
  started: number,
): SnapshotSummary {
  const { store } = keeper;
  const roots: KeptRoot[] = looked.map(({ request: { path, link }, role, table }) => {
    return { path, role, tier: link ? 'link' : 'content', entry: { ...entryOf(table, 0), name: Buffer.alloc(0) } };
  });
  const newBytes = store.freshBytes;
  const root = request.root === null ? null : shownPath(looked[0]?.request.path ?? Buffer.from(request.root));
  const same = quarantine.length === 0 ? unchangedSince(store, request, root, roots) : null;
  if (same !== null) {
    store.settle();
    return { ...same.summary, newBytes, ms: performance.now() - started };
  }
  const at = keeper.now();
  const id = keeper.nextId(at);
  const slots = quarantine.map(({ path, slot }) => ({ path, slot: `${id}/${slot}` }));
  const summary: SnapshotSummary = {
    id,
    at,
    root,
    paths: [...request.paths],
    reason: request.reason,
    ...totals(looked),
    newBytes,
    notKept: [
      ...notKept(looked),
      ...slots.map(({ path }) => ({ path: shownPath(path), why: noteWords(NOTE.quarantine) ?? '' })),
    ],
    git: root === null ? null : describeGit(root),
    ms: performance.now() - started,
  };
  const kept: SnapshotRecord = { summary, roots, quarantined: slots };
  store.commit(kept);
  for (const { path, slot } of slots) moveAside(store, path, slot);
  return { ...summary, ms: performance.now() - started };
}

/** The newest snapshot of the tree, when it is the same session's and holds exactly what is there now. */
function unchangedSince(
  store: Store,
  request: TakeRequest,
  root: string | null,
  roots: readonly KeptRoot[],
): SnapshotRecord | null {
  if (request.reason.kind !== 'release' && request.reason.kind !== 'burst') return null;
  const last = store.records.findLast(({ summary }) => summary.root === root);
  if (last === undefined || last.summary.reason.session !== request.reason.session) return null;
  if (last.quarantined.length > 0 || last.roots.length !== roots.length) return null;
  const same = roots.every((own, i) => {
    const other = last.roots[i];
    if (other === undefined || !other.path.equals(own.path) || other.role !== own.role || other.tier !== own.tier)
      return false;
    const [a, b] = [own.entry, other.entry];
    return a.kind === b.kind && a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.hash.equals(b.hash);
  });
  return same ? last : null;
}

function totals(looked: readonly Looked[]): { files: number; bytes: number } {
  let files = 0;
  let bytes = 0;
  for (const { table } of looked) {
    for (let index = 0; index < table.count; index++) {
      const kind = table.kind(index);
      if (kind !== KIND.folder && kind !== KIND.leftOut && kind !== KIND.absent) files++;
      if (kind === KIND.file) bytes += table.size(index);
    }
  }
  return { files, bytes };
}

function notKept(looked: readonly Looked[]): { path: string; why: string }[] {
  const found: { path: string; why: string }[] = [];
  for (const { request, table } of looked) {
    if (request.link && table.kind(0) === KIND.folder) {
      found.push({ path: shownPath(request.path), why: noteWords(NOTE.linkTier) ?? '' });
    }
    for (let index = 0; index < table.count && found.length < MAX_NOT_KEPT; index++) {
      const why = noteWords(table.note(index));
      if (why !== null) found.push({ path: shownPath(pathOf(table, request.path, index)), why });
    }
  }
  return found;
}

/** Only a whole folder on the store's own device, that neither holds the workspace nor is one's mount, can be moved aside. */
function canQuarantine(keeper: Keeper, path: Buffer, workspace: Looked | undefined): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true || found.dev !== keeper.store.device) return false;
  if (workspace !== undefined && isBelow(workspace.request.path, path)) return false;
  if (isBelow(Buffer.from(keeper.store.folder), path)) return false;
  return statSync(dirname(shownPath(path)), { throwIfNoEntry: false })?.dev === found.dev;
}

function moveAside(store: Store, path: Buffer, slot: string): void {
  const target = `${store.folder}/quarantine/${slot}`;
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  try {
    renameSync(path, target);
  } catch (error) {
    throw new BelayError('snapshot.failed', { root: shownPath(path), cause: causeText(error) }, error);
  }
}

/** A git at work is given a moment, so that the snapshot does not show its state half written. */
function waitForGit(root: string | null): void {
  const top = root === null || !existsSync(root) ? null : repositoryTop(root);
  const places = top === null ? null : gitPlaces(top);
  if (places === null) return;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const deadline = performance.now() + LOCK_PATIENCE_MS;
  while (gitLocks([places.gitDir]).length > 0 && performance.now() < deadline) Atomics.wait(pause, 0, 0, 10);
}

/** Runs `act`; when it fails, what it put into the store is forgotten and what it knew of the trees with it. */
export function guarded<Result>(keeper: Pick<Keeper, 'store' | 'present'>, root: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    keeper.present.forget();
    keeper.store.abandon();
    if (error instanceof BelayError) throw error;
    if (isFull(error)) throw keeper.store.noSpace(causeText(error));
    throw new BelayError('snapshot.failed', { root, cause: causeText(error) }, error);
  }
}
