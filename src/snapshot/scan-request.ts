/** What a scan is asked for. Pure. */

import type { TrackedFolders } from './tracked-folders.ts';

export interface ScanOptions {
  /** Folders that may be left out, by name and by what lies beside them. */
  readonly isRegenerable: (name: string, beside: (name: string) => boolean) => boolean;
  /** The store's own folder, never looked into. */
  readonly store: string;
  readonly progress: (files: number) => void;
}

export interface ScanRequest {
  readonly path: Buffer;
  /** Whether `path` is a folder of git's own state. */
  readonly git: boolean;
  /** `left-out`: leave out what can be made again; `link`: keep it by hard link. */
  readonly regenerable: 'left-out' | 'link';
  /** Keep everything by hard link where that can be. */
  readonly link: boolean;
  /** The only linked worktree whose state is looked at, when `path` is shared by several. */
  readonly worktree: string | null;
}

/** Whether `path`, with the name `name`, is the state of a linked worktree that the request is not about. */
export function isOtherWorktree({ path: top, worktree }: ScanRequest, path: Buffer, name: Buffer): boolean {
  if (worktree === null || name.toString() === worktree) return false;
  return path.equals(Buffer.concat([top, Buffer.from('/worktrees/'), name]));
}

/** What holds for all that lies in a folder. */
export interface Surroundings {
  readonly git: 'none' | 'state' | 'objects';
  readonly link: boolean;
  readonly repository: { readonly top: number; readonly tracked: TrackedFolders } | null;
  readonly device: number;
}
