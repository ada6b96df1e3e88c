// Snapshots are taken while others write: programs, several sessions, and the person's own git.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { REPOSITORY } from './fidelity-cases.ts';
import { EVERYTHING, release, type Scratch, scratch } from './scratch.ts';

let place: Scratch;
const children: ChildProcess[] = [];
beforeEach(() => {
  place = scratch();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await place.end();
});

/** Starts a program in the tree that writes for as long as it runs; resolves once it has begun. */
async function writer(program: string, ...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(program, args, { cwd: place.tree, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const BLOCK = 4_096;
const BLOCKS = 64;

/** Goes through the letters for ever: `whole` is replaced by rename, `inplace` is overwritten block by block, `log` grows. */
const WRITER = `
const fs = require('fs');
const file = fs.openSync('inplace', 'w+');
for (let n = 0; ; n++) {
  const letter = '${LETTERS}'[n % 26];
  fs.writeFileSync('next', letter.repeat(${BLOCK * BLOCKS}));
  fs.renameSync('next', 'whole');
  for (let at = 0; at < ${BLOCKS}; at++) fs.writeSync(file, letter.repeat(${BLOCK}), at * ${BLOCK});
  fs.appendFileSync('log', n + '\\n');
  if (n === 1) console.log('begun');
}`;

/** A file that is overwritten from the front is, at any one moment, new letters before old ones. */
function isOfOneMoment(text: string): boolean {
  const runs = [...text.matchAll(/(.)\1*/gs)].map((run) => LETTERS.indexOf(run[1] ?? ''));
  const [newer, older] = runs;
  if (runs.length === 1) return true;
  return runs.length === 2 && newer !== undefined && older !== undefined && (newer - older + 26) % 26 === 1;
}

test('a file that is written meanwhile is kept as it was at one moment, or named as of two', {
  timeout: 120_000,
}, async () => {
  const engine = place.open();
  const child = await writer(process.execPath, '-e', WRITER);
  const taken = [];
  for (let n = 0; n < 12; n++) taken.push(await engine.take(release(place.tree)));
  await end(child);
  const log = readFileSync(join(place.tree, 'log'), 'utf8');
  for (const [index, one] of taken.entries()) {
    const to = join(place.folder, `beside-${index}`);
    await engine.rollback(one.id, { ...EVERYTHING, to });
    const kept = (name: string): string => readFileSync(join(to, name), 'utf8');
    const torn = one.notKept.map(({ path }) => path);
    expect(kept('whole')).toMatch(/^(.)\1*$/);
    expect(kept('whole')).toHaveLength(BLOCK * BLOCKS);
    expect(log.startsWith(kept('log'))).toBe(true);
    if (!torn.includes(join(place.tree, 'inplace'))) expect(isOfOneMoment(kept('inplace')), one.id).toBe(true);
  }
  expect(await engine.verify()).toMatchObject({ damaged: [] });
});

test('sessions that take at once each keep what was there when they asked', { timeout: 120_000 }, async () => {
  place.bash(`${REPOSITORY}\nmkdir d; for i in $(seq 300); do echo $i > d/$i; done`);
  const engine = place.open();
  const asked: { readonly id: Promise<string>; readonly name: string; readonly text: string }[] = [];
  for (let n = 0; n < 12; n++) {
    for (const session of ['one', 'two', 'three']) {
      const name = `${session}.txt`;
      const text = `${session} ${n}`;
      writeFileSync(join(place.tree, name), text);
      const paths = n % 3 === 0 ? [join(place.tree, name)] : [];
      asked.push({ id: engine.take(release(place.tree, paths, session)).then(({ id }) => id), name, text });
    }
    if (n % 4 === 3) void engine.prune({ dryRun: false, keep: [] });
    await Promise.all(asked.slice(-3).map(({ id }) => id));
  }
  for (const [index, { id, name, text }] of asked.entries()) {
    const to = join(place.folder, `beside-${index}`);
    await engine.rollback(await id, { ...EVERYTHING, to, paths: [join(place.tree, name)] });
    expect(readFileSync(join(to, name), 'utf8')).toBe(text);
  }
  expect(await engine.verify()).toMatchObject({ damaged: [] });
});

test("the person's own git goes on meanwhile, and finds its repository whole", { timeout: 120_000 }, async () => {
  place.bash(REPOSITORY);
  const engine = place.open();
  const git = 'git -c user.name=T -c user.email=t@example.com';
  const script = `set -e; for n in $(seq 25); do echo $n > own.txt; ${git} add -A; ${git} commit -qm $n; ${git} stash list; echo $n; done`;
  const child = await writer('/bin/bash', '-c', script);
  const exited = once(child, 'exit');
  const taken = [];
  while (child.exitCode === null) {
    taken.push(await engine.take(release(place.tree)));
    await turn(); // the engine works in this thread: let the end of the program be heard of
  }
  expect(await exited).toEqual([0, null]);
  expect(taken.length).toBeGreaterThan(0);
  expect(place.bash('git fsck --strict 2>&1 | grep -v dangling || true')).toBe('');
  for (const [index, one] of taken.entries()) {
    const to = join(place.folder, `beside-${index}`);
    await engine.rollback(one.id, { ...EVERYTHING, to });
    expect(place.bash('git rev-parse -q --verify HEAD^{commit}', to)).toMatch(/^[0-9a-f]{40}\n$/);
  }
});
