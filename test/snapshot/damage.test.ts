// A damaged store: what is damaged is named and left alone, everything else is had back, and what stands there stays.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Snapshots } from '../../src/snapshot/snapshot.ts';
import { EVERYTHING, release, type Scratch, scratch } from './scratch.ts';

let place: Scratch;
beforeEach(() => {
  place = scratch();
});
afterEach(() => place.end());

const at = (...names: string[]): string => join(place.tree, ...names);

/** Turns a byte of the first segment where `text` stands. */
function spoil(text: string): void {
  const file = join(place.store, 'segments/000001.seg');
  const bytes = readFileSync(file);
  const where = bytes.indexOf(text);
  expect(where).toBeGreaterThan(0);
  bytes[where] = (bytes[where] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

async function keptTree(): Promise<string> {
  place.bash(
    'mkdir d e; echo sound > d/sound; echo spoiled > d/spoiled; head -c 400000 /dev/urandom > large; echo f > e/unmistakable',
  );
  const engine = place.open();
  const { id } = await engine.take(release(place.tree));
  await engine.close();
  return id;
}

test('a rollback refuses what is damaged, leaves what stands in its place, and has the rest back', async () => {
  const id = await keptTree();
  spoil('spoiled\n');
  for (const name of readdirSync(join(place.store, 'objects'), { recursive: true, encoding: 'utf8' })) {
    const file = join(place.store, 'objects', name);
    if (statSync(file).isFile()) writeFileSync(file, Buffer.alloc(400_000, 1));
  }
  place.bash('echo mine > d/spoiled; echo mine > large; rm d/sound');
  const engine = place.open();
  const result = await engine.rollback(id, EVERYTHING);
  expect(result.verified).toBe(false);
  expect(result.left.map(({ path }) => path).sort()).toEqual([at('d/spoiled'), at('large')]);
  expect(place.bash('cat d/sound d/spoiled large; ls -A d')).toBe('sound\nmine\nmine\nsound\nspoiled\n');
});

test('below a folder whose list is damaged nothing is removed and nothing changed', async () => {
  const id = await keptTree();
  spoil('unmistakable'); // in the list of e
  const engine = place.open();
  place.bash('echo mine > e/unmistakable; echo new > e/new; rm d/sound');
  const { left } = await engine.rollback(id, EVERYTHING);
  expect(left).toMatchObject([{ path: at('e') }]);
  expect(place.bash('cat e/unmistakable e/new d/sound')).toBe('mine\nnew\nsound\n');
});

test('a damaged index is made again from what it stands for, and no object is lost by it', async () => {
  const id = await keptTree();
  const index = join(place.store, 'segments/000001.idx');
  const bytes = readFileSync(index);
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  writeFileSync(index, bytes);
  const engine = place.open();
  expect((await engine.verify()).damaged).toEqual([]);
  place.bash('rm -rf d e large');
  expect(await engine.rollback(id, EVERYTHING)).toMatchObject({ verified: true });
});

test('an object that is damaged hides none behind it when the index is damaged too, and is kept anew when it is still there', async () => {
  await keptTree();
  spoil('spoiled\n');
  writeFileSync(join(place.store, 'segments/000001.idx'), 'no index at all');
  for (let n = 0; n < 2; n++) {
    const engine: Snapshots = place.open();
    expect((await engine.verify()).damaged.map(({ path }) => path)).toEqual(n === 0 ? [at('d/spoiled')] : []);
    place.bash(`echo ${n} > more`);
    await engine.take(release(place.tree));
    await engine.close();
  }
});

test('what is not ours in the store is passed over, and a snapshot whose record is damaged is told from one that never was', async () => {
  const id = await keptTree();
  writeFileSync(join(place.store, 'objects/rubbish'), 'x');
  mkdirSync(join(place.store, 'segments/000007.seg'));
  writeFileSync(join(place.store, 'restore/s-0000000000.journal'), 'half a jour');
  writeFileSync(join(place.store, 'snaps/s-0000000000.json'), 'half a record');
  const engine = place.open();
  await expect(engine.get('s-0000000000')).rejects.toMatchObject({ code: 'snapshot.store-damaged' });
  await expect(engine.resume()).rejects.toMatchObject({ code: 'snapshot.store-damaged' });
  place.bash('rm -rf d');
  expect(await engine.rollback(id, EVERYTHING)).toMatchObject({ verified: true });
  expect((await engine.verify()).damaged).toMatchObject([{ snapshot: 's-0000000000' }]);
});

test('what the store says that it takes is what du counts', async () => {
  place.bash(
    'git init -q .; head -c 900000 /dev/urandom > a; git add a; git -c user.name=t -c user.email=t commit -qm c',
  );
  place.bash('mkdir node_modules; echo {} > package.json; head -c 200000 /dev/urandom > node_modules/m');
  const engine = place.open();
  const path = at('node_modules');
  await engine.take({ ...release(place.tree, [path]), quarantine: [path] });
  const { bytes, asideBytes = 0, sharedBytes = 0 } = await engine.usage();
  expect(asideBytes).toBeGreaterThanOrEqual(200_000);
  expect(sharedBytes).toBeGreaterThanOrEqual(900_000);
  const counted = Number(execFileSync('du', ['-s', '-B1', place.store], { encoding: 'utf8' }).split('\t')[0]);
  expect(Math.abs(bytes + sharedBytes - counted)).toBeLessThan(0.02 * counted + 50_000);
});
