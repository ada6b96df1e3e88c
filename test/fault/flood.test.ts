import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Caller, ended, eventually, execFrame, Machine } from '../daemon/rig.ts';

// Promise 6: floods don't starve, and nothing piles up.
const machine = new Machine();
const MB = 1024 ** 2;
const FLOOD = 2_000;
const SOAK_MS = 20_000;
const PER_SECOND = 50;

beforeAll(async () => {
  mkdirSync(join(machine.work, 'src'));
  for (let n = 0; n < 50; n++) writeFileSync(join(machine.work, 'src', `f${n}`), 'work');
  await machine.start();
});
afterAll(() => machine.close());

/** An honest session in a process of its own: asks again and again until it is told to stop, and tells how long each took. */
const HONEST = `
  const { connect } = require('net');
  const [path, frame] = process.argv.slice(1);
  const times = [];
  let from = 0;
  const ask = () => {
    from ||= performance.now();
    const socket = connect(path, () => socket.write(Buffer.from(frame, 'base64')));
    socket.once('data', (answer) => {
      if (answer.toString('latin1', 4, 8) === 'ALOW') times.push(performance.now() - from);
      from = 0;
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(ask, 5));
  };
  process.stdin.on('end', () => { if (from > 0) times.push(performance.now() - from); console.log(JSON.stringify(times)); process.exit(); }).resume();
  ask();`;

async function honestWhile(busy: () => Promise<void>): Promise<readonly number[]> {
  const frame = execFrame('ls', { cwd: machine.work, session: 'honest' }).toString('base64');
  const child = spawn(process.execPath, ['-e', HONEST, machine.socket, frame], { stdio: ['pipe', 'pipe', 'inherit'] });
  const end = ended(child);
  await busy();
  child.stdin?.end();
  return JSON.parse((await end).stdout);
}

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}

test('two thousand requests at once from one session: each is answered or told, an honest one goes on, memory stays bounded', async () => {
  const alone = await honestWhile(() => new Promise((resolve) => setTimeout(resolve, 1_500)));
  const before = machine.rss();
  const flood: Caller[] = [];
  let peak = before;
  const isSettled = (caller: Caller): boolean => caller.isClosed || caller.frames.length > 0;
  const beside = await honestWhile(async () => {
    for (let n = 0; n < FLOOD; n++)
      flood.push(machine.ask(n % 2 === 0 ? `rm -rf src/f${n % 50}` : `cat src/f${n % 50}`, { session: 'flood' }));
    await eventually('every answer', () => {
      peak = Math.max(peak, machine.rss());
      return flood.every(isSettled) ? true : null;
    });
  });
  const count = (type: string): number =>
    flood.filter((caller) => caller.frames.some((frame) => frame.type === type)).length;
  console.log(
    `${FLOOD} at once: ${count('HELD')} held, ${count('ALOW')} allowed, ${flood.filter((one) => one.frames.length === 0).length} turned away; ` +
      `honest median ${median(beside).toFixed(1)} ms beside (${beside.length} asked, longest ${Math.max(...beside).toFixed(0)} ms), ${median(alone).toFixed(1)} ms alone; ` +
      `memory ${(before / MB).toFixed(0)} MB before, ${(peak / MB).toFixed(0)} MB at most`,
  );
  expect(count('ALOW')).toBe(FLOOD / 2);
  expect(count('HELD')).toBe(FLOOD / 2);
  expect(peak).toBeLessThan(600 * MB);
  expect(await machine.call('held.list', {})).toHaveLength(FLOOD / 2);
  for (const caller of flood) caller.drop();
  await eventually('all cancelled', async () => ((await machine.call('held.list', {})).length === 0 ? true : null));
  expect(machine.isRunning).toBe(true);
});

test('steady: nothing is left open by what came and went', async () => {
  const round = async (n: number): Promise<void> => {
    const caller = machine.ask(n % 10 === 0 ? 'rm -rf src/f1' : 'cat src/f2', { session: 'steady' });
    const { type } = await caller.first('HELD', 'ALOW', 'WTCH', 'DENY');
    if (type === 'HELD') {
      const id = await caller.held();
      await machine.answer(id, n % 20 === 0);
      await caller.first('WTCH', 'DENY');
      if (n % 20 === 0) return caller.done();
    }
    caller.drop();
  };
  for (let n = 0; n < 100; n++) await round(n);
  const open = machine.openFiles();
  const before = machine.rss();
  const until = Date.now() + SOAK_MS;
  let asked = 0;
  while (Date.now() < until) {
    const next = Date.now() + 1_000 / PER_SECOND;
    await round(asked++);
    const left = next - Date.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
  }
  await eventually('what was open to be closed', () => (machine.openFiles() <= open ? true : null));
  console.log(
    `${asked} requests in ${SOAK_MS / 1000} s: memory ${(before / MB).toFixed(0)} MB, then ${(machine.rss() / MB).toFixed(0)} MB; open files ${open}, then ${machine.openFiles()}`,
  );
});
