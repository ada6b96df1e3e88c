import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEngine } from '../../src/snapshot/engine.ts';
import { manifest } from './manifest.ts';
import { EVERYTHING, release, type Scratch, scratch } from './scratch.ts';

let place: Scratch;
beforeEach(() => {
  place = scratch();
});
afterEach(() => place.end());

const HOUR = 3_600_000;

test('an unknown id is answered with the nearest ones; a unique beginning and "last" will do', async () => {
  place.bash('echo 1 > f');
  const engine = place.open();
  const kept = await engine.take(release(place.tree));
  expect((await engine.get('last')).id).toBe(kept.id);
  expect((await engine.get(kept.id.slice(0, 9))).id).toBe(kept.id);
  const unknown = engine.get('s-zzzzzzzzzz');
  await expect(unknown).rejects.toMatchObject({ code: 'snapshot.unknown' });
  await expect(unknown).rejects.toHaveProperty('fields.near', expect.stringContaining(kept.id));
});

test('a path that a snapshot lacks is said, with where it was last seen', async () => {
  place.bash('echo 1 > f');
  const engine = place.open();
  const first = await engine.take(release(place.tree));
  place.bash('rm f; echo 2 > g');
  const second = await engine.take(release(place.tree));
  const path = join(place.tree, 'f');
  expect((await engine.whereIs(path)).map(({ id }) => id)).toEqual([first.id]);
  await expect(engine.plan(second.id, { ...EVERYTHING, paths: [path] })).rejects.toMatchObject({
    code: 'snapshot.path-unknown',
    fields: { path, id: second.id, seen: expect.stringContaining(`; it was last seen in ${first.id} (`) },
  });
  const mistyped = { ...EVERYTHING, paths: [join(place.tree, 'g', 'h')] };
  await expect(engine.plan(second.id, mistyped)).rejects.toMatchObject({
    code: 'snapshot.path-unknown',
    fields: { seen: '; no snapshot has it' },
  });
  place.bash('echo new > new');
  expect(await engine.plan(second.id, { ...EVERYTHING, paths: [join(place.tree, 'new')] })).toMatchObject({
    counts: { remove: 1 },
  });
});

test('one process writes a store at a time; the lock of a dead one is taken over', async () => {
  const first = place.open();
  expect(() => openEngine({ storeFolder: place.store })).toThrowError(
    expect.objectContaining({ code: 'snapshot.store-busy' }),
  );
  await first.close();
  writeFileSync(join(place.store, 'lock'), JSON.stringify({ pid: 1, started: 'never', boot: 'another' }));
  const second = place.open();
  expect(await second.list({})).toEqual([]);
});

test('a store of a newer version, or one that lost its version, is refused and not touched', async () => {
  place.bash('echo 1 > f');
  const engine = place.open();
  await engine.take(release(place.tree));
  await engine.close();
  const version = join(place.store, 'VERSION');
  writeFileSync(version, '99\n');
  const before = manifest([place.store]);
  expect(() => place.open()).toThrowError(expect.objectContaining({ code: 'snapshot.store-newer' }));
  expect(manifest([place.store])).toEqual(before);
  rmSync(version);
  expect(() => place.open()).toThrowError(expect.objectContaining({ code: 'snapshot.store-damaged' }));
  writeFileSync(version, '1\n');
  expect(await (await place.open()).list({})).toHaveLength(1);
});

test('verify names the path whose bytes were damaged, and no other', async () => {
  place.bash('echo sound > sound; echo spoiled > spoiled; head -c 400000 /dev/zero | tr "\\0" z > large');
  const engine = place.open();
  const { id } = await engine.take(release(place.tree));
  expect(await engine.verify()).toMatchObject({ snapshots: 1, damaged: [] });
  const segment = join(place.store, 'segments/000001.seg');
  const bytes = readFileSync(segment);
  bytes.write('SPOILED', bytes.indexOf('spoiled\n'));
  writeFileSync(segment, bytes);
  for (const name of readdirSync(join(place.store, 'objects'), { recursive: true, encoding: 'utf8' })) {
    const file = join(place.store, 'objects', name);
    if (statSync(file).isFile()) writeFileSync(file, 'short');
  }
  const { damaged } = await engine.verify();
  expect(damaged.map(({ snapshot, path }) => `${snapshot} ${path}`).sort()).toEqual([
    `${id} ${join(place.tree, 'large')}`,
    `${id} ${join(place.tree, 'spoiled')}`,
  ]);
});

test('a damaged record is named by verify and does not hide the others', async () => {
  place.bash('echo 1 > f');
  const engine = place.open();
  const first = await engine.take(release(place.tree));
  place.bash('echo 2 > f');
  const second = await engine.take(release(place.tree));
  await engine.close();
  truncateSync(join(place.store, `snaps/${first.id}.json`), 100);
  const again = place.open();
  expect((await again.list({})).map(({ id }) => id)).toEqual([second.id]);
  expect((await again.verify()).damaged).toMatchObject([{ snapshot: first.id }]);
});

test('whatever a cut of power leaves of the last segment, what was acknowledged before reads back', async () => {
  place.bash('for i in 1 2 3; do head -c 300 /dev/urandom > f$i; done');
  const engine = place.open();
  const kept = await engine.take(release(place.tree));
  const before = manifest([place.tree]);
  const acknowledged = statSync(join(place.store, 'segments/000001.seg')).size;
  place.bash('for i in 4 5; do head -c 300 /dev/urandom > f$i; done');
  await engine.take(release(place.tree));
  await engine.close();
  const [, last] = readdirSync(join(place.store, 'snaps')).sort();
  rmSync(join(place.store, 'snaps', last ?? ''));
  const whole = statSync(join(place.store, 'segments/000001.seg')).size;
  for (let size = acknowledged; size <= whole; size += 61) {
    const copy = mkdtempSync(join(place.folder, 'cut-'));
    cpSync(place.store, copy, { recursive: true });
    truncateSync(join(copy, 'segments/000001.seg'), size);
    const cut = openEngine({ storeFolder: copy, freeFloorBytes: 0 });
    expect((await cut.verify()).damaged).toEqual([]);
    expect((await cut.take(release(place.tree))).files).toBe(5);
    expect((await cut.verify()).damaged).toEqual([]);
    const to = join(copy, 'out');
    await cut.rollback(kept.id, { ...EVERYTHING, to });
    const moved = Object.entries(manifest([to])).map(([path, what]) => [path.replace(to, place.tree), what]);
    expect(Object.fromEntries(moved)).toEqual(before);
    await cut.close();
  }
});

test('retention thins out what is old, never the newest of a tree, and gives the room back', async () => {
  let now = Date.parse('2026-03-01T00:30:00Z');
  const engine = place.open({ now: () => now });
  for (let hour = 0; hour < 24 * 40; hour += 4) {
    writeFileSync(join(place.tree, 'f'), `${'x'.repeat(20_000)}${hour}`);
    await engine.take(release(place.tree));
    now += 4 * HOUR;
  }
  const usage = await engine.usage();
  const dry = await engine.prune({ dryRun: true, keep: [] });
  expect((await engine.usage()).snapshots).toBe(usage.snapshots);
  const pruned = await engine.prune({ dryRun: false, keep: [] });
  expect(pruned.dropped).toEqual(dry.dropped);
  const left = await engine.list({});
  expect(left.length).toBe(usage.snapshots - pruned.dropped.length);
  expect(left.filter(({ at }) => now - at <= 24 * HOUR)).toHaveLength(6);
  expect(left.every(({ at }) => now - at <= 31 * 24 * HOUR)).toBe(true);
  expect((await engine.usage()).bytes).toBeLessThan(usage.bytes / 2);
  expect((await engine.verify()).damaged).toEqual([]);
  now += 400 * 24 * HOUR;
  await engine.prune({ dryRun: false, keep: [] });
  expect(await engine.list({})).toHaveLength(1);
  expect((await engine.verify()).damaged).toEqual([]);
  writeFileSync(join(place.tree, 'f'), 'new');
  await engine.rollback('last', EVERYTHING);
  expect(statSync(join(place.tree, 'f')).size).toBeGreaterThan(20_000);
});

test('a store over its budget makes room by dropping the oldest, or refuses', async () => {
  const engine = place.open({ budgetBytes: 1_000_000 });
  for (let n = 0; n < 8; n++) {
    writeFileSync(join(place.tree, 'f'), Buffer.alloc(200_000, n + 1));
    await engine.take(release(place.tree));
  }
  expect((await engine.usage()).bytes).toBeLessThanOrEqual(1_000_000);
  expect((await engine.verify()).damaged).toEqual([]);
  writeFileSync(join(place.tree, 'g'), Buffer.alloc(3_000_000, 7));
  await expect(engine.take(release(place.tree))).rejects.toMatchObject({ code: 'snapshot.no-space' });
  rmSync(join(place.tree, 'g'));
  expect((await engine.take(release(place.tree))).files).toBe(1);
});

test('a full disk is said and costs nothing that was kept before', async (context) => {
  const disk = join(place.folder, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    context.skip('a small file system cannot be mounted here');
  }
  try {
    const engine = place.open({ storeFolder: join(disk, 'store') });
    place.bash('echo kept > kept');
    const kept = await engine.take(release(place.tree));
    writeFileSync(join(place.tree, 'large'), Buffer.alloc(4_000_000, 1));
    for (let i = 0; i < 40; i++) writeFileSync(join(place.tree, `small-${i}`), Buffer.alloc(100_000, i));
    await expect(engine.take(release(place.tree))).rejects.toMatchObject({ code: 'snapshot.no-space' });
    rmSync(join(place.tree, 'large'));
    await expect(engine.take(release(place.tree))).rejects.toMatchObject({ code: 'snapshot.no-space' });
    for (let i = 0; i < 40; i++) rmSync(join(place.tree, `small-${i}`));
    place.bash('rm kept');
    expect(await engine.rollback(kept.id, EVERYTHING)).toMatchObject({ verified: true, left: [] });
    expect((await engine.verify()).damaged).toEqual([]);
    await engine.close();
  } finally {
    execFileSync('umount', [disk]);
  }
});

test('a store on another device keeps copies where it cannot link', async (context) => {
  if (!existsSync('/dev/shm') || statSync('/dev/shm').dev === statSync(place.tree).dev)
    context.skip('there is no second device here');
  const storeFolder = mkdtempSync('/dev/shm/belay-store-');
  try {
    place.bash(
      'git init -q .; echo 1 > f; git add f; git -c user.name=t -c user.email=t commit -qm c; echo {} > package.json; mkdir node_modules; echo m > node_modules/m',
    );
    const engine = place.open({ storeFolder });
    const path = join(place.tree, 'node_modules');
    const kept = await engine.take({ ...release(place.tree, [path]), quarantine: [path] });
    const before = manifest([place.tree], { times: true });
    place.bash('rm -rf .git node_modules f');
    expect(await engine.rollback(kept.id, EVERYTHING)).toMatchObject({ verified: true, left: [] });
    expect(manifest([place.tree], { times: true })).toEqual(before);
    expect(place.bash('git fsck 2>&1; git show HEAD:f')).toContain('1');
    await engine.close();
  } finally {
    rmSync(storeFolder, { recursive: true, force: true });
  }
});

test('the store is readable by nobody else', async () => {
  const engine = place.open();
  place.bash('echo secret > .env; chmod 600 .env; head -c 300000 /dev/urandom > large');
  await engine.take(release(place.tree));
  expect(statSync(place.store).mode & 0o777).toBe(0o700);
  const open = execFileSync('find', [place.store, '-perm', '/077', '-not', '-path', '*/links/*'], { encoding: 'utf8' });
  expect(open).toBe('');
});

test('after a restart an unchanged tree is not read again, and a change made meanwhile is seen', async () => {
  place.bash('for i in $(seq 600); do echo $i > f$i; done; mkdir d; echo 1 > d/1');
  const first = place.open();
  const kept = await first.take(release(place.tree));
  await first.close();
  writeFileSync(join(place.tree, 'f17'), 'changed');
  const second = place.open();
  const changed = await second.take(release(place.tree));
  expect(changed.newBytes).toBeLessThan(100_000);
  await second.close();
  for (const name of readdirSync(join(place.store, 'cache'))) truncateSync(join(place.store, 'cache', name), 5_000);
  const third = place.open();
  expect((await third.take(release(place.tree))).id).toBe(changed.id);
  await third.rollback(kept.id, EVERYTHING);
  expect(readFileSync(join(place.tree, 'f17'), 'utf8')).toBe('17\n');
  expect((await third.verify()).damaged).toEqual([]);
});
