// The same source with the C library, under the address and undefined-behaviour sanitizers, fed what is large and odd.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { decodeShimFrame } from '../../src/protocol/decode.ts';
import { encodeFrame, MAX_FRAME_BYTES } from '../../src/protocol/frame.ts';
import { compileShim, type Ended, linkNames, REAL_PATH, ROOT, remove, run, StandIn, scratch } from './rig.ts';

let folder: string;
let bins: Record<'built' | 'checked', string>;
let server: StandIn;
let serial = 0;

beforeAll(() => {
  folder = scratch();
  const program = join(folder, 'belay-shim-checked');
  const flags = ['-std=gnu11', '-DSHIM_LIBC', '-Wall', '-Wextra', '-Werror', '-O1', '-g'];
  const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
  const source = join(ROOT, 'shims/belay-shim.c');
  const done = spawnSync('cc', [...flags, ...sanitizers, '-o', program, source], { encoding: 'utf8' });
  expect(done.stderr).toBe('');
  const names = ['printf', 'sh', 'cat', 'pre-push'];
  bins = {
    checked: linkNames(join(folder, 'c'), program, names),
    built: linkNames(join(folder, 'b'), compileShim(folder), names),
  };
});
afterAll(() => remove(folder));
beforeEach(async () => {
  server = new StandIn(join(folder, `s${serial++}`));
  await server.listen();
});
afterEach(() => server.close());

const guarded = (bin: string, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: `${bin}:${REAL_PATH}`,
  BELAY_SESSION: 's-test',
  BELAY_SOCKET: server.path,
  ASAN_OPTIONS: 'detect_leaks=0',
  ...extra,
});

/** Runs with a soft stack limit that lets arguments of several megabytes through: execve(2). */
function runLarge(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const list = join(folder, `args${serial++}`);
  writeFileSync(list, args.map((word) => `${word}\0`).join(''));
  const line = `ulimit -s 65536; mapfile -d '' words < "$1"; exec "$0" "\${words[@]}"`;
  return run('/bin/bash', ['-c', line, program, list], { env });
}

test.each(['built', 'checked'] as const)('%s: verdicts, watching and hooks run clean', async (which) => {
  const bin = bins[which];
  expect(await run(join(bin, 'printf'), ['ran'], { env: guarded(bin) })).toMatchObject({
    code: 0,
    stdout: 'ran',
    stderr: '',
  });
  server.onFrame = (question) => question.answer('WTCH', 'w\n');
  const watched = await run(join(bin, 'sh'), ['-c', 'kill -TERM $$'], { env: guarded(bin) });
  expect(watched).toMatchObject({ signal: 'SIGTERM', stderr: 'w\n' });
  server.onFrame = (question) => question.answer('ALOW', '/bin/cat');
  const input = 'x'.repeat(700_000);
  const hook = await run(join(bin, 'pre-push'), [], { env: guarded(bin) }, input);
  expect(hook).toMatchObject({ code: 0, stderr: '' });
  expect(hook.stdout === input).toBe(true);
});

test.each(['built', 'checked'] as const)(
  '%s: arguments of megabytes are judged as cut, and run whole',
  async (which) => {
    const bin = bins[which];
    const args = ['%.0s', ...Array.from({ length: 30_000 }, (_, n) => `${n}-${'y'.repeat(90)}`), 'z'.repeat(100_000)];
    const end = await runLarge(join(bin, 'sh'), ['-c', 'printf "%s %s" $# "$*" | cksum', 'sh', ...args], guarded(bin));
    const plain = await runLarge('/bin/sh', ['-c', 'printf "%s %s" $# "$*" | cksum', 'sh', ...args], guarded(bin));
    expect(end).toEqual(plain);
    const frame = server.questions[0]?.frame ?? { type: 'EXEC', header: {}, blob: Buffer.alloc(0) };
    const message = decodeShimFrame(frame);
    expect(message.truncated).toBe(true);
    expect(message.argv.slice(1)).toEqual(
      ['-c', 'printf "%s %s" $# "$*" | cksum', 'sh', ...args].slice(0, message.argv.length - 1),
    );
    expect(message.argv.length).toBeGreaterThan(5000);
    expect(frame.blob.length).toBeLessThanOrEqual(MAX_FRAME_BYTES);
  },
);

test('an environment that does not fit loses its large variables, and the question stays whole', async () => {
  const bin = bins.checked;
  const large = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`LARGE${n}`, 'v'.repeat(100_000)]));
  const env = guarded(bin, { ...large, ZLAST: 'kept' });
  expect(await run(join(bin, 'printf'), ['ran'], { env })).toMatchObject({ code: 0, stdout: 'ran', stderr: '' });
  const message = decodeShimFrame(server.questions[0]?.frame ?? { type: 'EXEC', header: {}, blob: Buffer.alloc(0) });
  expect(message).toMatchObject({ truncated: true, env: { ZLAST: 'kept' } });
});

test('no arguments, an odd PATH, odd names and a folder that is gone do no harm', async () => {
  const bin = bins.checked;
  const gone = join(folder, 'gone');
  const line = `mkdir '${gone}' && cd '${gone}' && rmdir '${gone}' && exec printf ran`;
  expect(await run('/bin/bash', ['-c', line], { env: guarded(bin) })).toMatchObject({ code: 0, stdout: 'ran' });
  expect(String(server.questions[0]?.strings[0])).toBe('');
  for (const PATH of ['', ':', `${'x'.repeat(5000)}:${REAL_PATH}`, `::${bin}:/etc/passwd:${REAL_PATH}:`]) {
    const end = await run(join(bin, 'printf'), ['ran'], { env: guarded(bin, { PATH }) });
    expect(end.stderr).toBe(end.code === 0 ? '' : 'printf: command not found\n');
  }
  const odd = spawnSync(join(bin, 'printf'), ['ran'], { argv0: '-/x/-', env: guarded(bin), encoding: 'utf8' });
  expect(odd.stderr).not.toMatch(/Sanitizer|runtime error/);
});

test('a script without #! runs by sh, as any shell runs it', async () => {
  const own = join(folder, 'own');
  spawnSync('mkdir', [own]);
  writeFileSync(join(own, 'printf'), 'echo "script $0 $# $2"\n', { mode: 0o755 });
  const end = await run(join(bins.checked, 'printf'), ['a', 'b c'], { env: guarded(bins.checked, { PATH: own }) });
  expect(end).toMatchObject({ code: 0, stdout: `script ${join(own, 'printf')} 2 b c\n`, stderr: '' });
});

test('whatever bytes answer, nothing runs but on an ALOW, and no memory is hurt', async () => {
  const bin = bins.checked;
  const type = fc.constantFrom('ALOW', 'DENY', 'HELD', 'NOTE', 'WTCH', 'PROG', 'alow');
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    fc.tuple(type, fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 60 })).map(([name, header, blob, rest]) => {
      const prefix = Buffer.from(encodeFrame('NOTE').subarray(0, 16));
      prefix.write(name, 4, 'latin1');
      prefix.writeUInt32LE(header % 70, 8);
      prefix.writeUInt32LE(blob % 3 === 0 ? blob : blob % 70, 12);
      return Buffer.concat([prefix, Buffer.from(rest)]);
    }),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (answer) => {
      server.onFrame = (question) => question.socket.end(answer);
      const end = await run(join(bin, 'printf'), ['ran'], { env: guarded(bin) });
      expect(end.stderr).not.toMatch(/Sanitizer|runtime error/);
      expect([0, 1]).toContain(end.code);
      if (end.code === 0) expect(answer.toString('latin1')).toMatch(/ALOW|WTCH/);
      else expect(end.stdout).toBe('');
    }),
    { numRuns: 150 },
  );
});
