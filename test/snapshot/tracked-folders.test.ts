import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TrackedFolders } from '../../src/snapshot/tracked-folders.ts';
import { EVERYTHING, release, type Scratch, scratch } from './scratch.ts';

let place: Scratch;
beforeEach(() => {
  place = scratch();
});
afterEach(() => place.end());

const FILES = `mkdir -p dist/deep vendor/x other; echo 1 > dist/a; echo 1 > dist/deep/b; echo 1 > dist.conf; echo 1 > vendor/x/y; echo 1 > other/f`;

test.each([
  ['version 2', 'git init -q .; git config index.version 2'],
  ['version 3', 'git init -q .; git config index.version 3'],
  ['version 4, which cuts off what names share', 'git init -q .; git config index.version 4'],
  ['split', 'git init -q .; git config core.splitIndex true'],
  ['with other hashes', 'git init -q --object-format=sha256 .; git config index.version 4'],
])('an index tells which folders hold something tracked: %s', (_, init) => {
  place.bash(`${init}; ${FILES}; git add -f dist dist.conf vendor; git update-index --skip-worktree dist/a`);
  const tracked = new TrackedFolders(join(place.tree, '.git'));
  const holds = (folder: string): boolean => tracked.holds(Buffer.from(folder));
  expect(['dist', 'dist/deep', 'vendor', 'vendor/x'].map(holds)).toEqual([true, true, true, true]);
  expect(['other', 'dist/de', 'ist', 'x'].map(holds)).toEqual([false, false, false, false]);
  expect(tracked.isCurrent()).toBe(true);
  place.bash('git add other');
  expect(tracked.isCurrent()).toBe(false);
});

test('of an index that makes no sense every folder counts as tracked, without one none does', () => {
  place.bash('git init -q .');
  expect(new TrackedFolders(join(place.tree, '.git')).holds(Buffer.from('dist'))).toBe(false);
  place.bash('echo damaged beyond all hope > .git/index');
  expect(new TrackedFolders(join(place.tree, '.git')).holds(Buffer.from('dist'))).toBe(true);
});

test('what is added by force to a folder that was left out is kept from then on, after a restart too', async () => {
  place.bash(
    'git init -q .; echo {} > package.json; echo dist > .gitignore; mkdir dist; echo 1 > dist/a; echo 1 > dist/b',
  );
  const first = place.open();
  await first.take(release(place.tree));
  place.bash('git add -f dist/a; echo edit >> dist/a');
  const kept = await first.take(release(place.tree));
  place.bash('rm -rf dist');
  await first.rollback(kept.id, EVERYTHING);
  expect(place.bash('cat dist/a dist/b')).toBe('1\nedit\n1\n');
  place.bash('mkdir build; echo 1 > build/c');
  await first.take(release(place.tree));
  await first.close();
  place.bash('git add -f build/c; rm -f x');
  const second = place.open();
  const again = await second.take(release(place.tree));
  place.bash('rm -rf build');
  await second.rollback(again.id, EVERYTHING);
  expect(existsSync(join(place.tree, 'build/c'))).toBe(true);
});
