import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../src/snapshot/engine.ts';
import { type Compiled, compileSnapshots } from './compiled.ts';
import { manifest } from './manifest.ts';
import { EVERYTHING, release, type Scratch, scratch } from './scratch.ts';

const CALLS = [
  'fdatasync',
  'fsync',
  'rename',
  'link',
  'unlink',
  'mkdir',
  'ftruncate',
  'pwrite64',
  'write',
  'chmod',
  'utimensat',
  'symlink',
  'syncfs',
];
const MOST_KILLS = 8;

const traced = spawnSync('strace', ['-f', '-e', 'trace=none', 'true']).status === 0;
let compiled: Compiled;

beforeAll(() => {
  if (traced) compiled = compileSnapshots();
}, 120_000);
afterAll(() => compiled?.remove());

describe.skipIf(!traced)('killed at any system call (needs strace, which is not here when this is skipped)', () => {
  test('a take leaves the store whole, and what it acknowledged is there', { timeout: 180_000 }, async () => {
    const place = scratch();
    try {
      place.bash(
        'git init -q .; echo 1 > a; git add a; git -c user.name=t -c user.email=t commit -qm c; echo 1 > b; mkdir d; echo 1 > d/c',
      );
      const engine = place.open();
      const first = await engine.take(release(place.tree));
      await engine.close();
      place.bash(
        'echo 2 > b; echo 2 > d/c; head -c 300000 /dev/urandom > large; git add b; git -c user.name=t -c user.email=t commit -qm c2',
      );
      const kills = sweep(place, ['take'], (store, said, when) => {
        return check(store, async (again) => {
          const ids = (await again.list({})).map(({ id }) => id);
          expect(ids, when).toContain(first.id);
          if (said.startsWith('s-')) expect(ids, when).toContain(said.slice(0, 12));
          expect((await again.verify()).damaged, when).toEqual([]);
          await again.take(release(place.tree));
          expect((await again.verify()).damaged, when).toEqual([]);
        });
      });
      expect(await kills).toBeGreaterThan(15);
    } finally {
      await place.end();
    }
  });

  test('a rollback leaves each file old or new, and can be finished', { timeout: 180_000 }, async () => {
    const place = scratch();
    try {
      place.bash(
        'git init -q .; for i in 1 2 3; do echo old > f$i; done; mkdir d; echo old > d/g; ln -s f1 l; git add .; git -c user.name=t -c user.email=t commit -qm c',
      );
      const engine = place.open();
      const kept = await engine.take(release(place.tree));
      await engine.close();
      const before = manifest([place.tree], { times: true });
      const damage =
        'echo new > f1; rm f2; rm -rf d l; echo more > extra; git add -A; git -c user.name=t -c user.email=t commit -qm c2';
      place.bash(damage);
      const damaged = join(place.folder, 'damaged');
      execFileSync('cp', ['-a', place.tree, damaged]);
      const kills = sweep(place, ['rollback', kept.id], async (store, _said, when) => {
        for (const name of ['f1', 'f2', 'f3', 'd/g']) {
          const path = join(place.tree, name);
          if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
            expect(readFileSync(path, 'utf8'), when).toMatch(/^(?:old|new)\n$/);
          }
        }
        await check(store, async (again) => {
          const resumed = await again.resume();
          if (resumed !== null) expect(resumed, when).toMatchObject({ verified: true, left: [] });
          else await again.rollback(kept.id, EVERYTHING);
          expect(manifest([place.tree], { times: true }), when).toEqual(before);
          expect((await again.verify()).damaged, when).toEqual([]);
        });
        rmSync(place.tree, { recursive: true });
        execFileSync('cp', ['-a', damaged, place.tree]);
      });
      expect(await kills).toBeGreaterThan(20);
    } finally {
      await place.end();
    }
  });
});

/** Runs the child once for each kill, on a copy of the store, and judges what is left. Returns how often it died. */
async function sweep(
  place: Scratch,
  act: readonly string[],
  judge: (store: string, said: string, when: string) => Promise<void>,
): Promise<number> {
  let kills = 0;
  for (const call of CALLS) {
    for (let when = 1; when <= MOST_KILLS; when++) {
      const store = join(place.folder, 'copy');
      rmSync(store, { recursive: true, force: true });
      cpSync(place.store, store, { recursive: true, preserveTimestamps: true });
      relink(place.store, store);
      const child = [
        join(import.meta.dirname, 'kill-child.mjs'),
        pathToFileURL(join(compiled.folder, 'snapshot/engine.js')).href,
        store,
        place.tree,
        ...act,
      ];
      const inject = `inject=${call}:signal=SIGKILL:when=${when}`;
      const run = spawnSync(
        'strace',
        ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject, process.execPath, ...child],
        { encoding: 'utf8' },
      );
      const died = !run.stdout.endsWith('end\n');
      await judge(store, run.stdout, `${call} ${when}: ${run.stdout} ${run.stderr.slice(0, 300)}`);
      if (!died) break;
      kills++;
    }
  }
  return kills;
}

/** Hard links in the store stay links to the tree's files, as in the original. */
function relink(from: string, to: string): void {
  rmSync(join(to, 'links'), { recursive: true });
  execFileSync('cp', ['-al', join(from, 'links'), join(to, 'links')]);
}

async function check(
  storeFolder: string,
  act: (engine: ReturnType<typeof openEngine>) => Promise<void>,
): Promise<void> {
  const engine = openEngine({ storeFolder, freeFloorBytes: 0 });
  try {
    await act(engine);
  } finally {
    await engine.close();
  }
}
