import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ApprovalScope } from '../../src/protocol/calls.ts';
import { type Caller, Machine } from '../daemon/rig.ts';

const machine = new Machine();
const configFile = join(machine.home, '.config/belay/config.toml');
const OWN = '# mine\nprofile = "balanced"\n\n[notify]\nbell = false   # quiet';
beforeAll(() => machine.start());
beforeEach(async () => {
  for (const folder of ['src', 'docs']) {
    mkdirSync(join(machine.work, folder), { recursive: true });
    writeFileSync(join(machine.work, folder, 'a'), 'work');
  }
  machine.configure(OWN);
});
afterAll(async () => {
  await machine.close();
});

function approve(id: string, scope: ApprovalScope, over: { until?: number; confirm?: string } = {}) {
  return machine.call('held.answer', { id, granted: true, reason: null, confirm: null, scope, ...over });
}

/** Holds a line, approves it, and lets it end. Returns its id. */
async function approved(line: string, session: string, scope: ApprovalScope, until?: number): Promise<string> {
  const caller = machine.ask(line, { session });
  const id = await caller.held();
  await approve(id, scope, until === undefined ? {} : { until });
  await ranToItsEnd(caller);
  return id;
}

async function ranToItsEnd(caller: Caller): Promise<void> {
  if ((await caller.verdict()) === 'WTCH') await caller.done();
}

/** Whether a line is held now; it is not left waiting. */
async function isHeld(line: string, session: string): Promise<boolean> {
  const caller = machine.ask(line, { session });
  const { type } = await caller.first('HELD', 'ALOW', 'WTCH', 'DENY');
  if (type === 'WTCH') await caller.done();
  caller.drop();
  return type === 'HELD';
}

test('a yes for the session lets the same kind of thing run here until the session ends', async () => {
  const session = await machine.startSession('sess-a');
  await machine.startSession('sess-b');
  const id = await approved('rm -rf src', 'sess-a', 'session');
  const later = machine.ask('rm -rf docs', { session: 'sess-a' });
  expect((await later.first('HELD', 'WTCH')).type).toBe('WTCH');
  await later.done();
  expect(await isHeld('rm -rf docs', 'sess-b')).toBe(true);
  expect(await isHeld('cat ~/.ssh/id_rsa', 'sess-a')).toBe(true);

  const grant = id.replace('r-', 'g-');
  expect((await machine.call('log.get', { id }))?.answer).toMatchObject({ granted: true, scope: 'session', grant });
  const granted = (await machine.call('log.query', { session: 'sess-a', limit: 10 })).find(
    (row) => row.request !== id && row.answer?.grant === grant,
  );
  expect(granted).toMatchObject({ held: null, answer: { by: 'person', granted: true }, release: {} });
  expect(await machine.call('grants.list', {})).toMatchObject([{ id: grant, kind: 'session', session: 'sess-a' }]);

  await session.call('session.end', { id: 'sess-a', exit: 0, signal: null });
  expect(await machine.call('grants.list', {})).toEqual([]);
  await machine.startSession('sess-a');
  expect(await isHeld('rm -rf docs', 'sess-a')).toBe(true);
});

test('a session grant that is taken back is asked about again', async () => {
  await machine.startSession('sess-c');
  const id = await approved('rm -rf src', 'sess-c', 'session');
  const grant = id.replace('r-', 'g-');
  expect(await machine.call('grants.revoke', { id: grant })).toMatchObject({ id: grant });
  expect(await isHeld('rm -rf src', 'sess-c')).toBe(true);
  await expect(machine.call('grants.revoke', { id: grant })).rejects.toMatchObject({ code: 'grant.unknown' });
});

test('a rule is written below the own text, holds in every session, and is taken back without a trace', async () => {
  await machine.startSession('sess-d');
  await machine.startSession('sess-e');
  const id = await approved('rm -rf src', 'sess-d', 'rule', Date.now() + 3_600_000);
  const text = readFileSync(configFile, 'utf8');
  expect(text.startsWith(`${OWN}\n\n# belay approve ${id}`)).toBe(true);
  const grant = id.replace('r-', 'grant.');
  expect(await machine.call('grants.list', {})).toMatchObject([
    { id: grant, kind: 'rule', decision: 'allow', isRevocable: true, expiresAt: expect.any(Number) },
  ]);
  expect(await isHeld('rm -rf src', 'sess-e')).toBe(false);
  expect(await isHeld('rm -rf docs', 'sess-e')).toBe(true);
  await machine.call('grants.revoke', { id: grant });
  expect(readFileSync(configFile, 'utf8')).toBe(`${OWN}\n`);
  expect(await isHeld('rm -rf src', 'sess-e')).toBe(true);
});

test('what a rule lets a line do, the tools under the line may do too', async () => {
  await machine.startSession('sess-f');
  const line = 'echo first; rm -rf src';
  await approved(line, 'sess-f', 'rule');
  const caller = machine.ask(line, { session: 'sess-f' });
  expect(await caller.verdict()).toBe('WTCH');
  expect(await isHeld('rm -rf src/', 'sess-f')).toBe(false); // by the same process, while the line runs
  await caller.done();
});

test('a file with errors gets no rule, and the request is still held', async () => {
  await machine.startSession('sess-g');
  const caller = machine.ask('rm -rf src', { session: 'sess-g' });
  const id = await caller.held();
  machine.configure('profle = "x"\n');
  await expect(approve(id, 'rule')).rejects.toMatchObject({ code: 'config.invalid' });
  expect(readFileSync(configFile, 'utf8')).toBe('profle = "x"\n');
  expect((await machine.call('held.list', {})).map((held) => held.id)).toContain(id);
  caller.drop();
});

test('a catastrophe is approved once, whoever asks for more', async () => {
  await machine.startSession('sess-h');
  const caller = machine.ask('rm -rf .', { session: 'sess-h' });
  const id = await caller.held();
  expect((await machine.call('held.list', {})).find((held) => held.id === id)).toMatchObject({
    wider: null,
    verdict: { grave: true },
  });
  for (const scope of ['session', 'rule', 'kind'] as const) {
    await expect(approve(id, scope, { confirm: id })).rejects.toMatchObject({ code: 'approval.scope' });
  }
  caller.drop();
});

test('nobody inside a session widens or takes back anything', async () => {
  await machine.startSession('sess-i');
  const caller = machine.ask('rm -rf src', { session: 'sess-i' });
  const id = await caller.held();
  // Programs that this process starts descend from the session's own process: they are inside.
  for (const args of [
    ['approve', id, '--session'],
    ['approve', id, '--rule', '--until', '7d'],
    ['grants', 'revoke', 'grant.x'],
  ]) {
    expect(await machine.belay(args)).toMatchObject({ code: 1, stderr: expect.stringContaining('inside') });
  }
  expect(readFileSync(configFile, 'utf8')).toBe(OWN);
  caller.drop();
});
