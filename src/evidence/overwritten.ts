/**
 * Files that checking out or merging a commit would overwrite without a word: git keeps what is changed or untracked, and
 * takes what is ignored for expendable (git-checkout(1), `--overwrite-ignore`; gitignore(5), Notes).
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact } from '../effects/effect.ts';
import type { Deadline } from './deadline.ts';
import { type Known, known, notKnown } from './evidence.ts';
import { readGit } from './git.ts';

const MAX_FILES = 50_000;

/** Resolves to how many paths stand where `commit` has a file and HEAD has none. */
export async function readOverwritten(
  root: string,
  commit: Fact | undefined,
  deadline: Deadline,
): Promise<Known<number>> {
  if (typeof commit !== 'string' || !/^[^-:?*[\\\s][^:?*[\\\s]*$/.test(commit))
    return notKnown('what it brings in is known only when it runs');
  const added = await readGit(
    root,
    ['diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--diff-filter=A', 'HEAD', commit, '--'],
    deadline,
  );
  if (!added.known) return added;
  const names = added.value.split('\0').filter((name) => name !== '');
  if (names.length > MAX_FILES) return notKnown(`it brings in ${names.length} files, too many to look for`);
  return known(names.filter((name) => isTaken(join(root, name))).length);
}

/** Whether something is there, or a file stands where a folder on the way would have to be. */
function isTaken(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOTDIR';
  }
}
