import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DaemonClient } from '../../src/daemon/client.ts';
import { ended, eventually, Machine } from '../daemon/rig.ts';
import { BELAY } from '../scenario/product.ts';

// Promises 7 and 9: an approval is for that request, once; and none comes from inside.
const machine = new Machine();
let session: DaemonClient;

beforeAll(async () => {
  mkdirSync(join(machine.work, 'src'));
  writeFileSync(join(machine.work, 'src/a'), 'work');
  await machine.start();
  session = await machine.startSession('sess-1');
});
afterAll(async () => {
  session.close();
  await machine.close();
});

const COMMAND = 'rm -rf src';

test('a request is answered once', async () => {
  const caller = machine.ask(COMMAND);
  const id = await caller.held();
  const answers = await Promise.allSettled(Array.from({ length: 10 }, () => machine.answer(id, false)));
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const answer of answers) {
    if (answer.status === 'rejected')
      expect(answer.reason).toHaveProperty('code', expect.stringMatching(/^request\.(not-held|unknown)$/));
  }
  expect(await caller.verdict()).toBe('DENY');
});

test('an id that is not held is said, with those that are', async () => {
  await expect(machine.answer('r-nothing', true)).rejects.toMatchObject({ code: 'request.unknown' });
  const caller = machine.ask(COMMAND);
  const id = await caller.held();
  await expect(machine.answer('r-nothing', true)).rejects.toMatchObject({
    code: 'request.unknown',
    next: expect.stringContaining(id),
  });
  caller.drop();
});

test('the start of an id is enough when it is unmistakable and not shorter than three letters', async () => {
  const caller = machine.ask(COMMAND);
  const id = await caller.held();
  for (const short of ['', 'r-', id.slice(0, 3), id.slice(0, 4)])
    await expect(machine.answer(short, true), short).rejects.toMatchObject({ code: 'request.unknown' });
  await machine.answer(id.slice(2, 6), true);
  expect(await caller.verdict()).toBe('WTCH');
  await caller.done();
});

test('a second time the same command is asked about again', async () => {
  for (let round = 0; round < 2; round++) {
    const caller = machine.ask(COMMAND);
    await machine.answer(await caller.held(), true);
    expect(await caller.verdict()).toBe('WTCH');
    await caller.done();
  }
});

test('a grave request needs its whole id a second time', async () => {
  const caller = machine.ask('rm -rf .');
  const seen = await caller.first('HELD', 'DENY');
  expect(seen.type).toBe('HELD');
  const id = await caller.held();
  expect((await machine.call('held.list', {})).find((one) => one.id === id)?.verdict.grave).toBe(true);
  for (const confirm of [null, '', id.slice(0, 6)])
    await expect(machine.answer(id, true, confirm)).rejects.toMatchObject({ code: 'approval.grave' });
  await machine.answer(id, false);
  expect(await caller.verdict()).toBe('DENY');
});

test('a caller that goes away cancels its request, and the journal says so', async () => {
  const caller = machine.ask(COMMAND);
  const id = await caller.held();
  caller.drop();
  await eventually('the cancel', async () => ((await machine.call('held.list', {})).length === 0 ? true : null));
  await expect(machine.answer(id, true)).rejects.toMatchObject({ code: 'request.unknown' });
  expect((await machine.call('log.get', { id }))?.answer).toMatchObject({ by: 'caller-gone', granted: false });
});

test('an answer is in the journal before its caller hears of it', async () => {
  const caller = machine.ask(COMMAND);
  const id = await caller.held();
  await machine.answer(id, true);
  await caller.verdict();
  await machine.kill();
  await machine.start();
  const history = await machine.call('log.get', { id });
  expect(history).toMatchObject({ answer: { granted: true, by: 'person' }, release: { snapshot: expect.any(String) } });
  expect(history?.answer?.pid).toBe(process.pid);
  session = await machine.startSession('sess-1');
  expect(await machine.call('log.verify', {})).toMatchObject({ brokenAt: null });
});

const INSIDE: readonly [string, readonly string[], Record<string, string>][] = [
  ['a child', [], {}],
  ['a child with a clean environment', ['env', '-i', `HOME=${machine.home}`], {}],
  ['a grandchild in a session of its own', ['setsid', '-w'], {}],
  ['a stranger that carries the mark', [], { BELAY_SESSION: 'sess-9' }],
];

test.each(INSIDE)(
  'from inside the session nothing is approved, and the try is recorded: %s',
  async (_, wrapper, env) => {
    const caller = machine.ask(COMMAND);
    const id = await caller.held();
    const before = (await machine.call('log.newest', {})).seq;
    for (const words of [['approve', id], ['deny', id], ['off'], ['observe'], ['daemon', 'stop']]) {
      const { code, stderr } = await machine.belay(words, env, wrapper);
      expect(code, words.join(' ')).toBe(1);
      expect(stderr).toMatch(/from inside (the|a) guarded session/);
    }
    const alarms = (await machine.call('log.after', { seq: before, limit: 100 })).flatMap(({ record }) =>
      record.kind === 'alarm' ? [record.rule] : [],
    );
    expect(alarms).toContain('guard.self-approval');
    expect(alarms).toContain('guard.tamper');
    expect((await machine.call('held.list', {})).map((one) => one.id)).toEqual([id]);
    expect((await machine.call('status', {})).mode).toBe('auto');
    caller.drop();
    await eventually('the cancel', async () => ((await machine.call('held.list', {})).length === 0 ? true : null));
  },
);

test('a process that forked twice, and whose parent is gone, is inside by its mark', async () => {
  const caller = machine.ask(COMMAND);
  const id = await caller.held();
  const out = join(machine.folder, 'said');
  const line = `(setsid '${process.execPath}' '${BELAY}' approve ${id} > '${out}' 2>&1; echo done >> '${out}') & exit 0`;
  await ended(
    spawn('sh', ['-c', line], {
      env: { ...machine.env, BELAY_SESSION: 'sess-1' },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    }),
  );
  await eventually('its words', () => (readFileSync(out, 'utf8').includes('done') ? true : null));
  expect(readFileSync(out, 'utf8')).toContain('from inside the guarded session');
  caller.drop();
});

test('a program in a session can neither end the session nor speak for it', async () => {
  const program = `
    import { DaemonClient } from ${JSON.stringify(join(BELAY, '../../dist/daemon/client.js'))};
    for (const [method, params] of ${JSON.stringify([
      ['session.end', { id: 'sess-1', exit: 0, signal: null }],
      ['session.alarm', { id: 'sess-1', deleted: 1, seconds: 1, sample: [] }],
      ['session.start', { id: 'sess-1', pid: 1, workspace: '/', command: ['x'], agent: null, terminal: null }],
      [
        'session.start',
        { id: 'sess-2', pid: process.pid, workspace: '/', command: ['x'], agent: null, terminal: null },
      ],
    ])}) {
      const client = await DaemonClient.connect(${JSON.stringify(machine.socket)});
      await client.call(method, params).then(() => console.log('done'), (error) => console.log(error.code));
      client.close();
    }`;
  const { stdout, stderr } = await ended(
    spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: machine.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toEqual(Array(4).fill('session.not-yours'));
  expect((await machine.call('status', {})).sessions.map(({ id, workspace }) => [id, workspace])).toEqual([
    ['sess-1', machine.work],
  ]);
});
