// `belay run` from outside: how it ends, what it hands through, and what it leaves behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually, type Result, resultOf, World } from '../scenario/world.ts';

let world: World;
beforeEach(() => {
  world = new World();
  world.sh('git init -q && git commit -q --allow-empty -m start');
  world.write({ 'src/work': 'of hours\n' });
});
afterEach(() => world.close());

const guarded = (...command: readonly string[]): Promise<Result> => world.belay('run', '-q', '--', ...command);

/** Starts, under guard, an agent that does `code` and ends once there is a file `end` in its home. */
function startAgent(code: string): ChildProcess {
  const file = join(world.home, 'agent.mjs');
  writeFileSync(
    file,
    `import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
${code}
setInterval(() => { if (existsSync(process.env.HOME + '/end')) process.exit(0); }, 20);\n`,
  );
  const args = ['run', '-q', '--', process.execPath, file];
  return spawn('belay', args, { cwd: world.repo, env: world.env, stdio: ['pipe', 'pipe', 'pipe'] });
}

const sessions = (): readonly string[] => {
  const folder = join(world.home, '.local/state/belay/run/sessions');
  return existsSync(folder) ? readdirSync(folder) : [];
};

test("it ends as the command does: with its status, or 128 and the number of its signal's", async () => {
  expect((await guarded('bash', '-c', 'exit 7')).exit).toBe(7);
  expect((await guarded('bash', '-c', 'kill -TERM $$')).exit).toBe(143);
});

test('a command that is not there is told, with status 127 as a shell gives it', async () => {
  const { exit, stderr } = await guarded('no-such-program');
  expect(stderr).toContain('no-such-program');
  expect(exit).toBe(127);
  expect((await guarded('bash', '-c', 'no-such-program')).exit).toBe(127);
});

test('pipes stay pipes, and bytes pass as they are', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
  const look = 'for n in 0 1 2; do test -t $n && echo "tty $n"; done; od -An -tx1 -v | tr -d " \\n"';
  const { stdout, exit } = await world.run('belay', ['run', '-q', '--', 'bash', '-c', look], { input: bytes });
  expect(exit).toBe(0);
  expect(stdout).toBe(bytes.toString('hex'));
});

test('a session inside a session is refused', async () => {
  const { exit, stderr } = await guarded('bash', '-c', 'belay run -- true');
  expect(exit).not.toBe(0);
  expect(stderr).toMatch(/session/);
});

test('a signal for it reaches the command', async () => {
  const child = startAgent("process.on('SIGTERM', () => process.exit(9)); console.log('up');");
  const ended = resultOf(child, '');
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  child.kill('SIGTERM');
  expect((await ended).exit).toBe(9);
});

test('it leaves no process but the daemon, no folder of the session, and the repository as it was', async () => {
  const before = world.sh('git status --porcelain --ignored; git config --list --local; ls -A .git/hooks');
  await guarded('bash', '-c', 'git status; ls');
  expect(world.sh('git status --porcelain --ignored; git config --list --local; ls -A .git/hooks')).toBe(before);
  expect(sessions()).toEqual([]);
  expect(world.processes().every(({ command }) => command.includes('daemon serve'))).toBe(true);
});

test('what is held when the command ends is taken back: a late yes runs nothing', async () => {
  const child = startAgent("spawn('bash', ['-c', 'rm -rf src'], { detached: true, stdio: 'ignore' }).unref();");
  const ended = resultOf(child, '');
  const [held] = await world.held();
  writeFileSync(join(world.home, 'end'), '');
  await ended;
  await eventually('the end of the request', async () =>
    (await world.json<readonly unknown[]>('review')).length === 0 ? true : null,
  );
  expect((await world.belay('approve', held?.id ?? '')).exit).not.toBe(0);
  expect(existsSync(join(world.repo, 'src/work'))).toBe(true);
  expect(sessions()).toEqual([]);
});

test('a program that outlives the command stays guarded', async () => {
  const goOn = join(world.home, 'go-on');
  const server = join(world.home, 'server');
  writeFileSync(
    server,
    `while [ ! -e ${goOn} ]; do sleep 0.05; done; bash -c 'rm -rf src' 2> ${world.home}/said; true`,
  );
  const child = startAgent(
    `spawn('/bin/sh', [${JSON.stringify(server)}], { detached: true, stdio: 'ignore' }).unref(); console.log('up');`,
  );
  const ended = resultOf(child, '');
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  writeFileSync(join(world.home, 'end'), '');
  await ended;
  expect(sessions()).toHaveLength(1);
  writeFileSync(goOn, '');
  const [held] = await world.held();
  await world.belay('deny', held?.id ?? '', '-r', 'keep src');
  await eventually('its end', () => (world.processes().some(({ command }) => command.endsWith(server)) ? null : true));
  expect(readFileSync(join(world.home, 'said'), 'utf8')).toContain('keep src');
  expect(existsSync(join(world.repo, 'src/work'))).toBe(true);
});
