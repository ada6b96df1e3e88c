import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { idMaker } from '../../src/snapshot/id.ts';
import { expired } from '../../src/snapshot/retention.ts';
import type { SnapshotSummary, Snapshots } from '../../src/snapshot/snapshot.ts';
import { Store } from '../../src/snapshot/store.ts';
import { EVERYTHING, release, type Scratch, scratch } from './scratch.ts';

let place: Scratch;
let now = 0;
beforeEach(() => {
  place = scratch();
  now = Date.parse('2026-03-01T00:00:00Z');
});
afterEach(() => place.end());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (name: string): string => join(place.tree, name);

/** Takes the tree after `name` was written anew. */
async function takeAfter(
  engine: Snapshots,
  name: string,
  kind: 'release' | 'burst' = 'release',
): Promise<SnapshotSummary> {
  writeFileSync(at(name), String(now));
  const request = release(place.tree);
  return engine.take({ ...request, reason: { ...request.reason, kind } });
}

async function left(engine: Snapshots, keep: readonly string[] = []): Promise<ReadonlySet<string>> {
  await engine.prune({ dryRun: false, keep });
  return new Set((await engine.list({})).map(({ id }) => id));
}

test('the snapshot with the last copy of a path outlives those of its hour, and goes after thirty days', async () => {
  const engine = place.open({ now: () => now });
  await takeAfter(engine, 'f');
  now += 60_000;
  writeFileSync(at('precious'), 'the only one');
  const holder = await takeAfter(engine, 'f');
  rmSync(at('precious'));
  now += 60_000;
  const next = await takeAfter(engine, 'f');
  now += 60_000;
  await takeAfter(engine, 'f');
  now += 2 * DAY;
  await takeAfter(engine, 'f');
  const after = await left(engine);
  expect([after.has(holder.id), after.has(next.id)]).toEqual([true, false]);
  await engine.rollback(holder.id, { ...EVERYTHING, paths: [at('precious')] });
  expect(existsSync(at('precious'))).toBe(true);
  rmSync(at('precious'));
  now += 29 * DAY;
  await takeAfter(engine, 'f');
  expect((await left(engine)).has(holder.id)).toBe(false);
});

test('a path that is there again needs no old snapshot', async () => {
  const engine = place.open({ now: () => now });
  writeFileSync(at('back'), 'x');
  const holder = await takeAfter(engine, 'f');
  rmSync(at('back'));
  now += 60_000;
  await takeAfter(engine, 'f');
  writeFileSync(at('back'), 'x');
  now += 60_000;
  await takeAfter(engine, 'f');
  now += 2 * DAY;
  await takeAfter(engine, 'f');
  expect((await left(engine)).has(holder.id)).toBe(false);
});

test('bursts of changes grow thin after an hour; what came before a command does not', async () => {
  const engine = place.open({ now: () => now });
  const bursts: string[] = [];
  const before: string[] = [];
  for (let n = 0; n < 36; n++) {
    bursts.push((await takeAfter(engine, 'f', 'burst')).id);
    now += 30_000;
    before.push((await takeAfter(engine, 'f')).id);
    now += 30_000;
  }
  now += 3 * HOUR;
  const after = await left(engine);
  expect(before.filter((id) => after.has(id))).toHaveLength(36);
  expect(bursts.filter((id) => after.has(id))).toHaveLength(4);
});

test('keep-days shortens what is kept, never the newest of a live session', async () => {
  const engine = place.open({ now: () => now, keepDays: 2 });
  const own = await engine.take(release(place.tree, [], 'session-live'));
  await takeAfter(engine, 'f');
  now += 3 * DAY;
  const newest = await takeAfter(engine, 'f');
  expect(await left(engine, ['session-live'])).toEqual(new Set([own.id, newest.id]));
  expect(await left(engine)).toEqual(new Set([newest.id]));
});

test('what was moved aside is counted, goes by age, and its loss is said', async () => {
  const engine = place.open({ now: () => now });
  writeFileSync(at('package.json'), '{}');
  mkdirSync(at('node_modules'));
  writeFileSync(at('node_modules/m'), Buffer.alloc(100_000, 1));
  const path = at('node_modules');
  const kept = await engine.take({ ...release(place.tree, [path]), quarantine: [path] });
  const usage = await engine.usage();
  expect(usage.asideBytes).toBeGreaterThanOrEqual(100_000);
  expect(usage.bytes).toBeGreaterThan(usage.asideBytes ?? 0);
  now += 6 * DAY;
  await engine.prune({ dryRun: false, keep: [kept.id] });
  expect((await engine.usage()).asideBytes).toBe(usage.asideBytes);
  now += 2 * DAY;
  const dry = await engine.prune({ dryRun: true, keep: [kept.id] });
  expect(dry.freedBytes).toBeGreaterThanOrEqual(100_000);
  expect((await engine.prune({ dryRun: false, keep: [kept.id] })).freedBytes).toBeGreaterThanOrEqual(100_000);
  expect((await engine.usage()).asideBytes).toBe(0);
  const result = await engine.rollback(kept.id, EVERYTHING);
  expect(result).toMatchObject({ verified: false, left: [{ path, why: 'it was moved aside, and dropped since' }] });
});

test('pruning does not make the next snapshot read what it knows', async () => {
  const engine = place.open({ now: () => now });
  for (let n = 0; n < 4; n++) {
    await takeAfter(engine, 'f');
    now += 60_000;
  }
  writeFileSync(at('still'), 'a');
  utimesSync(at('still'), 1_000, 1_000);
  now += 2 * DAY;
  const kept = await takeAfter(engine, 'f');
  expect((await engine.prune({ dryRun: false, keep: [] })).dropped).not.toEqual([]);
  const again = await engine.take(release(place.tree));
  expect([again.id, again.newBytes]).toEqual([kept.id, 0]);
  expect((await engine.verify()).damaged).toEqual([]);
});

test('a budget that is nine tenths full is made room in by itself: the oldest go, the newest of a live session stays', async () => {
  const engine = place.open({ now: () => now, budgetBytes: 1_000_000 });
  const ids: string[] = [];
  for (let n = 0; n < 9; n++) {
    writeFileSync(at('f'), Buffer.alloc(103_000, n + 1));
    ids.push((await engine.take(release(place.tree, [], n === 0 ? 'session-first' : 'session-a'))).id);
    now += 60_000;
  }
  await vi.waitFor(async () => expect((await engine.list({})).length).toBeLessThan(9));
  const after = new Set<string>((await engine.list({})).map(({ id }) => id));
  expect([ids[0], ids[1], ids[8]].map((id) => after.has(id ?? ''))).toEqual([true, false, true]);
  expect((await engine.usage()).bytes).toBeLessThan(900_000);
  expect((await engine.verify()).damaged).toEqual([]);
});

test('of more snapshots than five thousand the oldest go', () => {
  const store = new Store({ folder: place.store, budgetBytes: 1e9, freeFloorBytes: 0 });
  const summary = { root: null, paths: [], files: 0, bytes: 0, newBytes: 0, notKept: [], git: null, ms: 0 };
  const reason = { kind: 'release', request: null, session: null, command: null } as const;
  const nextId = idMaker(null);
  store.records = Array.from({ length: 5_010 }, (_, n) => {
    const taken = now + n * 1_000;
    return { summary: { ...summary, id: nextId(taken), at: taken, reason }, roots: [], quarantined: [] };
  });
  const gone = expired(store, { keep: [], now: now + HOUR * 2, keepMs: 30 * DAY });
  expect(gone.sort()).toEqual(store.records.slice(0, 10).map(({ summary: { id } }) => id));
  store.close();
});
