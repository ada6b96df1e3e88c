import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { encodeFrame, FrameReader } from '../../src/protocol/frame.ts';
import { compileShim, ended, linkNames, REAL_PATH, ROOT, remove, run, StandIn, scratch, start } from './rig.ts';

let folder: string;
let bin: string;
let serial = 0;
const closing: (() => unknown)[] = [];

beforeAll(() => {
  folder = scratch();
  chmodSync(folder, 0o755); // another user must reach the socket of the test about one
  bin = linkNames(folder, compileShim(folder), ['printf', 'true', 'sh', 'env']);
});
afterAll(() => remove(folder));
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const guarded = (socket: string, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: `${bin}:${REAL_PATH}`,
  BELAY_SESSION: 's-test',
  BELAY_SOCKET: socket,
  ...extra,
});

const nextPath = (): string => join(folder, `s${serial++}`);

/** A server that does `react` with every connection. */
async function badServer(react: (socket: Socket) => void): Promise<string> {
  const path = nextPath();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    react(socket);
  });
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

function prefix(type: string, header: number, blob: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.write(`BLY1${type}`, 0, 'latin1');
  bytes.writeUInt32LE(header, 8);
  bytes.writeUInt32LE(blob, 12);
  return bytes;
}

test.each<[string, Buffer]>([
  ['garbage', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['another version', Buffer.from('BLY2ALOW\0\0\0\0\0\0\0\0')],
  ['an unknown type', prefix('XXXX', 0, 0)],
  ['a blob of 4 GiB', prefix('NOTE', 0, 0xffffffff)],
  ['lengths that add up past 32 bits to nothing', prefix('ALOW', 0xffffffff, 1)],
  ['an ALOW with a path of a megabyte', prefix('ALOW', 0, 1_000_000)],
])('an answer that is %s runs nothing', async (_, bytes) => {
  const path = await badServer((socket) => socket.write(bytes));
  const end = await run(join(bin, 'printf'), ['ran'], { env: guarded(path) });
  expect(end).toMatchObject({ code: 1, stdout: '' });
  expect(end.stderr).toMatch(/Belay itself is not working[\s\S]*could not be read/);
});

test('an answer cut off, or none at all, is asked for again a few times and then runs nothing', async () => {
  for (const bytes of [prefix('ALOW', 2, 0), encodeFrame('ALOW').subarray(0, 7), Buffer.alloc(0)]) {
    let connections = 0;
    const path = await badServer((socket) => {
      connections++;
      socket.end(bytes);
    });
    const end = await run(join(bin, 'printf'), ['ran'], { env: guarded(path) });
    expect(end).toMatchObject({ code: 1, stdout: '' });
    expect(end.stderr).toMatch(/closed the connection/);
    expect(connections).toBe(5);
  }
});

test('an answer that comes byte by byte, in one write with others, or behind a long text is read right', async () => {
  const long = Buffer.from(`${'x'.repeat(400_000)}\n`);
  const whole = Buffer.concat([
    encodeFrame('HELD', { ticket: 'r-1' }, 'held\n'),
    encodeFrame('NOTE', {}, long),
    encodeFrame('ALOW', { pad: 'y'.repeat(60_000) }),
  ]);
  const path = await badServer((socket) => socket.write(whole));
  const end = await run(join(bin, 'printf'), ['ran'], { env: guarded(path) });
  expect(end).toEqual({ code: 0, signal: null, stdout: 'ran', stderr: `held\n${long}` });

  const slow = await badServer((socket) => {
    const bytes = encodeFrame('DENY', { a: 1 }, 'no\n');
    let at = 0;
    const next = (): void => {
      if (at < bytes.length) socket.write(bytes.subarray(at, ++at), () => setImmediate(next));
    };
    next();
  });
  expect(await run(join(bin, 'printf'), ['ran'], { env: guarded(slow) })).toMatchObject({ code: 1, stderr: 'no\n' });
});

test('a daemon that says nothing is given up after ten seconds', async () => {
  const path = await badServer(() => {});
  const end = await run(join(bin, 'printf'), ['ran'], { env: guarded(path) });
  expect(end).toMatchObject({ code: 1, stdout: '' });
  expect(end.stderr).toMatch(/did not answer within 10 seconds/);
});

test('what stands at the path and is no socket, or too long a path, runs nothing', async () => {
  const file = nextPath();
  writeFileSync(file, '');
  const long = join(folder, 'x'.repeat(120));
  for (const [path, why] of [
    [file, /ECONNREFUSED|BELAY_START/],
    [long, /too long/],
    ['', /not set/],
  ] as const) {
    const end = await run(join(bin, 'printf'), ['ran'], { env: guarded(path) });
    expect(end).toMatchObject({ code: 1, stdout: '' });
    expect(end.stderr).toMatch(why);
  }
});

test.skipIf(process.getuid?.() !== 0)("another user's socket is not trusted, whatever it answers", async () => {
  const home = join(folder, 'nobody');
  mkdirSync(home);
  chmodSync(home, 0o777);
  const path = join(home, 's');
  const source = `
    const answer = Buffer.from(${JSON.stringify([...encodeFrame('ALOW')])});
    process.setgid(65534); process.setuid(65534);
    require('node:net').createServer((s) => { s.on('error', () => {}); s.write(answer); })
      .listen(${JSON.stringify(path)}, () => console.log('up'));`;
  const impostor = start(process.execPath, ['-e', source], {});
  closing.push(() => impostor.kill('SIGKILL'));
  await new Promise<void>((resolve) => impostor.stdout?.once('data', () => resolve()));
  const end = await run(join(bin, 'printf'), ['ran'], { env: guarded(path) });
  expect(end).toMatchObject({ code: 1, stdout: '' });
  expect(end.stderr).toMatch(/served by another user/);
});

/**
 * Writes a starter whose daemon answers every question with `answer`, keeps its environment in PATH.env and what it was
 * asked in PATH.asked, and ends when its socket's file goes.
 */
function starter(path: string, answer: Buffer): string {
  const program = join(folder, `start${serial++}`);
  const code = `
    const { createServer } = require('node:net');
    const { writeFileSync, existsSync, rmSync } = require('node:fs');
    const path = ${JSON.stringify(path)};
    writeFileSync(path + '.env', JSON.stringify({ ...process.env, cwd: process.cwd(), pid: process.pid }));
    rmSync(path, { force: true });
    createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (chunk) => {
        writeFileSync(path + '.asked', chunk);
        socket.write(Buffer.from(${JSON.stringify(answer.toString('hex'))}, 'hex'));
      });
    }).listen(path);
    setInterval(() => existsSync(path) || process.exit(), 50);`;
  writeFileSync(`${program}.cjs`, code);
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${program}.cjs'\n`);
  chmodSync(program, 0o755);
  closing.push(() => remove(path));
  return program;
}

test('a daemon is started when there is none, outside the session and as nobody’s child', async () => {
  const path = nextPath();
  const env = guarded(path, {
    BELAY_START: starter(path, encodeFrame('ALOW')),
    NODE_OPTIONS: '--no-warnings',
    MARK: '1',
  });
  const end = await run(join(bin, 'sh'), ['-c', 'cat /proc/$$/task/$$/children; echo ran'], { env });
  expect(end).toEqual({ code: 0, signal: null, stdout: expect.stringMatching(/^\d*\s*ran\n$/), stderr: '' });
  const daemon: Record<string, string> = JSON.parse(readFileSync(`${path}.env`, 'utf8'));
  expect(daemon).toMatchObject({ MARK: '1', BELAY_SOCKET: path, cwd: '/' });
  expect(Object.keys(daemon).filter((name) => /SESSION|NODE_OPTIONS/.test(name))).toEqual([]);
  expect(end.stdout).not.toContain(String(daemon['pid']));
});

test('a daemon that can’t be started is given up after five seconds', async () => {
  const end = await run(join(bin, 'printf'), ['ran'], { env: guarded(nextPath(), { BELAY_START: '/bin/false' }) });
  expect(end).toMatchObject({ code: 1, stdout: '' });
  expect(end.stderr).toMatch(/did not start within 5 seconds/);
});

test('a held request survives the death of its daemon, and is marked when it is asked again', async () => {
  const server = new StandIn(nextPath());
  server.onFrame = (question) => question.answer('HELD', 'held\n');
  await server.listen();
  const answer = Buffer.concat([encodeFrame('NOTE', {}, 'held again\n'), encodeFrame('ALOW')]);
  const env = guarded(server.path, { BELAY_START: starter(server.path, answer) });
  const child = start(join(bin, 'printf'), ['ran'], { env });
  const end = ended(child);
  await server.until(() => server.questions.length === 1);
  expect(server.questions[0]?.frame.header['again']).toBeUndefined();
  await server.close();
  expect(await end).toEqual({ code: 0, signal: null, stdout: 'ran', stderr: 'held\nheld again\n' });
  const [asked] = new FrameReader().push(readFileSync(`${server.path}.asked`));
  expect(asked?.header).toMatchObject({ again: 1, argc: 2 });
});

test('BELAY_FAIL=open runs it, and says so; a denial stays a denial', async () => {
  const path = await badServer((socket) => socket.write('garbage garbage garbage'));
  const open = await run(join(bin, 'printf'), ['ran'], { env: guarded(path, { BELAY_FAIL: 'open' }) });
  expect(open).toMatchObject({ code: 0, stdout: 'ran', stderr: expect.stringMatching(/runs without a verdict/) });
  const deny = await badServer((socket) => socket.write(encodeFrame('DENY', {}, 'no\n')));
  const denied = await run(join(bin, 'printf'), ['ran'], { env: guarded(deny, { BELAY_FAIL: 'open' }) });
  expect(denied).toMatchObject({ code: 1, stdout: '', stderr: 'no\n' });
});

test.skipIf(process.platform !== 'linux')(
  'inside an agent’s own sandbox it runs unasked; an EPERM without the mark, or a mark without a filter, runs nothing',
  async () => {
    const server = new StandIn(nextPath());
    closing.push(() => server.close());
    server.onFrame = (question) => question.answer('DENY', 'no\n');
    await server.listen();
    const filter = join(folder, 'shim-filter');
    const source = join(ROOT, 'test/shims/shim-filter.c');
    expect(spawnSync('cc', ['-o', filter, source], { encoding: 'utf8' }).stderr).toBe('');
    const program = join(bin, 'printf');
    const mark = { CODEX_SANDBOX_NETWORK_DISABLED: '1' };
    expect(await run(filter, [program, 'ran'], { env: guarded(server.path, mark) })).toMatchObject({
      code: 0,
      stdout: 'ran',
      stderr: '',
    });
    expect(await run(filter, [program, 'ran'], { env: guarded(server.path) })).toMatchObject({ code: 1, stdout: '' });
    expect(await run(program, ['ran'], { env: guarded(server.path, mark) })).toMatchObject({ code: 1, stderr: 'no\n' });
    expect(existsSync(server.path)).toBe(true);
  },
);
