import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compileShim, ended, linkFallback, linkNames, REAL_PATH, remove, run, StandIn, scratch, start } from './rig.ts';

const NAMES = [
  'cat',
  'sh',
  'bash',
  'env',
  'true',
  'false',
  'printf',
  'rm',
  'nothing-of-this-name',
  'python3',
  'belay-line',
];
let folder: string;
let server: StandIn;
let serial = 0;

beforeAll(() => {
  folder = scratch();
});
afterAll(() => remove(folder));
beforeEach(async () => {
  server = new StandIn(join(folder, `s${serial++}`));
  await server.listen();
});
afterEach(() => server.close());

describe.each(['native', 'fallback'])('the %s shim', (kind) => {
  let bin: string;

  beforeAll(() => {
    const home = join(folder, kind);
    mkdirSync(home);
    bin = linkNames(home, kind === 'native' ? compileShim(home) : linkFallback(folder).program, NAMES);
  });

  const guarded = (extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    PATH: `${bin}:${REAL_PATH}`,
    BELAY_SESSION: 's-test',
    BELAY_SOCKET: server.path,
    ...extra,
  });

  test('an allowed program runs with its stdin, stdout and exit status untouched', async () => {
    const end = await run(join(bin, 'cat'), ['-'], { env: guarded() }, 'from stdin\n');
    expect(end).toEqual({ code: 0, signal: null, stdout: 'from stdin\n', stderr: '' });
    const failed = await run(join(bin, 'sh'), ['-c', 'exit 7'], { env: guarded() });
    expect(failed.code).toBe(7);
  });

  test('the question holds cwd, real path, arguments and environment', async () => {
    await run(join(bin, 'printf'), ['%s', 'a b'], { env: guarded({ MARK: 'x=y' }), cwd: folder });
    const question = server.questions[0];
    const header = question?.frame.header ?? {};
    const words = (question?.strings ?? []).map(String);
    expect(words.slice(0, 2)).toEqual([realpathSync(folder), '/usr/bin/printf']);
    expect(words[2]).toMatch(/printf$/);
    expect(words.slice(3, 5)).toEqual(['%s', 'a b']);
    expect(header).toMatchObject({ v: 1, shim: 1, argc: 3, truncated: 0 });
    expect(words).toContain('MARK=x=y');
    expect(words.length).toBe(2 + Number(header['argc']) + Number(header['envc']));
  });

  test('arguments that are not UTF-8 are judged and run as they are', async () => {
    const line = `exec printf '%s' "$(/usr/bin/printf '\\377\\376')"`;
    const end = await run('/bin/bash', ['-c', line], { env: guarded() });
    expect(end.stdout).toBe('\xff\xfe');
    expect(server.questions[0]?.strings[4]).toEqual(Buffer.from([0xff, 0xfe]));
  });

  test('the environment arrives as it was, with nothing added', async () => {
    const env = guarded({ ODD: '1', NODE_OPTIONS: '--no-warnings' });
    const end = await run(join(bin, 'env'), [], { env });
    const ours = /^(_|SHLVL|PWD|OLDPWD)=/; // some sh set these; the native one sets nothing
    const lines = end.stdout.split('\n').filter((line) => line !== '' && (kind === 'native' || !ours.test(line)));
    expect(lines.sort()).toEqual(
      Object.entries(env)
        .map(([key, value]) => `${key}=${value}`)
        .sort(),
    );
  });

  test('a denied program does not run, and its reason is said', async () => {
    const kept = join(folder, `kept-${kind}`);
    writeFileSync(kept, 'dear');
    server.onFrame = (question) => question.answer('DENY', 'belay: denied: it is dear\n');
    const end = await run(join(bin, 'rm'), [kept], { env: guarded() });
    expect(end).toEqual({ code: 1, signal: null, stdout: '', stderr: 'belay: denied: it is dear\n' });
    expect(readFileSync(kept, 'utf8')).toBe('dear');
  });

  test('a held program waits, says what it is told, and runs when it is released', async () => {
    server.onFrame = (question) => {
      question.answer('HELD', 'held\n');
      question.answer('NOTE', 'still held\n');
      setImmediate(() => question.answer('ALOW'));
    };
    const end = await run(join(bin, 'printf'), ['ran'], { env: guarded() });
    expect(end).toEqual({ code: 0, signal: null, stdout: 'ran', stderr: 'held\nstill held\n' });
  });

  test.each([
    ['exit 3', { code: 3, signal: null }, { v: 1, exit: 3 }],
    ['kill -TERM $$', { code: null, signal: 'SIGTERM' }, { v: 1, signal: 15 }],
    ['kill -KILL $$', { code: null, signal: 'SIGKILL' }, { v: 1, signal: 9 }],
  ])('a watched `%s` ends as it would have, and the daemon learns how', async (script, how, outcome) => {
    server.onFrame = (question) => question.answer('WTCH', 'watched\n');
    const end = await run(join(bin, 'sh'), ['-c', script], { env: guarded() });
    expect({ code: end.code, signal: end.signal }).toEqual(how);
    expect(end.stderr).toBe('watched\n');
    await server.until(() => server.outcomes.length > 0);
    expect(server.outcomes[0]?.header).toEqual(outcome);
  });

  test('a program killed while it is held takes its request with it', async () => {
    server.onFrame = (question) => question.answer('HELD');
    const child = start(join(bin, 'true'), [], { env: guarded() });
    const end = ended(child);
    await server.until(() => server.questions.length === 1);
    child.kill('SIGTERM');
    expect((await end).signal).toBe('SIGTERM');
    await server.until(() => server.closed === 1);
  });

  test('a program that is not installed is not found, without a question', async () => {
    const end = await run(join(bin, 'nothing-of-this-name'), [], { env: guarded() });
    expect({ ...end }).toEqual({
      code: 127,
      signal: null,
      stdout: '',
      stderr: 'nothing-of-this-name: command not found\n',
    });
    expect(server.questions).toEqual([]);
  });

  test('outside a guarded session the real program runs, without a question', async () => {
    const end = await run(join(bin, 'printf'), ['plain'], { env: { PATH: `${bin}:${REAL_PATH}` } });
    expect(end).toEqual({ code: 0, signal: null, stdout: 'plain', stderr: '' });
    expect(server.questions).toEqual([]);
  });

  test('with no daemon to be had the program does not run, and it is said that Belay is broken', async () => {
    const env = guarded({ BELAY_SOCKET: join(folder, 'nobody') });
    const end = await run(join(bin, 'printf'), ['ran'], { env });
    expect(end.code).toBe(1);
    expect(end.stdout).toBe('');
    expect(end.stderr).toMatch(/Belay itself is not working[\s\S]*BELAY_START[\s\S]*belay doctor/);
    const open = await run(join(bin, 'printf'), ['ran'], { env: { ...env, BELAY_FAIL: 'open' } });
    expect(open.stdout).toBe('ran');
    expect(open.stderr).toMatch(/without a verdict/);
  });

  test('a line that a shell was given past the shims is asked about, and the answer is the exit status', async () => {
    const line = join(bin, 'belay-line');
    expect(await run(line, ['-c', 'echo a; : > b'], { env: guarded() })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(server.questions[0]?.strings.slice(1, 5).map(String)).toEqual([
      '/usr/bin/bash',
      'bash',
      '-c',
      'echo a; : > b',
    ]);
    expect(server.questions[0]?.frame.header).toMatchObject({ line: 1, argc: 3 });
    server.onFrame = (question) => question.answer('DENY', 'no\n');
    expect(await run(line, ['-c', 'x'], { env: guarded() })).toMatchObject({ code: 1, stdout: '', stderr: 'no\n' });
    expect(await run(line, ['-c', 'x'], { env: { PATH: REAL_PATH } })).toMatchObject({ code: 0, stderr: '' });
    const broken = await run(line, ['-c', 'x'], { env: guarded({ BELAY_SOCKET: join(folder, 'nobody') }) });
    expect(broken).toMatchObject({ code: 1, stderr: expect.stringMatching(/^belay: the line was not run/) });
  });

  test('bash learns that its own line was judged, and only its own', async () => {
    const startUp = join(folder, `bash-env-${kind}`);
    writeFileSync(startUp, 'if [ "$BELAY_ASKED" = $$ ]; then echo asked; else echo not asked; fi\n');
    for (const answer of ['ALOW', 'WTCH'] as const) {
      server.onFrame = (question) => question.answer(answer);
      const env = guarded({ BASH_ENV: startUp, BELAY_ASKED: '1' });
      const end = await run(join(bin, 'bash'), ['-c', '/bin/bash -c :; env | grep -c ^BELAY_ASKED='], { env });
      // the fallback's child of a watched run is Node's and not the script's
      if (kind === 'native' || answer === 'ALOW') expect(end.stdout).toBe('asked\nnot asked\n1\n');
    }
  });

  const python = spawnSync('python3', ['-c', ''], { env: { PATH: REAL_PATH } }).status === 0;
  test.skipIf(!python)('python in a virtual environment still finds it', async () => {
    const home = join(folder, `venv-${kind}`);
    const made = spawnSync('python3', ['-m', 'venv', '--without-pip', home], { env: { PATH: REAL_PATH } });
    expect(made.status).toBe(0);
    const env = guarded({ PATH: `${bin}:${join(home, 'bin')}:${REAL_PATH}` });
    const end = await run('/bin/sh', ['-c', 'exec python3 -c "import sys; print(sys.prefix)"'], { env });
    expect(end).toMatchObject({ code: 0, stdout: `${home}\n` });
    expect(server.questions.length).toBe(1);
  });

  test('shims of two copies in PATH do not call each other', async () => {
    const other = join(folder, `other-${kind}`);
    mkdirSync(other);
    const otherBin = linkNames(other, compileShim(other), ['printf']);
    const env = guarded({ PATH: `${bin}:${otherBin}:${bin}:${REAL_PATH}` });
    expect((await run(join(otherBin, 'printf'), ['once'], { env })).stdout).toBe('once');
    expect((await run(join(bin, 'printf'), ['once'], { env })).stdout).toBe('once');
    expect(server.questions.length).toBe(2);
  });
});
