/** A unified diff from a snapshot to the present, drawn by git from two scratch folders that it knows nothing of. */

import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KIND } from './kinds.ts';
import type { Entry } from './node.ts';
import { shownPath } from './path-bytes.ts';
import { gitState, isLinked, type Operation, stepType } from './plan.ts';
import type { Store } from './store.ts';

const MAX_FILES = 500;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_NOTES = 1_000;

type Content = Buffer | 'large' | 'unreadable' | null;

/**
 * Returns the diff of the files that `operations` would bring back, revert or remove. What has no lines to show is named: large
 * and unreadable files, links, folders, modes. Git's own state is not drawn.
 */
export function textDiff(store: Store, operations: readonly Operation[]): string {
  const scratch = mkdtempSync(join(tmpdir(), 'belay-diff-'));
  try {
    const notes: string[] = [];
    let count = 0;
    for (const operation of operations) {
      const { path, was, is, kind } = operation;
      if (gitState(path, []) !== null) continue;
      const shown = shownPath(path);
      const before = was?.kind === KIND.file ? kept(store, was) : null;
      const after = is?.kind === KIND.file ? present(path) : null;
      const why =
        kind === 'mode' ? 'only' : (unshown(before, after) ?? (count++ >= MAX_FILES ? 'too many files' : null));
      const isDrawn =
        why === null && write(join(scratch, 'a'), shown, before) && write(join(scratch, 'b'), shown, after);
      if (!isDrawn)
        notes.push(`# ${shown}: ${noteOf(operation)}${why === null || why === 'only' ? '' : ` (not shown: ${why})`}\n`);
    }
    const more = notes.length - MAX_NOTES;
    return `${draw(scratch)}${notes.slice(0, MAX_NOTES).join('')}${more > 0 ? `# and ${more} more\n` : ''}`;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Why two sides can't be drawn, or null; `only` where there are no lines on either. */
function unshown(before: Content, after: Content): string | null {
  if (before === null && after === null) return 'only';
  if (before === 'large' || after === 'large') return 'too large';
  return before === 'unreadable' || after === 'unreadable' ? 'unreadable' : null;
}

function noteOf({ was, is }: Operation): string {
  if (was !== null && is !== null && was.kind === is.kind && was.mode !== is.mode)
    return `mode ${was.mode.toString(8)} → ${is.mode.toString(8)}`;
  return `${entryWords(was)} → ${entryWords(is)}`;
}

function entryWords(entry: Entry | null): string {
  if (entry === null) return 'nothing';
  const type = stepType(entry);
  return type === 'file' ? `file of ${entry.size} bytes` : type;
}

function draw(scratch: string): string {
  for (const side of ['a', 'b']) mkdirSync(join(scratch, side), { recursive: true });
  const options = [
    '-c',
    'core.attributesFile=/dev/null',
    '-c',
    'core.quotePath=false',
    'diff',
    '--no-index',
    '--no-color',
    '--no-ext-diff',
  ];
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: scratch,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CEILING_DIRECTORIES: dirname(scratch),
  };
  try {
    execFileSync('git', [...options, '--no-prefix', 'a', 'b'], {
      cwd: scratch,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return '';
  } catch (error) {
    // It exits with 1 when there are differences: git-diff(1).
    if (error instanceof Error && 'status' in error && error.status === 1 && 'stdout' in error)
      return String(error.stdout);
    throw error;
  }
}

function kept(store: Store, entry: Entry): Content {
  if (entry.size > MAX_FILE_BYTES) return 'large';
  try {
    return isLinked(entry) ? readFileSync(store.linkFile(entry.hash)) : store.read(entry.hash);
  } catch {
    return 'unreadable';
  }
}

function present(path: Buffer): Content {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isFile() !== true) return null;
    return found.size > MAX_FILE_BYTES ? 'large' : readFileSync(path);
  } catch {
    return 'unreadable';
  }
}

/** Returns whether it could: a name that is shown escaped may be too long for a file. */
function write(side: string, path: string, bytes: Content): boolean {
  if (!(bytes instanceof Buffer)) return true;
  const file = join(side, path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return true;
  } catch {
    return false;
  }
}
