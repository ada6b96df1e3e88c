import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkShims } from '../../src/session/shim-links.ts';
import { ended, eventually, Machine } from '../daemon/rig.ts';
import { ROOT } from '../scenario/product.ts';

// Promises 1, 2 and 7: what is held outlives the daemon, and an approval is for that request, once.
let machine: Machine;
beforeEach(async () => {
  machine = new Machine();
  mkdirSync(join(machine.work, 'src'));
  writeFileSync(join(machine.work, 'src/a'), 'work');
  await machine.start();
});
afterEach(() => machine.close());

const COMMAND = 'rm -rf src';

async function heldIds(): Promise<readonly string[]> {
  return (await machine.call('held.list', {})).map((one) => one.id);
}

async function killAndRestart(): Promise<void> {
  await machine.kill();
  await machine.start();
}

test('the next daemon has what was held, and an approval given then releases it', async () => {
  const id = await machine.ask(COMMAND).held();
  await killAndRestart();
  expect(await heldIds()).toEqual([id]);
  const back = machine.ask(COMMAND, { again: true });
  expect(await back.held()).toBe(id);
  await machine.answer(id, true);
  expect(await back.verdict()).toBe('WTCH');
});

test("a real shim's wait goes on over a killed daemon, which it starts itself, and the approval releases the command", async () => {
  const links = linkShims(ROOT, join(machine.folder, 'links'), machine.env['PATH'] ?? '');
  const starter = join(machine.folder, 'start');
  const program = `exec '${process.execPath}' '${ROOT}/bin/belay.js' daemon serve`;
  writeFileSync(starter, `#!/bin/sh\nexport HOME='${machine.home}'\n${program}\n`, { mode: 0o700 });
  const env = {
    ...machine.env,
    BELAY_SESSION: 'sess-1',
    BELAY_SOCKET: machine.socket,
    BELAY_START: starter,
    BELAY_SHIMS: links.bin,
  };
  const child = spawn(join(links.bin, 'bash'), ['-c', COMMAND], {
    cwd: machine.work,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = ended(child);
  const [id = ''] = await eventually('held', async () => {
    const ids = await heldIds();
    return ids.length === 0 ? null : ids;
  });
  await machine.kill();
  await eventually('the daemon that the shim starts', () =>
    heldIds().then(
      () => true,
      () => null,
    ),
  );
  expect(await heldIds()).toEqual([id]);
  await machine.answer(id, true);
  expect((await end).code).toBe(0);
  const history = await machine.call('log.get', { id });
  expect(history?.answer).toMatchObject({ by: 'person', granted: true });
  expect(history?.release).not.toBe(null);
});

test('an approval given while the caller is away is consumed once, and outlives another kill', async () => {
  const id = await machine.ask(COMMAND).held();
  await killAndRestart();
  await machine.answer(id, true);
  await expect(machine.answer(id, true)).rejects.toMatchObject({ code: 'request.not-held' });
  await killAndRestart();
  const back = machine.ask(COMMAND, { again: true });
  expect(await back.verdict()).toBe('WTCH');
  await back.done();
  const replayed = machine.ask(COMMAND, { again: true });
  expect(await replayed.held()).not.toBe(id);
  await killAndRestart();
  expect(await heldIds()).not.toContain(id);
  const history = await machine.call('log.get', { id });
  expect(history?.release).not.toBe(null);
});

test('a refusal given while the caller is away is what it hears', async () => {
  const id = await machine.ask(COMMAND).held();
  await killAndRestart();
  await machine.answer(id, false);
  const back = machine.ask(COMMAND, { again: true });
  expect(await back.verdict()).toBe('DENY');
  expect(back.text).toContain('a person refused it');
});

test('an approval is not for another command, nor for another session', async () => {
  const id = await machine.ask(COMMAND).held();
  await killAndRestart();
  await machine.answer(id, true);
  writeFileSync(join(machine.work, 'b'), 'work');
  for (const other of [
    machine.ask('rm -rf b', { again: true }),
    machine.ask(COMMAND, { again: true, session: 'sess-2' }),
  ]) {
    expect(await other.held()).not.toBe(id);
    other.drop();
  }
  expect(await machine.ask(COMMAND, { again: true }).verdict()).toBe('WTCH');
});

test('an approval is not for another process with the same words, whatever pid it names', async () => {
  const id = await machine.ask(COMMAND).held();
  await killAndRestart();
  await machine.answer(id, true);
  const send = `require('net').connect(process.argv[1]).write(Buffer.from(process.argv[2], 'base64')); setTimeout(() => {}, 60000)`;
  const frame = frameOf(COMMAND, { pid: process.pid, again: 1 });
  const line = `'${process.execPath}' -e "${send}" '${machine.socket}' ${frame} & wait`;
  const stranger = spawn('sh', ['-c', line], { env: machine.env, stdio: 'ignore' });
  const [other] = await eventually('its question', async () => {
    const ids = await heldIds();
    return ids.length === 0 ? null : ids;
  });
  expect(other).not.toBe(id);
  expect(await machine.ask(COMMAND, { again: true }).verdict()).toBe('WTCH');
  stranger.kill();
});

test('what a link led to when the person looked is what it must lead to when it is released', async () => {
  const elsewhere = join(machine.home, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'precious'), 'work');
  symlinkSync('src', join(machine.work, 'link'));
  const swap = (): void => {
    rmSync(join(machine.work, 'link'));
    symlinkSync(elsewhere, join(machine.work, 'link'));
  };
  const caller = machine.ask('rm -rf link/*');
  const id = await caller.held();
  swap();
  await machine.answer(id, true);
  await caller.until('a second question', () => caller.frames.filter(({ type }) => type === 'HELD').length === 2);
  expect(caller.frames.map(({ type }) => type)).toEqual(['HELD', 'HELD']);
  expect(caller.text).toContain('came to lead elsewhere');
  await machine.answer(id, false);
  expect(await caller.verdict()).toBe('DENY');
});

test('a link that is swapped while the daemon is away leads to a new question too', async () => {
  const elsewhere = join(machine.home, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'precious'), 'work');
  symlinkSync('src', join(machine.work, 'link'));
  const id = await machine.ask('rm -rf link/*').held();
  await killAndRestart();
  await machine.answer(id, true);
  rmSync(join(machine.work, 'link'));
  symlinkSync(elsewhere, join(machine.work, 'link'));
  const back = machine.ask('rm -rf link/*', { again: true });
  await back.until('the new question', () => back.text.includes('came to lead elsewhere'));
  expect(back.frames.every(({ type }) => type === 'HELD')).toBe(true);
});

test('what was held for a process that is gone is not held for ever', async () => {
  const child = spawn(
    process.execPath,
    [
      '-e',
      `require('net').connect(${JSON.stringify(machine.socket)}).write(Buffer.from(process.argv[1], 'base64')); setTimeout(() => {}, 60000)`,
      frameOf(COMMAND),
    ],
    { stdio: 'ignore' },
  );
  await eventually('held', async () => ((await heldIds()).length === 1 ? true : null));
  await machine.kill();
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  await machine.start();
  expect(await heldIds()).toEqual([]);
});

test('a caller whose tree changed while the daemon was away, so that nothing is lost any more, runs and leaves nothing held', async () => {
  await machine.ask(COMMAND).held();
  await machine.kill();
  renameSync(join(machine.work, 'src'), join(machine.work, 'kept'));
  await machine.start();
  const back = machine.ask(COMMAND, { again: true });
  await back.first('ALOW', 'WTCH', 'HELD');
  if (!back.text.includes('HELD')) expect(await heldIds()).toEqual([]);
});

function frameOf(line: string, more: { readonly pid?: number; readonly again?: number } = {}): string {
  const strings = [machine.work, '/usr/bin/bash', 'bash', '-c', line, `HOME=${machine.home}`].map(
    (text) => `${text}\0`,
  );
  const blob = Buffer.from(strings.join(''));
  const header = Buffer.from(JSON.stringify({ v: 1, pid: 1, ppid: 1, argc: 3, envc: 1, ...more }));
  const prefix = Buffer.alloc(16);
  prefix.write('BLY1EXEC');
  prefix.writeUInt32LE(header.length, 8);
  prefix.writeUInt32LE(blob.length, 12);
  return Buffer.concat([prefix, header, blob]).toString('base64');
}
