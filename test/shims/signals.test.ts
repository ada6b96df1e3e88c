import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn as spawnInTerminal } from 'node-pty';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { compileShim, ended, eventually, linkNames, REAL_PATH, remove, run, StandIn, scratch, start } from './rig.ts';

let folder: string;
let bin: string;
let server: StandIn;
let serial = 0;

beforeAll(() => {
  folder = scratch();
  bin = linkNames(folder, compileShim(folder), ['sh', 'bash', 'sleep', 'cat']);
});
afterAll(() => remove(folder));
beforeEach(async () => {
  server = new StandIn(join(folder, `s${serial++}`));
  server.onFrame = (question) => question.answer('WTCH');
  await server.listen();
});
afterEach(() => server.close());

const guarded = (): Record<string, string> => ({
  PATH: `${bin}:${REAL_PATH}`,
  BELAY_SESSION: 's-test',
  BELAY_SOCKET: server.path,
});

/** The state letter of a process: R, S, T, Z; null when it is gone. proc_pid_stat(5). */
function stateOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .charAt(0);
  } catch {
    return null;
  }
}

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

/** Starts a watched sh and resolves when its script has said that it is ready. */
async function watchedScript(
  script: string,
): Promise<{ pid: number; end: ReturnType<typeof ended>; kill(signal: NodeJS.Signals): void }> {
  const child = start(join(bin, 'sh'), ['-c', script], { env: guarded() });
  const end = ended(child);
  await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
  return { pid: child.pid ?? 0, end, kill: (signal) => child.kill(signal) };
}

test.each(['TERM', 'HUP', 'INT', 'QUIT', 'USR1', 'USR2', 'ALRM', 'WINCH'] as const)(
  'a %s sent to the shim reaches the watched program, once',
  async (name) => {
    const script = `trap 'echo got; n=$((n+1))' ${name}; n=0; echo ready; while [ $n = 0 ]; do read x </dev/null; done; exit 5`;
    const watched = await watchedScript(script);
    watched.kill(`SIG${name}`);
    const end = await watched.end;
    expect(end).toMatchObject({ code: 5, signal: null, stdout: 'ready\ngot\n' });
  },
);

test('a watched program that TERM kills is seen to have died of TERM', async () => {
  const watched = await watchedScript('echo ready; exec /usr/bin/sleep 600');
  watched.kill('SIGTERM');
  expect((await watched.end).signal).toBe('SIGTERM');
  await server.until(() => server.outcomes.length > 0);
  expect(server.outcomes[0]?.header).toEqual({ v: 1, signal: 15 });
});

test('kill -9 of the shim reaches the watched program', async () => {
  const watched = await watchedScript('echo ready; exec /usr/bin/sleep 600');
  const program = childOf(watched.pid);
  watched.kill('SIGKILL');
  await watched.end;
  await eventually(() => stateOf(program) === null || stateOf(program) === 'Z');
});

test('a watched program that stops, stops the shim; both go on together', async () => {
  const watched = await watchedScript('echo ready; kill -STOP $$; exit 4');
  await eventually(() => stateOf(watched.pid) === 'T');
  expect(stateOf(childOf(watched.pid))).toBe('T');
  watched.kill('SIGCONT');
  expect((await watched.end).code).toBe(4);
});

test('a TSTP sent to the shim stops the watched program and the shim, and CONT wakes both', async ({ skip }) => {
  if (!(await stopsFromTerminalWork())) skip('this process group is orphaned, so that the kernel ignores TSTP in it');
  const watched = await watchedScript('echo ready; exec /usr/bin/sleep 600');
  watched.kill('SIGTSTP');
  await eventually(() => stateOf(watched.pid) === 'T' && stateOf(childOf(watched.pid)) === 'T');
  watched.kill('SIGCONT');
  await eventually(() => stateOf(watched.pid) === 'S' && stateOf(childOf(watched.pid)) === 'S');
  watched.kill('SIGTERM');
  expect((await watched.end).signal).toBe('SIGTERM');
});

/** A group without a parent in its session ignores terminal stops (POSIX.1-2024, 2.4.3): as when CI starts the tests. */
async function stopsFromTerminalWork(): Promise<boolean> {
  const probe = spawn('/usr/bin/sleep', ['60']);
  try {
    await once(probe, 'spawn');
    probe.kill('SIGTSTP');
    for (let look = 0; look < 50; look++) {
      if (stateOf(probe.pid ?? 0) === 'T') return true;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return false;
  } finally {
    probe.kill('SIGKILL');
  }
}

test('signals that the caller ignores stay ignored, and blocked ones blocked', async () => {
  const end = await run(
    '/bin/sh',
    ['-c', `trap '' HUP INT CHLD; exec sh -c 'grep -E "Sig(Ign|Blk)" /proc/self/status'`],
    {
      env: guarded(),
    },
  );
  const bare = await run(
    '/bin/sh',
    ['-c', `trap '' HUP INT CHLD; exec /bin/sh -c 'grep -E "Sig(Ign|Blk)" /proc/self/status'`],
    {
      env: { PATH: REAL_PATH },
    },
  );
  expect(end.stdout).toBe(bare.stdout);
});

/** A terminal with a real bash in it that runs one command at a time. */
function terminal(): {
  write(text: string): void;
  seen(): string;
  until(text: string): Promise<void>;
  end(): Promise<void>;
} {
  const pty = spawnInTerminal('/bin/bash', ['--norc', '--noprofile', '-i'], {
    env: { ...guarded(), PS1: 'ready> ', TERM: 'dumb', HISTFILE: '/dev/null' },
    name: 'dumb',
    cwd: folder,
    cols: 200,
    rows: 24,
    encoding: null,
  });
  let seen = '';
  pty.onData((bytes) => {
    seen += bytes.toString('latin1');
  });
  const exited = new Promise<void>((resolve) => pty.onExit(() => resolve()));
  return {
    write: (text) => pty.write(text),
    seen: () => seen,
    until: (text) => eventually(() => seen.includes(text)),
    end: () => {
      pty.write('exit\r');
      return exited;
    },
  };
}

test('Ctrl-C in a terminal ends a held command, and its request', async () => {
  server.onFrame = (question) => question.answer('HELD', 'it is held\n');
  const shell = terminal();
  await shell.until('ready> ');
  shell.write('sleep 600; echo status=$?\r');
  await shell.until('it is held');
  shell.write('\x03');
  await server.until(() => server.closed === 1);
  shell.write('echo back=$((1+1))\r');
  await shell.until('back=2');
  await shell.end();
});

test('Ctrl-C in a terminal reaches a watched program once, which may survive it', async () => {
  const shell = terminal();
  await shell.until('ready> ');
  writeFileSync(
    join(folder, 'script'),
    `trap 'n=$((n+1)); echo caught $n' INT\necho up\nread a\nread b\necho over $n\n`,
  );
  shell.write(`sh ${join(folder, 'script')}; echo status=$?\r`);
  await shell.until('up');
  shell.write('\x03');
  await shell.until('caught 1');
  shell.write('line\rline\r');
  await shell.until('over 1');
  await shell.until('status=0');
  await shell.end();
});

test('Ctrl-Z stops a watched program as a job of the shell, and fg brings it back', async () => {
  const shell = terminal();
  await shell.until('ready> ');
  shell.write('cat\r');
  await server.until(() => server.questions.length === 1);
  shell.write('one\r');
  await eventually(() => shell.seen().split('one').length > 2);
  shell.write('\x1a');
  await shell.until('Stopped');
  shell.write('fg\r');
  await eventually(() => /fg\r\n(.*\r\n)?cat\r\n/.test(shell.seen()));
  shell.write('two\r');
  await eventually(() => shell.seen().split('two').length > 2);
  shell.write('\x04');
  await server.until(() => server.outcomes.length === 1);
  expect(server.outcomes[0]?.header).toEqual({ v: 1, exit: 0 });
  await shell.end();
});
