/**
 * Which trees one snapshot must hold: the workspace, git's state where that lies outside it, and what the command targets
 * as far as the workspace's own tree leaves it out.
 */

import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type GitPlaces, gitPlaces, repositoryTop, worktreeName } from './git-places.ts';
import { KIND, NOTE } from './kinds.ts';
import { childNamed } from './names.ts';
import { isBelow, joinBytes, parentBytes, shownPath } from './path-bytes.ts';
import type { ScanRequest } from './scan-request.ts';
import type { Table } from './table.ts';

/** Returns `path` with its folder's links resolved, its own last name as it is. */
export function canonical(path: string): Buffer {
  const whole = resolve(path);
  if (whole === '/') return Buffer.from('/');
  for (let folder = dirname(whole); ; folder = dirname(folder)) {
    try {
      const real = realpathSync(folder, { encoding: 'buffer' });
      const rest = whole.slice(folder === '/' ? 1 : folder.length + 1);
      return joinBytes(real, Buffer.from(rest));
    } catch {
      if (folder === '/') return Buffer.from(whole);
    }
  }
}

/** Returns the request for a workspace. */
export function workspaceRequest(root: string): ScanRequest {
  return { path: Buffer.from(realpathSync(root)), git: false, regenerable: 'left-out', link: false, worktree: null };
}

/** Returns the requests for git state that belongs to the tree but lies outside it. */
export function gitRequests(table: Table, root: Buffer): ScanRequest[] {
  const found: GitPlaces[] = [];
  const tops = new Set<string>();
  const enclosing = repositoryTop(shownPath(root));
  if (enclosing !== null) tops.add(enclosing);
  for (const file of gitFiles(table, root)) tops.add(shownPath(parentBytes(file)));
  for (const top of tops) {
    const places = gitPlaces(top);
    if (places !== null) found.push(places);
  }
  const requests: ScanRequest[] = [];
  for (const places of found) {
    for (const [folder, worktree] of [
      [places.commonDir, worktreeName(places)],
      [places.gitDir, null],
    ] as const) {
      const path = Buffer.from(folder);
      if (isBelow(path, root) || requests.some((request) => isBelow(path, request.path))) continue;
      requests.push({ path, git: true, regenerable: 'left-out', link: false, worktree });
    }
  }
  return requests;
}

/** Returns the requests for the targets that neither the workspace's tree nor another target holds. */
export function targetRequests(
  targets: readonly Buffer[],
  covered: readonly { path: Buffer; table: Table }[],
): ScanRequest[] {
  const wanted: { path: Buffer; link: boolean }[] = [];
  for (const target of targets) {
    const tree = covered.find(({ path }) => isBelow(target, path));
    if (tree === undefined) wanted.push({ path: target, link: false });
    else wanted.push(...leftOutAt(tree.table, tree.path, target));
  }
  wanted.sort((a, b) => a.path.length - b.path.length);
  const requests: ScanRequest[] = [];
  for (const { path, link } of wanted) {
    if (requests.some((request) => isBelow(path, request.path))) continue;
    requests.push({ path, git: false, regenerable: 'link', link, worktree: null });
  }
  return requests;
}

/** Returns the index of `path` in the tree of `root`, -1 when it is not there, or the folder above it that is left out. */
export function locate(table: Table, root: Buffer, path: Buffer): { index: number; leftOut: boolean } {
  let index = 0;
  let rest = path.equals(root) ? Buffer.alloc(0) : path.subarray(root.length === 1 ? 1 : root.length + 1);
  while (rest.length > 0) {
    if (table.kind(index) === KIND.leftOut) return { index, leftOut: true };
    const slash = rest.indexOf(47);
    const name = slash === -1 ? rest : rest.subarray(0, slash);
    rest = slash === -1 ? Buffer.alloc(0) : rest.subarray(slash + 1);
    const found = childNamed(table, index, name);
    if (found === -1) return { index: -1, leftOut: false };
    index = found;
  }
  return { index, leftOut: table.kind(index) === KIND.leftOut };
}

/** Returns the path of entry `index` of the tree of `root`. */
export function pathOf(table: Table, root: Buffer, index: number): Buffer {
  const names: Buffer[] = [];
  for (let at = index; at !== 0; at = table.parent(at)) names.unshift(table.name(at));
  return names.reduce<Buffer>((path, name) => joinBytes(path, name), root);
}

/** The parts of `target` that the tree leaves out although they are there. */
function leftOutAt(table: Table, root: Buffer, target: Buffer): { path: Buffer; link: boolean }[] {
  const { index, leftOut } = locate(table, root, target);
  if (index === -1) return [];
  if (leftOut) return [{ path: target, link: isFolder(target) }];
  const parts: { path: Buffer; link: boolean }[] = [];
  for (let at = index; at < table.end(index); at++) {
    if (table.kind(at) === KIND.leftOut && table.note(at) === NOTE.regenerable) {
      parts.push({ path: pathOf(table, root, at), link: true });
    }
  }
  return parts;
}

function isFolder(path: Buffer): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The `.git` files of a tree: linked worktrees and submodules have them. */
function gitFiles(table: Table, root: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let index = 1; index < table.count; index++) {
    if (
      table.nameLength(index) === 4 &&
      table.kind(index) === KIND.file &&
      table.name(index).toString('latin1') === '.git'
    ) {
      found.push(pathOf(table, root, index));
    }
  }
  return found;
}

/** Returns git's lock files at the tops of `places` that exist now. */
export function gitLocks(places: readonly string[]): string[] {
  return places.map((place) => `${place}/index.lock`).filter((file) => existsSync(file));
}
