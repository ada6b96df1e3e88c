/** What git's own files say of a repository, in words for people. Read from files, git is not run. */

import { readdirSync, readFileSync } from 'node:fs';
import { type GitPlaces, gitPlaces, repositoryTop } from './git-places.ts';
import type { SnapshotSummary } from './snapshot.ts';

/** Reads a file of git's state by its name below the git folder, or null when it is not there. `refs/` reads as the names of the loose refs, a line each. */
export type StateReader = (place: 'git' | 'common', name: string) => Buffer | null;

/** What git has under way while one of these exists: git-status(1) looks for the same. */
const OPERATIONS: readonly (readonly [string, string])[] = [
  ['rebase-merge/head-name', 'rebase'],
  ['rebase-apply/head-name', 'rebase'],
  ['rebase-apply/next', 'am'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
];

/** The files and folders of git's state that mean something is under way. When it was not, they must go for git to believe it. */
const OPERATION_STATE = new Set([
  'MERGE_HEAD',
  'MERGE_MSG',
  'MERGE_MODE',
  'MERGE_AUTOSTASH',
  'MERGE_RR',
  'AUTO_MERGE',
  'SQUASH_MSG',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'REBASE_HEAD',
  'rebase-merge',
  'rebase-apply',
  'sequencer',
  'BISECT_ANCESTORS_OK',
  'BISECT_EXPECTED_REV',
  'BISECT_FIRST_PARENT',
  'BISECT_LOG',
  'BISECT_NAMES',
  'BISECT_RUN',
  'BISECT_START',
  'BISECT_TERMS',
]);

/** Returns whether a name at the top of a git folder belongs to an operation that is under way. */
export function isOperationState(name: string): boolean {
  return OPERATION_STATE.has(name);
}

/** Returns what a summary tells of the repository at or above `root`. */
export function describeGit(root: string): SnapshotSummary['git'] {
  const top = repositoryTop(root);
  const places = top === null ? null : gitPlaces(top);
  return places === null ? null : describeState(diskReader(places));
}

export function diskReader(places: GitPlaces): StateReader {
  return (place, name) => {
    try {
      if (name === 'refs/') return Buffer.from(looseRefs(places.commonDir).join('\n'));
      return readFileSync(`${place === 'git' ? places.gitDir : places.commonDir}/${name}`);
    } catch {
      return null;
    }
  };
}

export function describeState(read: StateReader): NonNullable<SnapshotSummary['git']> {
  const head = read('git', 'HEAD')?.toString('utf8').trim() ?? null;
  const ref = head?.startsWith('ref: ') === true ? head.slice(5).trim() : null;
  const operation = OPERATIONS.find(([name]) => read('git', name) !== null)?.[1] ?? null;
  const branch = ref === null ? null : ref.replace(/^refs\/heads\//, '');
  return { head: ref === null ? head : readRef(read, ref), branch, operation };
}

/** Returns in words how git's state `before` differs from `after`: what a rollback from the one to the other would change. */
export function gitChanges(before: StateReader, after: StateReader): string[] {
  const from = describeState(before);
  const to = describeState(after);
  const words: string[] = [];
  if (from.branch !== to.branch) words.push(`HEAD ${headWords(from)} → ${headWords(to)}`);
  else if (from.head !== to.head) {
    words.push(`${from.branch === null ? 'HEAD' : `branch ${from.branch}`} ${short(from.head)} → ${short(to.head)}`);
  }
  const here = readRefs(before);
  const there = readRefs(after);
  for (const name of [...new Set([...here.keys(), ...there.keys()])].sort()) {
    const now = here.get(name) ?? null;
    const then = there.get(name) ?? null;
    if (now === then || name === `refs/heads/${to.branch ?? ''}`) continue;
    if (then !== null) words.push(`${refWords(name)} ${short(now)} → ${short(then)}`);
  }
  const stashes = [stashCount(before), stashCount(after)] as const;
  if (stashes[0] !== stashes[1]) words.push(`stash ${stashes[0]} → ${stashes[1]} entries`);
  if (from.operation !== to.operation)
    words.push(`${from.operation ?? 'nothing'} → ${to.operation ?? 'nothing'} under way`);
  const indexes = [before('git', 'index'), after('git', 'index')] as const;
  if (indexes[1] !== null && (indexes[0] === null || !indexes[0].equals(indexes[1]))) words.push('the index');
  return words;
}

function readRef(read: StateReader, ref: string): string | null {
  const own = read('common', ref)?.toString('utf8').trim();
  if (own !== undefined) return own;
  return readRefs(read).get(ref) ?? null;
}

function readRefs(read: StateReader): Map<string, string> {
  const refs = new Map<string, string>();
  for (const line of (read('common', 'packed-refs')?.toString('utf8') ?? '').split('\n')) {
    const found = /^([0-9a-f]{40,64}) (refs\/\S+)$/.exec(line);
    if (found?.[1] !== undefined && found[2] !== undefined) refs.set(found[2], found[1]);
  }
  for (const name of (read('common', 'refs/')?.toString('utf8') ?? '').split('\n')) {
    const id = name === '' ? undefined : read('common', name)?.toString('utf8').trim();
    if (id !== undefined) refs.set(name, id);
  }
  return refs;
}

function stashCount(read: StateReader): number {
  return (read('common', 'logs/refs/stash')?.toString('utf8') ?? '').split('\n').filter((line) => line !== '').length;
}

function headWords(state: NonNullable<SnapshotSummary['git']>): string {
  return `${state.branch ?? 'detached'} ${short(state.head)}`;
}

function refWords(name: string): string {
  return name
    .replace(/^refs\/heads\//, 'branch ')
    .replace(/^refs\/tags\//, 'tag ')
    .replace(/^refs\/remotes\//, 'remote ');
}

function looseRefs(commonDir: string): string[] {
  return readdirSync(`${commonDir}/refs`, { withFileTypes: true, recursive: true })
    .filter((found) => found.isFile() && !found.name.endsWith('.lock'))
    .map((found) => `${found.parentPath}/${found.name}`.slice(commonDir.length + 1));
}

function short(id: string | null): string {
  return id === null ? 'none' : id.slice(0, 7);
}
