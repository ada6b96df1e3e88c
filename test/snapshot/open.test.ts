import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { openSnapshots } from '../../src/snapshot/open.ts';
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

test('errors cross the thread with their code, words and advice', async () => {
  const snapshots = await open({ storeFolder: place.store, freeFloorBytes: 0 });
  await expect(snapshots.get('s-0000000000')).rejects.toMatchObject({ code: 'snapshot.unknown', name: 'BelayError' });
  await expect(open({ storeFolder: place.store })).rejects.toMatchObject({ code: 'snapshot.store-busy' });
  await snapshots.close();
  await expect(snapshots.get('last')).rejects.toMatchObject({ code: 'snapshot.failed' });
  expect(readFileSync(join(place.store, 'VERSION'), 'utf8')).toBe('1\n');
});
