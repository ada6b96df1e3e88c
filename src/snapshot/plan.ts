/** What a rollback would do: the differences between a snapshot and the present, as operations in the order of their doing. */

import { type Difference, sameContent, sameMeta } from './compare.ts';
import { isOperationState } from './git-words.ts';
import { FLAG, KIND, NOTE } from './kinds.ts';
import type { Entry } from './node.ts';
import { isBelow, nameBytes } from './path-bytes.ts';
import type { RollbackStep } from './snapshot.ts';

export interface Operation {
  readonly kind: RollbackStep['kind'];
  readonly path: Buffer;
  readonly was: Entry | null;
  readonly is: Entry | null;
  readonly conflict: boolean;
  /** Operations with a lower rank come first: git's objects, the tree, git's other state, its index, HEAD. */
  readonly rank: number;
}

/** A thing that can't be had back, and why. */
export interface Lost {
  readonly path: Buffer;
  readonly why: string;
}

const RANK = { objects: 0, tree: 1, state: 2, index: 3, head: 4 } as const;

/** Turns differences into operations. `gitFolders` are the git folders that are trees of their own. */
export class Planner {
  readonly operations: Operation[] = [];
  readonly lost: Lost[] = [];
  readonly #removeNew: boolean;
  readonly #gitFolders: readonly Buffer[];
  readonly #isForeign: (path: Buffer, whole: boolean) => boolean;
  /** Names of one file: which inode has them now, by the inode that had them. */
  readonly #groups = new Map<bigint, { inodes: Set<bigint | null>; members: Difference[] }>();

  constructor(removeNew: boolean, gitFolders: readonly Buffer[], isForeign: (path: Buffer, whole: boolean) => boolean) {
    this.#removeNew = removeNew;
    this.#gitFolders = gitFolders;
    this.#isForeign = isForeign;
  }

  add(difference: Difference): void {
    const { path, was, is } = difference;
    const state = gitState(path, this.#gitFolders);
    if (was === null) {
      const isPlanned = this.operations.at(-1)?.path.equals(path) === true;
      if (is !== null && !isPlanned && this.#mayRemove(is, state, this.#removeNew))
        this.#push('remove', difference, state);
      return;
    }
    if (was.note === NOTE.unreadable || was.kind === KIND.socket || was.kind === KIND.device) {
      if (is === null || is.kind !== was.kind)
        this.lost.push({
          path,
          why: was.note === NOTE.unreadable ? 'it could not be read then' : 'sockets and devices are not kept',
        });
      return;
    }
    if (is !== null && was.kind === KIND.folder && is.kind === KIND.folder && is.note === NOTE.unreadable) {
      this.lost.push({ path, why: 'its folder cannot be read now' });
      return;
    }
    if (was.group !== null && is !== null && sameContent(was, is)) {
      const group = this.#groups.get(was.group) ?? { inodes: new Set(), members: [] };
      group.inodes.add(is.group);
      group.members.push(difference);
      this.#groups.set(was.group, group);
    }
    if (is === null) this.#push('bring-back', difference, state);
    else if (!sameContent(was, is)) this.#push('revert', difference, state);
    else if (!sameMeta(was, is)) this.#push('mode', difference, state);
  }

  /** Plans the removal of something new, whether or not what is new goes. */
  remove(difference: Difference): void {
    const state = gitState(difference.path, this.#gitFolders);
    if (difference.is !== null && this.#mayRemove(difference.is, state, true)) this.#push('remove', difference, state);
  }

  /** Completes the plan: names that shared a file and no longer do are linked again. */
  finish(stillLinked: (group: bigint) => boolean): void {
    for (const [group, { inodes, members }] of this.#groups) {
      const [only] = inodes;
      const one = inodes.size === 1 && only !== undefined && only !== null;
      // A name that comes back joins the others only where they are still the file that they were.
      const coming = this.operations.filter(({ was }) => was?.group === group).length;
      if (one && (only === group || (coming === 0 && !stillLinked(group)))) continue;
      if (members.length + coming < 2 && !stillLinked(group)) continue;
      for (const member of members) {
        if (this.operations.some(({ path }) => path.equals(member.path))) continue;
        this.#push('revert', member, gitState(member.path, this.#gitFolders));
      }
    }
    this.operations.sort((a, b) => a.rank - b.rank);
  }

  #mayRemove(is: Entry, state: string | null, removeNew: boolean): boolean {
    if (is.kind === KIND.leftOut && is.note !== NOTE.regenerable) return false;
    if (is.note === NOTE.mountPoint || is.note === NOTE.store) return false;
    if (state !== null) {
      if (state.startsWith('objects/') || /^modules\/.*\/objects\//.test(state)) return false;
      if (isOperationState(state.split('/')[0] ?? '') || isOperationState(nameBytes(Buffer.from(state)).toString()))
        return true;
    }
    return removeNew;
  }

  #push(kind: RollbackStep['kind'], { path, was, is }: Difference, state: string | null): void {
    const overwrites = kind !== 'bring-back';
    const conflict = overwrites && this.#isForeign(path, kind === 'remove' || is?.kind === KIND.folder);
    this.operations.push({ kind, path, was, is, conflict, rank: rankOf(state) });
  }
}

/** Returns the step that people see of an operation. */
export function stepType(entry: Entry): RollbackStep['type'] {
  if (entry.kind === KIND.file) return 'file';
  if (entry.kind === KIND.folder || entry.kind === KIND.leftOut) return 'folder';
  return entry.kind === KIND.link ? 'link' : 'other';
}

/** Returns where below a git folder `path` lies, '' for the folder itself, or null when it is no part of git's state. */
export function gitState(path: Buffer, gitFolders: readonly Buffer[]): string | null {
  for (const folder of gitFolders) {
    if (isBelow(path, folder)) return path.subarray(folder.length + 1).toString('latin1');
  }
  const found = /\/\.git(?:\/|$)(.*)$/s.exec(path.toString('latin1'));
  return found === null ? null : (found[1] ?? '');
}

/** Whether a kept file is one that only a hard link keeps. */
export function isLinked(entry: Entry): boolean {
  return (entry.flags & FLAG.linked) !== 0;
}

function rankOf(state: string | null): number {
  if (state === null) return RANK.tree;
  if (/(?:^|\/)objects\//.test(state) && !state.startsWith('refs/') && !state.startsWith('logs/')) return RANK.objects;
  if (/^(?:worktrees\/[^/]+\/|modules\/.+\/)?index$/.test(state)) return RANK.index;
  if (/^(?:worktrees\/[^/]+\/|modules\/.+\/)?HEAD$/.test(state)) return RANK.head;
  return RANK.state;
}

/** Why the file that a kept hard link leads to is not what was kept, or null. Git's objects are told by size alone. */
export function linkDamage(
  entry: Entry,
  link: { readonly size: bigint; readonly mtimeNs: bigint } | undefined,
): string | null {
  if (link === undefined) return 'its kept link is missing';
  const then = entry.seconds * 1_000_000_000n + BigInt(entry.nanoseconds);
  const same = Number(link.size) === entry.size && ((entry.flags & FLAG.still) !== 0 || link.mtimeNs === then);
  return same ? null : 'it was changed in place after it was kept by hard link';
}
