import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GitWatch } from '../../src/watch/git-watch.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'belay-git-watch-'));
  git('init', '-q', '-b', 'main');
  git('commit', '-q', '--allow-empty', '-m', 'one');
  git('branch', 'gone');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...words: string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t', '-c', 'gc.auto=0'];
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('git', [...identity, ...words], { cwd: folder, env, stdio: 'ignore' });
}

test.each([
  ['a ref that is deleted', ['update-ref', '-d', 'refs/heads/gone']],
  ['a branch in a folder of its own', ['branch', 'feature/deep']],
  ['HEAD moved to another branch', ['symbolic-ref', 'HEAD', 'refs/heads/gone']],
  ['something staged', ['update-index', '--add', '--cacheinfo', '100644,e69de29bb2d1d6434b8b29ae775ad8c2e48c5391,f']],
])('%s is seen', async (_, words) => {
  let changes = 0;
  const watch = new GitWatch(folder, () => changes++);
  git(...words);
  await vi.waitFor(() => expect(changes).toBeGreaterThan(0));
  watch.close();
});

test('a ref in a folder that was made later is seen too', async () => {
  let changes = 0;
  const watch = new GitWatch(folder, () => changes++);
  git('branch', 'feature/one');
  await vi.waitFor(() => expect(changes).toBeGreaterThan(0));
  let number = 0;
  await vi.waitFor(async () => {
    changes = 0;
    git('update-ref', `refs/heads/feature/${number++}`, 'HEAD');
    await setImmediate();
    expect(changes).toBeGreaterThan(0);
  });
  watch.close();
});

test('objects and locks are no change, and a folder without git is none to watch', async () => {
  let changes = 0;
  const watch = new GitWatch(folder, () => changes++);
  mkdirSync(join(folder, '.git/objects/zz'));
  git('hash-object', '-w', '--stdin');
  mkdirSync(join(folder, '.git/index.lock'));
  const bare = new GitWatch(tmpdir(), () => changes++);
  // What comes behind them is seen, so they were passed over.
  expect(changes).toBe(0);
  git('update-ref', '-d', 'refs/heads/gone');
  await vi.waitFor(() => expect(changes).toBeGreaterThan(0));
  watch.close();
  bare.close();
});
