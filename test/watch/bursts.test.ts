import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Bursts, type Clock } from '../../src/watch/bursts.ts';
import { Tripwire } from '../../src/watch/tripwire.ts';

/** A clock that goes on when it is told to. */
class HandClock implements Clock {
  #now = 0;
  #waiting: { at: number; act: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): () => void {
    const one = { at: this.#now + ms, act };
    this.#waiting.push(one);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== one);
    };
  }

  /** Lets time pass in tenths of a second, and everything that waits for a promise with it. */
  async pass(ms: number): Promise<void> {
    for (const end = this.#now + ms; this.#now < end; this.#now += 100) {
      const due = this.#waiting.filter(({ at }) => at <= this.#now);
      this.#waiting = this.#waiting.filter(({ at }) => at > this.#now);
      for (const { act } of due) act();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const TIMES = { quietMs: 3_000, apartMs: 10_000, unrestMs: 60_000 };

function counted(): { clock: HandClock; bursts: Bursts; calls: number[] } {
  const clock = new HandClock();
  const calls: number[] = [];
  const bursts = new Bursts(async () => calls.push(clock.now()), TIMES, clock);
  return { clock, bursts, calls };
}

test('a burst of changes is called for once, when the tree has come to rest', async () => {
  const { clock, bursts, calls } = counted();
  for (let n = 0; n < 20; n++) {
    bursts.changed();
    await clock.pass(200);
  }
  expect(calls).toEqual([]);
  await clock.pass(60_000);
  expect(calls).toEqual([6_800]);
});

test('calls are never closer than they may be, and the last change is not forgotten', async () => {
  const { clock, bursts, calls } = counted();
  for (let n = 0; n < 6; n++) {
    bursts.changed();
    await clock.pass(4_000);
  }
  await clock.pass(60_000);
  expect(calls).toEqual([3_000, 15_000, 25_000]);
});

test('a tree that never rests is called for once a minute', async () => {
  const { clock, bursts, calls } = counted();
  for (let n = 0; n < 150; n++) {
    bursts.changed();
    await clock.pass(1_000);
  }
  expect(calls).toHaveLength(2);
});

test('while one is being kept none other is asked for, and one that fails is tried again at the next change', async () => {
  const clock = new HandClock();
  const ends: (() => void)[] = [];
  const bursts = new Bursts(() => new Promise((_, reject) => ends.push(() => reject(new Error('full')))), TIMES, clock);
  bursts.changed();
  await clock.pass(5_000);
  bursts.changed();
  await clock.pass(60_000);
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await clock.pass(5_000);
  expect(ends).toHaveLength(2);
});

test('what happens while it is held back, or after it is closed, is not called for', async () => {
  const { clock, bursts, calls } = counted();
  bursts.changed();
  bursts.hold();
  bursts.changed();
  await clock.pass(20_000);
  bursts.go();
  await clock.pass(20_000);
  expect(calls).toEqual([]);
  bursts.changed();
  bursts.close();
  await clock.pass(20_000);
  expect(calls).toEqual([]);
});

test('the watcher tells of files that are written, not only of those that come and go', async () => {
  const root = mkdtempSync(join(tmpdir(), 'bursts-'));
  writeFileSync(join(root, 'f'), 'one');
  let tell = (): void => {};
  const changed = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const options = { root, deletions: 50, seconds: 5, leaveOut: new Set<string>(), onChange: () => tell() };
  const wire = new Tripwire(options, () => {});
  await wire.ready();
  writeFileSync(join(root, 'f'), 'two');
  await changed;
  await wire.close();
  rmSync(root, { recursive: true });
});
