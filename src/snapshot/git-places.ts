/** Where git keeps its state for a tree, read from files alone: git itself is never run and nothing is written. */

import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';

export interface GitPlaces {
  /** HEAD, index and what is under way. */
  readonly gitDir: string;
  /** Refs, objects, config: the same folder but in a linked worktree. */
  readonly commonDir: string;
}

/** Returns where the repository of `top` keeps its state, or null when `top` has no usable `.git`. gitrepository-layout(5). */
export function gitPlaces(top: string): GitPlaces | null {
  const dotGit = join(top, '.git');
  try {
    const gitDir = lstatSync(dotGit).isFile() ? pointedAt(top, dotGit) : realpathSync(dotGit);
    if (gitDir === null || !existsSync(join(gitDir, 'HEAD'))) return null;
    const common = commonDir(gitDir);
    // What a stray `.git` points at must look like a repository before it is taken for one.
    return existsSync(join(common, 'objects')) && existsSync(join(common, 'refs'))
      ? { gitDir, commonDir: common }
      : null;
  } catch {
    return null;
  }
}

/** Returns the nearest folder at or above `folder` that has a `.git`, or null. */
export function repositoryTop(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (gitPlaces(at) !== null) return at;
    if (at === dirname(at)) return null;
  }
}

/** Returns the name of the linked worktree whose state `gitDir` is, or null for a main one. */
export function worktreeName(places: GitPlaces): string | null {
  return places.gitDir === places.commonDir ? null : basename(places.gitDir);
}

/** Answers whether git tracks anything below a folder, from the index as bytes. Errs to yes. */
export class TrackedFolders {
  readonly #index: Buffer;

  constructor(gitDir: string) {
    this.#index = readIndex(gitDir);
  }

  /** `folder` is relative to the repository's top. */
  holds(folder: Buffer): boolean {
    if (this.#index.length === 0) return false;
    // Version 4 cuts the beginning that a name shares with the one before it, so only the last name can be looked for.
    const compressed = this.#index.readUInt32BE(4) === 4;
    const sought = compressed ? folder.subarray(folder.lastIndexOf(47) + 1) : folder;
    return this.#index.includes(Buffer.concat([sought, Buffer.from('/')]));
  }
}

function readIndex(gitDir: string): Buffer {
  const parts: Buffer[] = [];
  try {
    const index = readFileSync(join(gitDir, 'index'));
    if (index.length > 12) parts.push(index);
    for (const name of readdirSync(gitDir))
      if (name.startsWith('sharedindex.')) parts.push(readFileSync(join(gitDir, name)));
  } catch {
    // No index: nothing is tracked.
  }
  return Buffer.concat(parts);
}

function pointedAt(top: string, file: string): string | null {
  const target = /^gitdir: (.+)\n?$/.exec(readFileSync(file, 'utf8'))?.[1];
  if (target === undefined) return null;
  return realpathSync(isAbsolute(target) ? target : resolve(top, target));
}

function commonDir(gitDir: string): string {
  try {
    const text = readFileSync(join(gitDir, 'commondir'), 'utf8').trim();
    return realpathSync(isAbsolute(text) ? text : resolve(gitDir, text));
  } catch {
    return gitDir;
  }
}
