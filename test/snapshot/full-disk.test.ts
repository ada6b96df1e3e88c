// What a full disk costs: a sentence, and nothing that was kept or stood there. Needs the right to mount a small file system.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, type TestContext, test } from 'vitest';
import { openEngine } from '../../src/snapshot/engine.ts';
import type { Snapshots } from '../../src/snapshot/snapshot.ts';
import { manifest } from './manifest.ts';
import { EVERYTHING, release, type Scratch, scratch } from './scratch.ts';

const HOUR = 3_600_000;
let place: Scratch;
let disk = '';
let engine: Snapshots | null = null;
beforeEach(() => {
  place = scratch();
  disk = join(place.folder, 'disk');
  mkdirSync(disk);
});
afterEach(async () => {
  await engine?.close();
  engine = null;
  try {
    execFileSync('umount', [disk], { stdio: 'ignore' });
  } catch {
    // It was not mounted.
  }
  await place.end();
});

function mounted(context: TestContext, megabytes: number): void {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    context.skip('a small file system cannot be mounted here');
  }
}

/** Fills the disk but for `leave` bytes. */
function fill(leave: number): void {
  const { bavail, bsize } = statfsSync(disk);
  if (bavail * bsize > leave) writeFileSync(join(disk, 'fill'), Buffer.alloc(bavail * bsize - leave, 1));
}

test('a rollback that fills the disk leaves each file old or new, says so, and is finished once there is room', async (context) => {
  mounted(context, 16);
  const tree = join(disk, 'w');
  mkdirSync(tree);
  for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(tree, name), Buffer.alloc(1_000_000, name));
  engine = openEngine({ storeFolder: join(disk, 'store'), freeFloorBytes: 0, budgetBytes: 1e9 });
  const kept = await engine.take(release(tree));
  const before = manifest([tree], { times: true });
  writeFileSync(join(tree, 'a'), 'new');
  for (const name of ['b', 'c', 'd']) rmSync(join(tree, name));
  fill(2_500_000);
  await expect(engine.rollback(kept.id, EVERYTHING)).rejects.toMatchObject({
    code: 'rollback.no-space',
    next: expect.stringContaining('belay rollback --resume'),
  });
  for (const name of ['a', 'b', 'c', 'd']) {
    const path = join(tree, name);
    if (existsSync(path)) expect([3, 1_000_000]).toContain(readFileSync(path).length);
  }
  expect(execFileSync('ls', ['-A', tree], { encoding: 'utf8' })).not.toContain('.belay~');
  await expect(engine.rollback(kept.id, EVERYTHING)).rejects.toMatchObject({ code: 'rollback.unfinished' });
  expect((await engine.verify()).damaged).toEqual([]);
  rmSync(join(disk, 'fill'));
  const resumed = await engine.resume();
  expect(resumed).toMatchObject({ verified: true, left: [] });
  expect(manifest([tree], { times: true })).toEqual(before);
  await engine.rollback(resumed?.undo ?? '', EVERYTHING);
  expect(readFileSync(join(tree, 'a'), 'utf8')).toBe('new');
});

test('where others fill the disk the oldest snapshots go, not those of the last hour', async (context) => {
  mounted(context, 32);
  let now = Date.parse('2026-03-01T00:00:00Z');
  engine = openEngine({
    storeFolder: join(disk, 'store'),
    freeFloorBytes: 1_000_000,
    budgetBytes: 1e9,
    now: () => now,
  });
  const ids: string[] = [];
  for (let n = 0; n < 6; n++) {
    writeFileSync(join(place.tree, 'f'), Buffer.alloc(2_000_000, n + 1));
    ids.push((await engine.take(release(place.tree))).id);
    now += n < 3 ? 10 * HOUR : 60_000;
  }
  fill(1_500_000);
  writeFileSync(join(place.tree, 'f'), Buffer.alloc(2_000_000, 9));
  const taken = await engine.take(release(place.tree));
  const left = (await engine.list({})).map(({ id }): string => id);
  expect(left).toContain(taken.id);
  expect(left).not.toContain(ids[0]);
  for (const id of ids.slice(3)) expect(left).toContain(id);
  expect((await engine.verify()).damaged).toEqual([]);
});

test('a prune that finds no room to write anew what stays keeps it where it is', async (context) => {
  mounted(context, 12);
  let now = Date.parse('2026-03-01T00:00:00Z');
  const open = (): Snapshots =>
    openEngine({ storeFolder: join(disk, 'store'), freeFloorBytes: 0, budgetBytes: 1e9, now: () => now });
  engine = open();
  for (let n = 0; n < 20; n++) {
    writeFileSync(join(place.tree, 'f'), Buffer.alloc(200_000, n + 1));
    if (n < 6) writeFileSync(join(place.tree, `stays-${n}`), Buffer.alloc(200_000, 100 + n));
    await engine.take(release(place.tree));
    now += 60_000;
  }
  fill(0);
  now += 60 * 24 * HOUR;
  await engine.prune({ dryRun: false, keep: [] });
  expect((await engine.verify()).damaged).toEqual([]);
  await engine.close();
  rmSync(join(disk, 'fill'));
  engine = open();
  expect((await engine.verify()).damaged).toEqual([]);
  const before = manifest([place.tree]);
  cpSync(place.tree, join(place.folder, 'aside'), { recursive: true });
  place.bash('rm -rf ./*');
  expect(await engine.rollback('last', EVERYTHING)).toMatchObject({ verified: true });
  expect(manifest([place.tree])).toEqual(before);
});
