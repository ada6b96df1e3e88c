import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { openSnapshots } from '../../src/snapshot/open.ts';
import type { SnapshotSummary } from '../../src/snapshot/snapshot.ts';
import { type Compiled, compileSnapshots } from './compiled.ts';
import { manifest } from './manifest.ts';
import { EVERYTHING, release, type Scratch, scratch } from './scratch.ts';

let compiled: Compiled;
let open: typeof openSnapshots;
let place: Scratch;

beforeAll(async () => {
  compiled = compileSnapshots();
  ({ openSnapshots: open } = await import(pathToFileURL(join(compiled.folder, 'snapshot/open.js')).href));
  place = scratch();
}, 120_000);

afterAll(async () => {
  compiled?.remove();
  await place?.end();
});

test('the engine works from a thread of its own and never blocks the caller', async () => {
  place.bash('mkdir -p many; for i in $(seq 4500); do echo $i > many/$i; done; echo S > .env');
  const before = manifest([place.tree], { times: true });
  const snapshots = await open({ storeFolder: place.store, freeFloorBytes: 0 });
  let turns = 0;
  const counter = setInterval(() => turns++, 1);
  const phases: string[] = [];
  const kept = await snapshots.take(release(place.tree), ({ phase }) => phases.push(phase));
  clearInterval(counter);
  expect(kept.files).toBe(4501);
  expect(turns).toBeGreaterThan(3);

  // A tree of this size is checked by two threads.
  writeFileSync(join(place.tree, 'many/17'), 'changed');
  const second = await snapshots.take(release(place.tree));
  expect(second.id).not.toBe(kept.id);
  place.bash('rm -rf many .env');
  expect(await snapshots.rollback(kept.id, EVERYTHING)).toMatchObject({ verified: true, left: [] });
  expect(manifest([place.tree], { times: true })).toEqual(before);
  expect(await snapshots.verify()).toMatchObject({ damaged: [] });
  await snapshots.close();
});

test('hundreds of changed files, which two threads read, come back as they were', async () => {
  const here = scratch();
  try {
    here.bash('mkdir -p many; for i in $(seq 300); do echo $i > many/$i; done');
    const snapshots = await open({ storeFolder: here.store, freeFloorBytes: 0 });
    await snapshots.take(release(here.tree));
    for (let n = 1; n <= 250; n++) writeFileSync(join(here.tree, `many/${n}`), `changed ${n}\n`.repeat(n));
    const before = manifest([here.tree], { times: true });
    const kept = await snapshots.take(release(here.tree));
    here.bash('rm many/*');
    expect(await snapshots.rollback(kept.id, EVERYTHING)).toMatchObject({ verified: true, left: [] });
    expect(manifest([here.tree], { times: true })).toEqual(before);
    expect((await snapshots.verify()).damaged).toEqual([]);
    await snapshots.close();
  } finally {
    await here.end();
  }
});

test('errors cross the thread with their code, words and advice', async () => {
  const snapshots = await open({ storeFolder: place.store, freeFloorBytes: 0 });
  await expect(snapshots.get('s-0000000000')).rejects.toMatchObject({ code: 'snapshot.unknown', name: 'BelayError' });
  await expect(open({ storeFolder: place.store })).rejects.toMatchObject({ code: 'snapshot.store-busy' });
  await snapshots.close();
  await expect(snapshots.get('last')).rejects.toMatchObject({ code: 'snapshot.failed' });
  expect(readFileSync(join(place.store, 'VERSION'), 'utf8')).toBe('1\n');
});

test('what is about to run in another tree is kept while a large tree is read for the first time', async () => {
  const own = scratch();
  try {
    own.bash('mkdir -p many; for i in $(seq 3000); do echo "file $i" > many/$i; done');
    own.bash('echo precious > p; mkdir node_modules; echo {} > package.json', own.outside);
    const before = manifest([own.tree], { times: true });
    const beside = manifest([own.outside], { times: true });
    const snapshots = await open({ storeFolder: own.store, freeFloorBytes: 0 });
    const baseline = { root: own.tree, paths: [], reason: { ...release(null).reason, kind: 'baseline' as const } };
    const urgent: Promise<SnapshotSummary>[] = [];
    const large = snapshots.take(baseline, () => {
      // Only once it is at work: what is asked for before then is taken in turn.
      if (urgent.length === 0) urgent.push(snapshots.take(release(own.outside)));
    });
    const first = await large;
    const [small] = await Promise.all(urgent);
    if (small === undefined) throw new Error('it never said how far it was');
    expect(small.id < first.id).toBe(true);
    expect([small.files, first.files]).toEqual([2, 3000]);
    expect((await snapshots.list({})).map(({ id }) => id)).toEqual([first.id, small.id]);
    own.bash('rm -rf many; rm "$OUT/p"');
    expect(await snapshots.rollback(small.id, EVERYTHING)).toMatchObject({ verified: true, left: [] });
    expect(await snapshots.rollback(first.id, EVERYTHING)).toMatchObject({ verified: true, left: [] });
    expect([manifest([own.tree], { times: true }), manifest([own.outside], { times: true })]).toEqual([before, beside]);
    expect((await snapshots.verify()).damaged).toEqual([]);
    await snapshots.close();
  } finally {
    await own.end();
  }
});
