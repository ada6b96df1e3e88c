import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeFrame, MAX_FRAME_BYTES, PREFIX_BYTES } from '../../src/protocol/frame.ts';
import { type Caller, Machine } from '../daemon/rig.ts';

// Promise 6: frames can't hurt.
const machine = new Machine();
beforeAll(() => machine.start());
afterAll(() => machine.close());
beforeEach(() => expect(machine.isRunning).toBe(true));

async function expectHonestAnswer(): Promise<void> {
  const caller = machine.ask('ls');
  expect(await caller.verdict()).toBe('ALOW');
  caller.drop();
}

/** Sends raw bytes and returns the connection. */
function sendRaw(bytes: Uint8Array): Caller {
  const caller = machine.caller();
  caller.socket.write(bytes);
  return caller;
}

function prefix(type: string, header: number, blob: number, magic = 'BLY1'): Buffer {
  const bytes = Buffer.alloc(PREFIX_BYTES);
  bytes.write(magic + type, 0, 'latin1');
  bytes.writeUInt32LE(header, 8);
  bytes.writeUInt32LE(blob, 12);
  return bytes;
}

const whole = (() => {
  const words = ['/', '/bin/ls', 'bash', '-c', 'ls', 'HOME=/nonexistent'].map((text) => `${text}\0`).join('');
  return encodeFrame('EXEC', { v: 1, pid: process.pid, ppid: 1, argc: 3, envc: 1 }, words);
})();

test('garbage ends its own connection and nothing else', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 400 }),
    fc.uint8Array({ maxLength: 300 }).map((rest) => Buffer.concat([Buffer.from('BLY1'), rest])),
    fc
      .tuple(
        fc.constantFrom('EXEC', 'HOOK', 'CALL', 'DONE', 'HELD', 'ALOW'),
        fc.uint8Array({ maxLength: 120 }),
        fc.uint8Array({ maxLength: 120 }),
      )
      .map(([type, header, blob]) => Buffer.concat([prefix(type, header.length, blob.length), header, blob])),
    fc
      .tuple(fc.constantFrom('EXEC', 'HOOK', 'CALL', 'DONE'), fc.json(), fc.uint8Array({ maxLength: 120 }))
      .map(([type, header, blob]) =>
        Buffer.concat([prefix(type, Buffer.byteLength(header), blob.length), Buffer.from(header), blob]),
      ),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      const caller = machine.caller();
      caller.socket.end(sent);
      await caller.closed();
      expect(caller.frames.some(({ type }) => type === 'ALOW' || type === 'WTCH')).toBe(false);
    }),
    { numRuns: 600 },
  );
  await expectHonestAnswer();
});

test('a frame that is cut after any byte lets nothing run', async () => {
  await Promise.all(
    Array.from({ length: whole.length }, async (_, cut) => {
      const caller = machine.caller();
      caller.socket.end(whole.subarray(0, cut));
      await caller.closed();
      expect(caller.frames.map(({ type }) => type)).not.toContain('ALOW');
    }),
  );
  const complete = sendRaw(whole);
  expect(await complete.verdict()).toBe('ALOW');
});

test.each([
  ['a length of 4 GiB', prefix('EXEC', 0xffff_ffff, 0xffff_ffff), 'frame.too-large'],
  ['a length just over the limit', prefix('EXEC', 2, MAX_FRAME_BYTES - 1), 'frame.too-large'],
  ['an unknown type', prefix('RUN!', 2, 0), 'frame.bad'],
  ['another version', prefix('EXEC', 2, 0, 'BLY9'), 'frame.version'],
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), 'frame.bad'],
  ['a header that is a list', encodeFrame('EXEC', []), 'frame.bad'],
  ['an answer in place of a question', encodeFrame('ALOW', { v: 1 }), 'frame.bad'],
  ['an outcome that nobody waits for', encodeFrame('DONE', { v: 1, exit: 0 }), 'frame.bad'],
  ['a method that does not exist', encodeFrame('CALL', { v: 1, method: '__proto__' }, '{}'), 'frame.bad'],
  ['parameters that are not JSON', encodeFrame('CALL', { v: 1, method: 'status' }, '{'), 'frame.bad'],
  ['parameters that a method does not take', encodeFrame('CALL', { v: 1, method: 'status' }, '{"x":1}'), 'frame.bad'],
])('%s is refused in words, and the connection ends', async (_, bytes, code) => {
  const caller = sendRaw(bytes);
  await caller.closed();
  expect(caller.frames.map((frame) => frame.type)).not.toContain('ALOW');
  expect(caller.frames.at(-1)).toMatchObject({ type: 'FAIL', header: { code } });
  await expectHonestAnswer();
});

test('a question that announces more arguments than it has is not run', async () => {
  const header = { v: 1, pid: 1, ppid: 1, argc: 900_000_000, envc: 0 };
  const caller = sendRaw(encodeFrame('EXEC', header, '/\0x\0'));
  expect(await caller.verdict()).toBe('DENY');
  await expectHonestAnswer();
});

test('JSON that nests a hundred thousand deep is refused', async () => {
  for (const text of [
    '['.repeat(400_000),
    `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
    `${'{"a":'.repeat(90_000)}1${'}'.repeat(90_000)}`,
  ]) {
    const caller = sendRaw(encodeFrame('CALL', { v: 1, method: 'log.query' }, text));
    expect((await caller.first('FAIL')).header['code']).toBe('frame.bad');
  }
  await expectHonestAnswer();
});

test('a frame over the limit is refused before it is allocated', async () => {
  const before = machine.rss();
  const callers = Array.from({ length: 100 }, () => sendRaw(prefix('EXEC', 2, 900_000_000)));
  await Promise.all(callers.map((caller) => caller.closed()));
  const grown = machine.rss() - before;
  console.log(`100 frames that announce 900 MB each: memory grew by ${(grown / 1024 ** 2).toFixed(1)} MB`);
  expect(grown).toBeLessThan(100 * 1024 ** 2);
});

test('a client that sends a byte a second is ended, however long it goes on', async () => {
  const caller = machine.caller();
  let sent = 0;
  const drip = setInterval(() => {
    if (sent < whole.length) caller.socket.write(whole.subarray(sent, ++sent));
  }, 300);
  try {
    await caller.closed();
  } finally {
    clearInterval(drip);
  }
  expect(caller.text).toContain('it took too long');
  expect(sent).toBeLessThan(30);
});

test('a client that closes its half after asking still gets no run out of a half-open connection', async () => {
  const caller = machine.caller();
  caller.socket.end(encodeFrame('CALL', { v: 1, method: 'held.follow' }, '{}'));
  await caller.closed();
  await expectHonestAnswer();
});

test('three hundred slow clients do not keep an honest one from its answers', async () => {
  const slow = Array.from({ length: 300 }, () => sendRaw(whole.subarray(0, 30)));
  const timed = async (): Promise<number> => {
    const times: number[] = [];
    for (let n = 0; n < 40; n++) {
      const from = performance.now();
      await expectHonestAnswer();
      times.push(performance.now() - from);
    }
    return times.sort((one, other) => one - other)[20] ?? 0;
  };
  const beside = await timed();
  await Promise.all(slow.map((caller) => caller.closed()));
  const alone = await timed();
  console.log(`median answer: ${beside.toFixed(2)} ms beside 300 slow clients, ${alone.toFixed(2)} ms alone`);
});

test('two questions on one connection are both answered', async () => {
  const caller = machine.ask('ls');
  caller.ask('pwd', { cwd: machine.work });
  expect(await caller.verdict()).toBe('ALOW');
  await caller.closed();
});
