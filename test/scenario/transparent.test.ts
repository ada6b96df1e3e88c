// A guarded command is the same as an unguarded one: output, exit status, signals, stdin, terminal, environment; and
// nothing is changed or left behind but Belay's own state.
import { createHash } from 'node:crypto';
import { cpSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Agent } from './agent.ts';
import { eventually, type Result, World } from './world.ts';

let world: World;
let agent: Agent;
let unguarded: Agent;
beforeEach(() => {
  world = new World();
  unguarded = world.agent({ guarded: false });
  agent = world.agent();
});
afterEach(() => world.close());

/** Runs a line by an unguarded agent, and by a guarded one. */
async function both(line: string): Promise<{ plain: Result; guarded: Result }> {
  const told = { argv: ['bash', '-c', line] };
  return { plain: await unguarded.run(line, told), guarded: await agent.run(line, told) };
}

test('output, exit status and signals are those of the command', async () => {
  world.write({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'killed.sh': 'kill -TERM $$\nsleep 60\n' });
  for (const line of [
    'ls -l --time-style=+',
    'cat a.txt b.txt; echo error >&2; exit 3',
    'sort -r <(cat a.txt b.txt)',
    'cat nothing-there',
    'bash killed.sh',
    'bash killed.sh; echo "status $?"',
    'sh -c "kill -SEGV \\$\\$"; echo "status $?"',
    'exec bash killed.sh',
    'timeout -s INT 0.1 sleep 60; echo "status $?"',
    'false && true',
    'set -o pipefail; false | cat',
    'cd /; pwd; echo "$0 $# $-"',
  ]) {
    const { plain, guarded } = await both(line);
    // bash names the process that died by its number
    const known = (result: Result): Result => ({ ...result, stderr: result.stderr.replace(/ +\d+ (?=Segm)/, ' ') });
    expect({ line, ...known(guarded) }).toEqual({ line, ...known(plain) });
  }
});

test('what comes through a pipe arrives byte for byte', async () => {
  const bytes = Buffer.from(Array.from({ length: 1_000_000 }, (_, at) => (at * 31) % 256));
  const sum = createHash('sha256').update(bytes).digest('hex');
  const summed = await agent.run('cat | sha256sum | cut -c1-64', { input: bytes });
  expect(summed.stdout.trim()).toBe(sum);
  const copied = agent.start('tee copy | cat', { input: bytes });
  await copied.ended();
  expect(copied.stdout.equals(bytes)).toBe(true);
  expect(readFileSync(join(world.repo, 'copy')).equals(bytes)).toBe(true);
});

test('a signal sent to a guarded command reaches the command', async () => {
  const command = agent.start('trap "echo caught; exit 5" TERM; echo ready; while :; do sleep 0.05; done');
  await eventually('ready', () => (command.stdout.includes('ready') ? true : null));
  command.signal('SIGTERM');
  expect(await command.ended()).toMatchObject({ exit: 5, signal: null, stdout: 'ready\ncaught\n' });

  const killed = agent.start('echo ready; exec sleep 60');
  await eventually('ready', () => (killed.stdout.includes('ready') ? true : null));
  killed.signal('SIGKILL');
  expect(await killed.ended()).toMatchObject({ exit: null, signal: 'SIGKILL' });
});

test('the environment differs by what leads to Belay, and by nothing else', async () => {
  const read = 'env -0';
  const { plain, guarded } = await both(read);
  const [before, after] = [variables(plain.stdout), variables(guarded.stdout)];
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  );
  const allowed =
    /^(BELAY_[A-Z_]+|PATH|SHELL|CLAUDE_CODE_SHELL|BASH_ENV|ZDOTDIR|GIT_CONFIG_(COUNT|KEY_\d+|VALUE_\d+))$/;
  expect(changed.filter((name) => !allowed.test(name))).toEqual([]);
  expect(after.get('PATH')?.endsWith(`:${before.get('PATH')}`)).toBe(true);
});

test('a session changes nothing in the repository or the home folder but its own state, and leaves only the daemon', async () => {
  world.write({ 'package.json': '{"scripts":{"test":"true"}}', 'src/a.js': 'a' });
  world.sh('git init -q && git add -A && git commit -q -m start');
  cpSync(world.home, join(world.folder, 'before'), {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
  });
  const before = manifest(world.home);
  for (const line of ['ls', 'git status', 'git log --oneline', 'npm test', 'cat src/a.js', 'node -e 1', 'git diff'])
    expect((await agent.run(line)).exit).toBe(0);
  expect([await agent.end(), await unguarded.end()]).toEqual([0, 0]);

  const after = manifest(world.home);
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
  const ours = /^\.local(\/state(\/belay(\/.*)?)?)?$/;
  // `git status` itself writes the index anew when the times of files are newer
  expect(changed.filter((path) => !ours.test(path) && path !== 'repo/.git/index')).toEqual([]);
  const left = await eventually('only the daemon', () => (world.processes().length <= 1 ? world.processes() : null));
  expect(left.map(({ command }) => command.replace(/^.*belay\.js/, 'belay'))).toEqual(['belay daemon serve']);
  expect(readdirSync(join(world.home, '.local/state/belay/run/sessions'))).toEqual([]);
});

test('belay run ends as its command does', async () => {
  const run = (...command: string[]): Promise<Result> => world.run('belay', ['run', '--', ...command]);
  expect(await run('bash', '-c', 'echo out; echo err >&2; exit 9')).toEqual({
    exit: 9,
    signal: null,
    stdout: 'out\n',
    stderr: 'err\n',
  });
  expect((await run('bash', '-c', 'kill -TERM $$')).exit).toBe(128 + 15);
  expect((await world.run('belay', ['run', '--', 'cat'], { input: 'through' })).stdout).toBe('through');
});

function variables(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of text.split('\0')) {
    const [name = '', ...value] = entry.split('=');
    if (name !== '' && name !== '_') found.set(name, value.join('='));
  }
  return found;
}

/** Every path below a folder, with what it is and holds. */
function manifest(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    const content = stat.isFile()
      ? readFileSync(path).toString('base64')
      : stat.isSymbolicLink()
        ? readlinkSync(path)
        : '';
    found.set(name, `${stat.mode} ${content}`);
  }
  return found;
}
