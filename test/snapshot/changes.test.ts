import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { release, type Scratch, scratch } from './scratch.ts';

let place: Scratch;
beforeEach(() => {
  place = scratch();
});
afterEach(() => place.end());

test('two snapshots are compared file by file, whatever is a folder now or was one', async () => {
  place.bash('mkdir -p src/deep gone/in empty; echo 1 > src/a; echo 1 > src/deep/b; echo 1 > gone/in/c; echo 1 > kind');
  const engine = place.open();
  const from = await engine.take(release(place.tree));
  place.bash('echo 22 > src/a; rm -rf gone empty kind; mkdir -p new/in kind; echo 3 > new/in/x; echo 3 > kind/y');
  const to = await engine.take(release(place.tree));
  const found = await engine.changes(from.id, to.id);
  const at = (path: string): string => join(place.tree, path);
  expect(found.sample.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
    { kind: 'deleted', path: at('empty') },
    { kind: 'deleted', path: at('gone/in/c') },
    { kind: 'changed', path: at('kind') },
    { kind: 'added', path: at('kind/y') },
    { kind: 'added', path: at('new/in/x') },
    { kind: 'changed', path: at('src/a') },
  ]);
  expect(found).toMatchObject({ from: from.id, to: to.id, added: 2, changed: 2, deleted: 2, git: [] });
  expect(await engine.changes(to.id, to.id)).toMatchObject({ added: 0, changed: 0, deleted: 0, sample: [] });
});

test('what git did is told in words, and its files are not counted', async () => {
  place.bash(
    'git init -q -b main .; git config user.name t; git config user.email t; echo 1 > f; git add f; git commit -qm 1',
  );
  const engine = place.open();
  const from = await engine.take(release(place.tree));
  place.bash('git switch -qc other; echo 2 > g; git add g; git commit -qm 2');
  const to = await engine.take(release(place.tree));
  const found = await engine.changes(from.id, to.id);
  expect(found).toMatchObject({ added: 1, changed: 0, deleted: 0 });
  expect(found.git[0]).toMatch(/^HEAD main [0-9a-f]{7} → other [0-9a-f]{7}$/);
});

test('many changes are counted, and some are named', async () => {
  for (let i = 0; i < 60; i++) writeFileSync(join(place.tree, `f${i}`), String(i));
  const engine = place.open();
  const from = await engine.take(release(place.tree));
  for (let i = 0; i < 60; i++) rmSync(join(place.tree, `f${i}`));
  const to = await engine.take(release(place.tree));
  const found = await engine.changes(from.id, to.id);
  expect([found.deleted, found.sample.length]).toEqual([60, 20]);
});
