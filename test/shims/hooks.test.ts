import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { GIT_HOOK_NAMES } from '../../src/session/shim-names.ts';
import {
  compileShim,
  type Ended,
  linkFallback,
  linkNames,
  type Question,
  REAL_PATH,
  remove,
  run,
  StandIn,
  scratch,
} from './rig.ts';

let folder: string;
let hooks: string;
let repository: string;
let server: StandIn;
let serial = 0;

beforeAll(() => {
  folder = scratch();
  hooks = linkNames(folder, compileShim(folder), GIT_HOOK_NAMES);
});
afterAll(() => remove(folder));
beforeEach(async () => {
  serial++;
  repository = join(folder, `r${serial}`);
  mkdirSync(repository);
  server = new StandIn(join(folder, `s${serial}`));
  await server.listen();
  await plainGit('init', '-q', '-b', 'main', '.');
  await plainGit('commit', '-q', '--allow-empty', '-m', 'first');
});
afterEach(() => server.close());

const bare = (): NodeJS.ProcessEnv => ({
  PATH: REAL_PATH,
  HOME: folder,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@b',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@b',
});
const guarded = (): NodeJS.ProcessEnv => ({
  ...bare(),
  BELAY_SESSION: 's-test',
  BELAY_SOCKET: server.path,
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'core.hooksPath',
  GIT_CONFIG_VALUE_0: hooks,
});

const plainGit = (...args: string[]): Promise<Ended> => run('/usr/bin/git', args, { cwd: repository, env: bare() });
const git = (...args: string[]): Promise<Ended> => run('/usr/bin/git', args, { cwd: repository, env: guarded() });

function ownHook(name: string, script: string): string {
  const path = join(repository, '.git/hooks', name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

function asked(name: string): Question[] {
  return server.questions.filter((question) => String(question.strings[2]).endsWith(`/${name}`));
}

function stdinOf(question: Question | undefined): string {
  const length = Number(question?.frame.header['stdinLength']);
  const blob = question?.frame.blob ?? Buffer.alloc(0);
  return blob.subarray(blob.length - length).toString();
}

test('every ref that moves is asked about, with its old and new value', async () => {
  expect(await git('branch', 'other')).toMatchObject({ code: 0, stderr: '' });
  const questions = asked('reference-transaction');
  expect(questions.map((question) => String(question.strings[3]))).toEqual(
    expect.arrayContaining(['prepared', 'committed']),
  );
  expect(questions[0]?.frame.type).toBe('HOOK');
  expect(stdinOf(questions[0])).toMatch(/^0{40} [0-9a-f]{40} refs\/heads\/other\n$/);
});

test('a denied commit is not made', async () => {
  server.onFrame = (question) => {
    const isCommit = String(question.strings[2]).endsWith('/pre-commit');
    question.answer(isCommit ? 'DENY' : 'ALOW', isCommit ? 'belay: not this\n' : '');
  };
  expect(await git('commit', '--allow-empty', '-m', 'second')).toMatchObject({ code: 1, stderr: 'belay: not this\n' });
  expect((await plainGit('rev-list', '--count', 'HEAD')).stdout).toBe('1\n');
});

test('the own hook of the repository runs with its arguments, its environment and its exit status', async () => {
  const own = ownHook('commit-msg', 'echo "own $# $(cat "$1") $GIT_INDEX_FILE"; exit 9');
  server.onFrame = (question) =>
    question.answer('ALOW', String(question.strings[2]).endsWith('/commit-msg') ? own : '');
  const guardedEnd = await git('commit', '--allow-empty', '-m', 'second');
  const plainEnd = await plainGit('commit', '--allow-empty', '-m', 'second');
  expect(guardedEnd).toEqual(plainEnd);
  expect(plainEnd.stderr).toMatch(/own 1 second/);
});

test.each([100, 5_000, 40_000])('the own hook is told on stdin what git said, %i lines of it', async (lines) => {
  const told = join(folder, `told${serial}`);
  const own = ownHook('pre-push', `cat > '${told}'; exit 3`);
  server.onFrame = (question) => question.answer('ALOW', own);
  const input = Array.from({ length: lines }, (_, n) => `refs/heads/b${n} 1 refs/heads/b${n} 0\n`).join('');
  const end = await run(join(hooks, 'pre-push'), ['origin', 'url'], { cwd: repository, env: guarded() }, input);
  expect(end).toMatchObject({ code: 3, stderr: '' });
  expect(readFileSync(told, 'utf8')).toBe(input);
  const question = server.questions[0];
  expect(question?.frame.header['truncated']).toBe(input.length > 524_288 ? 1 : 0);
  expect(stdinOf(question)).toBe(input.slice(0, 524_288));
});

test('with no daemon git goes on and runs its own hooks; only a push is refused', async () => {
  await server.close();
  rmSync(server.path, { force: true });
  ownHook('pre-commit', 'echo own pre-commit');
  expect(await git('commit', '--allow-empty', '-m', 'second')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/own pre-commit/),
  });
  const remote = join(folder, `remote${serial}`);
  await plainGit('init', '-q', '--bare', remote);
  const push = await git('push', remote, 'main');
  expect(push.code).toBe(1);
  expect(push.stderr).toMatch(/pre-push was not run[\s\S]*Belay itself is not working/);
  await server.listen();
});

test('in a linked worktree without a daemon the hooks of the main one run', async () => {
  await server.close();
  rmSync(server.path, { force: true });
  ownHook('pre-commit', 'echo own pre-commit');
  await plainGit('worktree', 'add', '-q', join(folder, `tree${serial}`));
  const env = guarded();
  const cwd = join(folder, `tree${serial}`);
  const end = await run('/usr/bin/git', ['commit', '--allow-empty', '-m', 'x'], { cwd, env });
  expect(end).toMatchObject({ code: 0, stderr: expect.stringMatching(/own pre-commit/) });
  await server.listen();
});

test('outside a session a linked hook only runs the own one of the repository', async () => {
  ownHook('pre-commit', 'echo own pre-commit');
  const env = { ...bare(), GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.hooksPath', GIT_CONFIG_VALUE_0: hooks };
  const end = await run('/usr/bin/git', ['commit', '--allow-empty', '-m', 'x'], { cwd: repository, env });
  expect(end).toMatchObject({ code: 0, stderr: expect.stringMatching(/own pre-commit/) });
  expect(server.questions).toEqual([]);
});

test('the fallback asks and chains the same', async () => {
  const { gitHooks } = linkFallback(folder);
  const own = ownHook('pre-push', 'cat; exit 3');
  server.onFrame = (question) => question.answer('ALOW', own);
  const end = await run(join(gitHooks, 'pre-push'), ['origin'], { cwd: repository, env: guarded() }, 'a line\n');
  expect(end).toMatchObject({ code: 3, stdout: 'a line\n', stderr: '' });
  expect(stdinOf(server.questions[0])).toBe('a line\n');
  server.onFrame = (question) => question.answer('DENY', 'no\n');
  const denied = await run(join(gitHooks, 'pre-push'), ['origin'], { cwd: repository, env: guarded() }, 'a line\n');
  expect(denied).toMatchObject({ code: 1, stdout: '', stderr: 'no\n' });
});
