import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openEngine } from '../../src/snapshot/engine.ts';
import type { Snapshots } from '../../src/snapshot/snapshot.ts';
import { type Compiled, compileSnapshots } from './compiled.ts';
import { copyStore, sweep, traced } from './kill-sweep.ts';
import { type Manifest, manifest } from './manifest.ts';
import { EVERYTHING, release, type Scratch, scratch } from './scratch.ts';

const COMMIT = 'git -c user.name=t -c user.email=t commit -qm';
/** One of everything that a rollback must put back in its own way. */
const BEFORE = `git init -q .; for i in 1 2; do echo old > f$i; done; mkdir d e x; echo old > d/g; ln -s f1 l
  echo old > h1; ln h1 h2; mkfifo p; chmod 2775 e; echo old > x/y; chmod 555 x; chmod 600 f2
  head -c 300000 /dev/urandom > large; echo old > swap; mkdir paws; echo old > paws/in
  echo '{}' > package.json; mkdir node_modules; echo m > node_modules/m; git add f1 d; ${COMMIT} c`;
const DAMAGE = `echo new > f1; rm -rf f2 d l p e h2; echo new > h1; chmod 755 x; rm x/y; echo new > large
  rm swap; mkdir swap; echo new > swap/in; rm -rf paws; echo new > paws; echo more > extra; mkdir made; echo new > made/m
  git add -A . 2>/dev/null; ${COMMIT} c2`;
const DAY_MS = 24 * 3_600_000;
const LIMIT = { timeout: 3_600_000 };

let compiled: Compiled;
let place: Scratch;
beforeAll(() => {
  if (traced) compiled = compileSnapshots();
}, 120_000);
afterAll(() => compiled?.remove());
beforeEach(() => {
  place = scratch();
});
afterEach(() => place.end());

describe.skipIf(!traced)('killed at any system call that changes something (skipped where strace is not)', () => {
  test('a take leaves the store whole, and what it acknowledged is there', LIMIT, async () => {
    place.bash(BEFORE);
    const first = await kept();
    place.bash(`echo 2 > f2; echo 2 > d/g; head -c 300000 /dev/urandom > large; git add d; ${COMMIT} c2`);
    const before = manifest([place.tree], { times: true });
    const { kills } = await sweep({
      compiled,
      place,
      act: ['take'],
      reset: () => {},
      judge: (store, [, said], when) =>
        opened(store, async (engine) => {
          const ids: string[] = (await engine.list({})).map(({ id }) => id);
          expect(ids, when).toContain(first);
          if (said !== undefined) expect(ids, when).toContain(said);
          await expectWhole(engine, when);
          await engine.take(release(place.tree));
          await expectWhole(engine, when);
          expect(manifest([place.tree], { times: true }), when).toEqual(before);
        }),
    });
    expect(kills).toBeGreaterThan(4);
  });

  test('a folder moved aside is where it was, or had back by its snapshot', LIMIT, async () => {
    place.bash(BEFORE);
    await kept();
    const before = manifest([place.tree], { times: true });
    const original = copyOfTree();
    const folder = join(place.tree, 'node_modules');
    const { kills } = await sweep({
      compiled,
      place,
      act: ['aside', folder],
      reset: original.restore,
      judge: (store, said, when) =>
        opened(store, async (engine) => {
          if (said.length > 1) expect(existsSync(folder), when).toBe(false);
          if (!existsSync(folder)) await engine.rollback('last', EVERYTHING);
          expect(manifest([place.tree], { times: true }), when).toEqual(before);
          await expectWhole(engine, when);
        }),
    });
    expect(kills).toBeGreaterThan(4);
  });

  test('a rollback leaves each file old or new, and can be finished and undone', LIMIT, async () => {
    const { id, before, damaged, original } = await damagedTree();
    const { kills } = await sweep({
      compiled,
      place,
      act: ['rollback', id],
      reset: original.restore,
      judge: (store, _said, when) => judgeRollback(store, when, id, before, damaged),
    });
    expect(kills).toBeGreaterThan(4);
  });

  test('the undo of a rollback can be finished too', LIMIT, async () => {
    const { id, before, damaged } = await damagedTree();
    const engine = place.open();
    const undo = (await engine.rollback(id, EVERYTHING)).undo ?? '';
    await engine.close();
    const original = copyOfTree();
    const { kills } = await sweep({
      compiled,
      place,
      act: ['rollback', undo],
      reset: original.restore,
      judge: (store, _said, when) => judgeRollback(store, when, undo, damaged, before),
    });
    expect(kills).toBeGreaterThan(4);
  });

  test('finishing a rollback can itself be cut short', LIMIT, async () => {
    const { id, before, damaged } = await damagedTree();
    // Dies half-way: at the renaming of its fourth file.
    const store = join(place.folder, 'half');
    copyStore(place.store, store);
    const child = [
      join(import.meta.dirname, 'kill-child.mjs'),
      pathToFileURL(join(compiled.folder, 'snapshot/engine.js')).href,
    ];
    const inject = ['-P', join(place.tree, 'f2'), '-e', 'trace=rename', '-e', 'inject=rename:signal=SIGKILL'];
    const act = [store, place.tree, 'rollback', id];
    spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', ...inject, process.execPath, ...child, ...act]);
    expect(manifest([place.tree])).not.toEqual(damaged);
    rmSync(place.store, { recursive: true });
    copyStore(store, place.store);
    const original = copyOfTree();
    const { kills } = await sweep({
      compiled,
      place,
      act: ['resume'],
      reset: original.restore,
      judge: (copy, _said, when) => judgeRollback(copy, when, id, before, null),
    });
    expect(kills).toBeGreaterThan(4);
  });

  test('a prune loses nothing that stays', LIMIT, async () => {
    place.bash(BEFORE);
    let now = Date.now();
    const engine = place.open({ now: () => now });
    for (let n = 0; n < 6; n++) {
      writeFileSync(join(place.tree, 'f1'), String(n).repeat(50_000));
      writeFileSync(join(place.tree, 'large'), String(n).repeat(300_000));
      await engine.take(release(place.tree));
      now += 60_000;
    }
    const newest = await engine.get('last');
    await engine.close();
    const before = manifest([place.tree], { times: true });
    const { kills } = await sweep({
      compiled,
      place,
      act: ['prune', String(40 * DAY_MS)],
      reset: () => {},
      judge: (store, _said, when) =>
        opened(store, async (again) => {
          const ids = (await again.list({})).map(({ id }) => id);
          expect(ids, when).toContain(newest.id);
          await expectWhole(again, when);
          await again.prune({ dryRun: false, keep: [] });
          await expectWhole(again, when);
          await again.rollback(newest.id, EVERYTHING);
          expect(manifest([place.tree], { times: true }), when).toEqual(before);
        }),
    });
    expect(kills).toBeGreaterThan(4);
  });
});

/** Takes the tree as it is, and closes the store. */
async function kept(): Promise<string> {
  const engine = place.open();
  const { id } = await engine.take(release(place.tree));
  await engine.close();
  return id;
}

async function damagedTree(): Promise<{ id: string; before: Manifest; damaged: Manifest; original: Copy }> {
  place.bash(BEFORE);
  const id = await kept();
  const before = manifest([place.tree], { times: true });
  place.bash(DAMAGE);
  return { id, before, damaged: manifest([place.tree], { times: true }), original: copyOfTree() };
}

interface Copy {
  readonly restore: () => void;
}

function copyOfTree(): Copy {
  const copy = join(place.folder, `copy-${Math.random().toString(36).slice(2)}`);
  execFileSync('cp', ['-a', place.tree, copy]);
  return {
    restore: () => {
      rmSync(place.tree, { recursive: true, force: true });
      execFileSync('cp', ['-a', copy, place.tree]);
    },
  };
}

async function judgeRollback(
  store: string,
  when: string,
  id: string,
  before: Manifest,
  damaged: Manifest | null,
): Promise<void> {
  if (damaged !== null) expectOldOrNew(before, damaged, when);
  await opened(store, async (engine) => {
    const resumed = await engine.resume();
    if (resumed !== null) expect(resumed, when).toMatchObject({ verified: true, left: [] });
    const undo = resumed?.undo ?? (await engine.rollback(id, EVERYTHING)).undo;
    expect(manifest([place.tree], { times: true }), when).toEqual(before);
    await expectWhole(engine, when);
    if (damaged === null || resumed === null) return;
    expect(await engine.rollback(undo ?? '', EVERYTHING), when).toMatchObject({ verified: true, left: [] });
    expect(manifest([place.tree], { times: true }), when).toEqual(damaged);
  });
}

/** A file that was there and shall be there is there at every moment, with the bytes of one of the two. */
function expectOldOrNew(before: Manifest, damaged: Manifest, when: string): void {
  const now = manifest([place.tree]);
  for (const [path, then] of Object.entries(damaged)) {
    const [old, fresh, found] = [then, before[path], now[path]].map((entry) => bytesOf(entry));
    if (old === null || fresh === null || /\.belay~/.test(path)) continue;
    expect([old, fresh], `${path}, ${when}`).toContain(found);
  }
}

function bytesOf(entry: string | undefined): string | null {
  return /^file \d+ (\w+)/.exec(entry ?? '')?.[1] ?? null;
}

async function opened(storeFolder: string, act: (engine: Snapshots) => Promise<void>): Promise<void> {
  const engine = openEngine({ storeFolder, freeFloorBytes: 0 });
  try {
    await act(engine);
  } finally {
    await engine.close();
  }
}

async function expectWhole(engine: Snapshots, when: string): Promise<void> {
  expect((await engine.verify()).damaged, when).toEqual([]);
}
