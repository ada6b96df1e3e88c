/** The state of a repository: branch, changes, stashes, what is pushed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Deadline } from './deadline.ts';
import { type Known, known, type RepositoryEvidence } from './evidence.ts';
import { textOf } from './files.ts';
import { commonDirOf, gitDirOf, readGit } from './git.ts';
import { readStatus } from './git-files.ts';
import { countCommits } from './lost-commits.ts';

/** An operation under way, by the file that git keeps of it: gitrepository-layout(5), git-status. */
const OPERATIONS: readonly (readonly [string, string])[] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
];

/** Reads the state of the repository whose work tree is `root`. */
export async function readRepository(root: string, deadline: Deadline): Promise<RepositoryEvidence | null> {
  const gitDir = gitDirOf(root);
  if (gitDir === null) return null;
  const common = commonDirOf(gitDir);
  const [status, unpushed] = await Promise.all([
    readGit(
      root,
      [
        'status',
        '--porcelain=2',
        '-z',
        '--branch',
        '--untracked-files=normal',
        '--ignore-submodules=dirty',
        '--no-renames',
      ],
      deadline,
    ),
    countCommits(root, ['HEAD', '--not', '--remotes'], deadline),
  ]);
  const entries = status.known ? readStatus(status.value) : [];
  const count = (matches: (entry: (typeof entries)[number]) => boolean): Known<number> =>
    status.known ? known(entries.filter(matches).length) : status;
  return {
    root,
    branch: /^ref: refs\/heads\/(.+)$/m.exec(textOf(join(gitDir, 'HEAD')) ?? '')?.[1] ?? null,
    modified: count((entry) => !'?!'.includes(entry.kind)),
    staged: count((entry) => entry.index !== '.'),
    untracked: count((entry) => entry.kind === '?'),
    stashes: known((textOf(join(common, 'logs/refs/stash')) ?? '').split('\n').filter((line) => line !== '').length),
    unpushed,
    operation: OPERATIONS.find(([file]) => existsSync(join(gitDir, file)))?.[1] ?? null,
    upstream: status.known ? (/(?:^|\0)# branch\.upstream ([^\0]+)/.exec(status.value)?.[1] ?? null) : null,
    defaultBranch:
      /^ref: refs\/remotes\/[^/]+\/(.+)$/m.exec(textOf(join(common, 'refs/remotes/origin/HEAD')) ?? '')?.[1] ?? null,
  };
}
