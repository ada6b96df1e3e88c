/** How much room the store takes on its disk, as du(1) would count it: what only it holds, and what it shares by hard link. */

import { lstatSync, readdirSync } from 'node:fs';

export interface DiskUse {
  /** Freed when the store goes. */
  readonly ownBytes: number;
  /** Files that the trees hold as well: they cost nothing until they are deleted there. */
  readonly sharedBytes: number;
}

const BLOCK_BYTES = 512; // of st_blocks, stat(2)

/** Returns what lies in the store's `folder`, folders that were moved aside left out. */
export function diskUse(folder: string): DiskUse {
  let ownBytes = 0;
  let sharedBytes = 0;
  const walk = (path: string, isLinks: boolean): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const at = `${path}/${entry.name}`;
      const found = lstatSync(at, { throwIfNoEntry: false });
      const bytes = (found?.blocks ?? 0) * BLOCK_BYTES;
      if (isLinks && (found?.nlink ?? 1) > 1) sharedBytes += bytes;
      else ownBytes += bytes;
      if (entry.isDirectory() && at !== `${folder}/quarantine`) walk(at, at === `${folder}/links`);
    }
  };
  walk(folder, false);
  return { ownBytes, sharedBytes };
}
