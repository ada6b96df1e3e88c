/** Where git keeps its state for a tree, read from files alone: git itself is never run and nothing is written. */

import { existsSync, lstatSync, readFileSync, realpathSync } from 'node:fs';
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
