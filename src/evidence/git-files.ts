/** What git holds of files: which at and below some paths are unchanged, changed, untracked or ignored. */
import type { Deadline } from './deadline.ts';
import { type Known, known } from './evidence.ts';
import { readGit } from './git.ts';
import { isInside } from './places.ts';

/** Numbers of files. An ignored folder counts once. */
export interface GitFiles {
  readonly clean: number;
  readonly modified: number;
  readonly untracked: number;
  readonly ignored: number;
}

/** What one look at a work tree found, as absolute paths. */
export interface GitListing {
  readonly tracked: readonly string[];
  readonly modified: readonly string[];
  readonly untracked: readonly string[];
  /** Folders that are ignored as a whole stand for all they hold. */
  readonly ignored: readonly string[];
}

/** More paths than this are asked about by their common folder: an argument list has its limit. */
const MAX_SPECS = 200;

/** Looks at what git holds at and below `paths`, all inside the work tree `root`. */
export async function listGitFiles(
  root: string,
  paths: readonly string[],
  deadline: Deadline,
): Promise<Known<GitListing>> {
  const named = paths.length > MAX_SPECS ? [root] : paths;
  const specs = named.map((path) => `:(top,literal)${path === root ? '' : path.slice(root.length + 1)}`);
  const status = [
    'status',
    '--porcelain=2',
    '-z',
    '--ignored=matching',
    '--untracked-files=all',
    '--ignore-submodules=dirty',
    '--no-renames',
  ];
  const [changes, listed] = await Promise.all([
    readGit(root, [...status, '--', ...specs], deadline),
    readGit(root, ['ls-files', '-z', '--cached', '--', ...specs], deadline),
  ]);
  if (!changes.known) return changes;
  if (!listed.known) return listed;
  const absolute = (name: string): string => `${root}/${name.replace(/\/$/, '')}`;
  const found = { modified: [] as string[], untracked: [] as string[], ignored: [] as string[] };
  for (const entry of readStatus(changes.value)) {
    if (entry.kind === '?') found.untracked.push(absolute(entry.path));
    else if (entry.kind === '!') found.ignored.push(absolute(entry.path));
    // A file that is deleted already is no file to lose.
    else if (entry.worktree !== 'D') found.modified.push(absolute(entry.path));
  }
  const tracked = [...new Set(listed.value.split('\0').filter((name) => name !== ''))].map(absolute);
  return known({ tracked, ...found });
}

/** Counts the part of a listing that lies at or below `paths`. */
export function countGitFiles(listing: GitListing, paths: readonly string[]): GitFiles {
  const count = (files: readonly string[]): number =>
    files.filter((file) => paths.some((path) => isInside(file, path))).length;
  const modified = count(listing.modified);
  const ignoredAround = paths.filter((path) =>
    listing.ignored.some((folder) => path !== folder && isInside(path, folder)),
  );
  return {
    clean: Math.max(0, count(listing.tracked) - modified),
    modified,
    untracked: count(listing.untracked),
    ignored: count(listing.ignored) + ignoredAround.length,
  };
}

interface StatusEntry {
  /** As git writes it: `1`, `2`, `u` for changes, `?` untracked, `!` ignored. */
  readonly kind: string;
  readonly index: string;
  readonly worktree: string;
  readonly path: string;
}

/** Words before the path in each kind of line: git-status(1), porcelain format version 2. */
const FIELDS: Readonly<Record<string, number>> = { '1': 8, '2': 9, u: 10 };

/** Reads what `git status --porcelain=2 -z` printed. */
export function readStatus(text: string): readonly StatusEntry[] {
  const entries: StatusEntry[] = [];
  const lines = text.split('\0');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const kind = line[0] ?? '';
    if (kind === '?' || kind === '!') entries.push({ kind, index: '.', worktree: '.', path: line.slice(2) });
    const fields = FIELDS[kind];
    if (fields === undefined || line[1] !== ' ') continue;
    entries.push({
      kind,
      index: line[2] ?? '.',
      worktree: line[3] ?? '.',
      path: line.split(' ').slice(fields).join(' '),
    });
    if (kind === '2') index += 1; // the old name follows
  }
  return entries;
}
