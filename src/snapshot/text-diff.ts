/** A unified diff from a snapshot to the present, drawn by git from two scratch folders that it knows nothing of. */

import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KIND } from './kinds.ts';
import type { Entry } from './node.ts';
import { shownPath } from './path-bytes.ts';
import { gitState, isLinked, type Operation } from './plan.ts';
import type { Store } from './store.ts';

const MAX_FILES = 500;
const MAX_FILE_BYTES = 1024 * 1024;

/** Returns the diff of the files that `operations` would bring back, revert or remove; git's own state is not drawn. */
export function textDiff(store: Store, operations: readonly Operation[]): string {
  const scratch = mkdtempSync(join(tmpdir(), 'belay-diff-'));
  try {
    const notes: string[] = [];
    let count = 0;
    for (const { path, was, is, kind } of operations) {
      if (kind === 'mode' || gitState(path, []) !== null) continue;
      const shown = shownPath(path);
      const before = was?.kind === KIND.file ? kept(store, was) : null;
      const after = is?.kind === KIND.file ? present(path) : null;
      if (before === null && after === null) continue;
      if (before === 'large' || after === 'large' || count++ >= MAX_FILES) {
        notes.push(`# ${shown} differs and is not shown: ${count > MAX_FILES ? 'too many files' : 'too large'}\n`);
        continue;
      }
      write(join(scratch, 'a'), shown, before);
      write(join(scratch, 'b'), shown, after);
    }
    return draw(scratch) + notes.join('');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
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

function kept(store: Store, entry: Entry): Buffer | 'large' | null {
  if (entry.size > MAX_FILE_BYTES) return 'large';
  try {
    return isLinked(entry) ? readFileSync(store.linkFile(entry.hash)) : store.read(entry.hash);
  } catch {
    return null;
  }
}

function present(path: Buffer): Buffer | 'large' | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true) return null;
  return found.size > MAX_FILE_BYTES ? 'large' : readFileSync(path);
}

function write(side: string, path: string, bytes: Buffer | null): void {
  if (bytes === null) return;
  const file = join(side, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
