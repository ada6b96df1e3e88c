/** The state of a repository: branch, changes, stashes, what is pushed, and the commits that a command would lose. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Effect } from '../effects/effect.ts';
import type { Deadline } from './deadline.ts';
import { type Known, known, notKnown, type RepositoryEvidence } from './evidence.ts';
import { textOf } from './files.ts';
import { commonDirOf, gitDirOf, readGit } from './git.ts';
import { readStatus } from './git-files.ts';

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

/**
 * Counts the commits that `effect` would leave unreachable from everything else, and null when the question does not
 * arise. For a push it is the commits on the remote-tracking branch that the new tip does not hold.
 */
export async function readLostCommits(
  root: string,
  effect: Effect,
  branch: string | null,
  deadline: Deadline,
): Promise<Known<number> | null> {
  const revisions = lostRevisions(effect, branch);
  if (revisions === null) return null;
  const counts = await Promise.all(revisions.map((one) => countCommits(root, one, deadline)));
  let total = 0;
  for (const count of counts) {
    if (!count.known) return count;
    total += count.value;
  }
  return known(total);
}

function lostRevisions(effect: Effect, branch: string | null): readonly (readonly string[])[] | null {
  switch (effect.kind) {
    case 'git.discard': {
      if (effect.facts['what'] !== 'commits' && effect.facts['to'] === undefined) return null;
      const to = String(effect.facts['to'] ?? 'HEAD');
      if (!isRevision(to)) return null;
      const others = branch === null ? ['--branches'] : [`--exclude=${branch}`, '--branches'];
      return [['HEAD', '--not', to, '--remotes', '--tags', ...others]];
    }
    case 'git.ref-delete': {
      const names = effect.targets.flatMap((target) => (target.kind === 'name' ? [target.name] : []));
      if (names.length === 0 || !names.every(isRevision)) return null;
      const isTag = effect.facts['ref'] === 'tag';
      return names.map((name) => [
        `refs/${isTag ? 'tags' : 'heads'}/${name}`,
        '--not',
        'HEAD',
        '--remotes',
        ...(isTag ? [`--exclude=${name}`, '--tags', '--branches'] : ['--tags', `--exclude=${name}`, '--branches']),
      ]);
    }
    case 'git.push': {
      const pushed = String(effect.facts['branch'] ?? branch ?? '');
      const remote = String(effect.facts['remote'] ?? 'origin');
      if (effect.facts['force'] === 'none' || !isRevision(pushed) || !isRevision(remote)) return null;
      return [[`refs/remotes/${remote}/${pushed}`, '--not', 'HEAD']];
    }
    default:
      return null;
  }
}

async function countCommits(root: string, revisions: readonly string[], deadline: Deadline): Promise<Known<number>> {
  const read = await readGit(root, ['rev-list', '--count', '--max-count=10000', ...revisions, '--'], deadline);
  if (!read.known) return read;
  const count = Number(read.value.trim());
  return Number.isInteger(count) ? known(count) : notKnown('git gave no count');
}

/** A word that git takes for a revision and never for an option. */
function isRevision(text: string): boolean {
  return text !== '' && !text.startsWith('-') && !/[\0\s:?*[\\]/.test(text);
}
