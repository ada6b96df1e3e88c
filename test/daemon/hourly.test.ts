import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Hourly } from '../../src/daemon/hourly.ts';

const HOUR = 3_600_000;

test('it comes an hour after the start, then once an hour, whatever went wrong, and never twice at once', async () => {
  let now = 1_000_000;
  let calls = 0;
  let end: () => void = () => {};
  const hourly = new Hourly(
    () => {
      calls++;
      if (calls === 1) return Promise.reject(new Error('the disk is full'));
      return new Promise((resolve) => {
        end = resolve;
      });
    },
    () => now,
  );
  const after = async (ms: number): Promise<number> => {
    now += ms;
    hourly.look();
    await setImmediate();
    return calls;
  };
  expect(await after(HOUR - 1)).toBe(0);
  expect(await after(1)).toBe(1);
  expect(await after(5_000)).toBe(1);
  expect(await after(HOUR)).toBe(2);
  expect(await after(HOUR)).toBe(2); // the second is still at it
  end();
  await setImmediate();
  expect(await after(1)).toBe(3);
  end();
  await setImmediate();
  expect(await after(-10 * HOUR)).toBe(3); // the clock was set back
  expect(await after(HOUR)).toBe(4);
});
