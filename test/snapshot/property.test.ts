import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, lstatSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openEngine } from '../../src/snapshot/engine.ts';
import { manifest } from './manifest.ts';
import { EVERYTHING, release, scratch } from './scratch.ts';

/** Few names, so that what is made and what is destroyed meet; some that are no UTF-8, look like options, or like ours. */
const NAMES = [
  'a',
  'b',
  'A',
  'd',
  'e',
  '-rf',
  'n\nl',
  ' ',
  '.git',
  '.belay~x',
  'node_modules',
  'package.json',
  'x.lock',
  'b'.repeat(255),
];
const name = fc.oneof(
  fc.constantFrom(...NAMES).map((text) => Buffer.from(text)),
  fc.constant(Buffer.from([0x66, 0xff, 0xfe])),
);
/** Lock files below a `.git` are git's own, which are neither kept nor removed: rollback.test.ts has them. */
const isGitLock = (parts: readonly Buffer[]): boolean =>
  parts.some((part) => part.toString() === '.git') && parts.some((part) => part.toString() === 'x.lock');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).filter((parts) => !isGitLock(parts));
const content = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constant(''),
  fc.integer({ min: 0, max: 3 }).map((n) => 'x'.repeat(262_143 + n)),
);
const made = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('file' as const),
      path,
      content,
      mode: fc.constantFrom(0o644, 0o600, 0o755, 0o444, 0o4755, 0o000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('folder' as const),
      path,
      mode: fc.constantFrom(0o755, 0o700, 0o2775, 0o1777, 0o000, 0o555),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('link' as const),
      path,
      to: fc.constantFrom('a', '..', 'nowhere', '/etc'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hard' as const), path, to: path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pipe' as const), path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sparse' as const), path }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('attribute' as const), path, value: fc.constantFrom('1', '2') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repository' as const), path, worktree: fc.boolean() }) },
);
/** How many trees are generated: set for a long run, in which no time limit cuts it short. */
const LONG_RUN = Number(process.env['BELAY_PROPERTY_RUNS'] ?? 0);
const RUNS = 120;
const SHORT_MS = 30_000;

const destroyed = fc.oneof(
  made,
  fc.record({ kind: fc.constant('remove' as const), path }),
  fc.record({ kind: fc.constant('mode' as const), path, mode: fc.constantFrom(0o777, 0o600, 0o700) }),
  fc.record({
    kind: fc.constant('shell' as const),
    script: fc.constantFrom(
      'find . -type f -delete',
      'rm -rf ./*',
      'chmod -R 700 .',
      'find . -mindepth 1 -delete',
      'for f in *; do [ -f "$f" ] && : > "./$f"; done; true',
      'mkdir -p z; mv ./* z/ 2>/dev/null; true',
      'find . -name .git -exec rm -rf {} +',
      'for g in $(find . -name .git -type d); do git -C "$g/.." reset -q --hard HEAD~1; git -C "$g/.." clean -qfdx; done; true',
      'for g in $(find . -name .git -type d); do git -C "$g/.." branch -D side; git -C "$g/.." update-ref -d HEAD; done; true',
      'setfattr -h -x user.t * 2>/dev/null; truncate -s 5 * 2>/dev/null; true',
    ),
  }),
);

test('whatever was there and whatever destroyed it, a rollback brings back the same tree', {
  timeout: LONG_RUN > 0 ? 3_600_000 : 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(made, { maxLength: 14 }),
      fc.array(destroyed, { minLength: 1, maxLength: 6 }),
      async (setup, damage) => {
        const place = scratch();
        try {
          for (const step of setup) apply(place.tree, step);
          const judged = (): unknown => [
            manifest([place.tree], { times: true }),
            hasAttributes ? attributes(place.tree) : '',
          ];
          const hasAttributes = [...setup, ...damage].some(({ kind }) => kind === 'attribute');
          const before = judged();
          const engine = openEngine({ storeFolder: place.store, freeFloorBytes: 0, regenerable: [] });
          const kept = await engine.take(release(place.tree, [place.tree]));
          for (const step of damage) apply(place.tree, step);
          const after = judged();
          const result = await engine.rollback(kept.id, EVERYTHING);
          expect(result).toMatchObject({ left: [], verified: true });
          expect(judged()).toEqual(before);
          await engine.rollback(result.undo ?? '', EVERYTHING);
          expect(judged()).toEqual(after);
          expect((await engine.verify()).damaged).toEqual([]);
          await engine.close();
        } finally {
          await place.end();
        }
      },
    ),
    LONG_RUN > 0
      ? { numRuns: LONG_RUN }
      : { numRuns: RUNS, interruptAfterTimeLimit: SHORT_MS, markInterruptAsFailure: false },
  );
});

type Step = typeof destroyed extends fc.Arbitrary<infer Value> ? Value : never;

/** Does one step as far as it can be done; where something is in the way, it is not. */
function apply(tree: string, step: Step): void {
  try {
    switch (step.kind) {
      case 'file':
        makeParent(tree, step.path);
        rmSync(at(tree, step.path), { force: true });
        writeFileSync(at(tree, step.path), step.content);
        chmodSync(at(tree, step.path), step.mode);
        break;
      case 'folder':
        makeParent(tree, step.path);
        mkdirSync(at(tree, step.path));
        chmodSync(at(tree, step.path), step.mode);
        break;
      case 'link':
        makeParent(tree, step.path);
        symlinkSync(step.to, at(tree, step.path));
        break;
      case 'hard':
        if (lstatSync(at(tree, step.to)).isFile()) linkSync(at(tree, step.to), at(tree, step.path));
        break;
      case 'pipe':
        makeParent(tree, step.path);
        execFileSync('mkfifo', [join(tree, 'pipe-for-now')]);
        execFileSync('mv', ['-T', '-n', join(tree, 'pipe-for-now'), at(tree, step.path).toString('latin1')], {
          stdio: 'ignore',
        });
        break;
      case 'sparse':
        makeParent(tree, step.path);
        writeFileSync(at(tree, step.path), 'start', { flag: 'wx' });
        truncateSync(at(tree, step.path), 1_300_000);
        break;
      case 'attribute':
        if (lstatSync(at(tree, step.path)).isFile()) setAttribute(at(tree, step.path), step.value);
        break;
      case 'repository':
        makeParent(tree, step.path);
        makeRepository(at(tree, step.path), step.worktree);
        break;
      case 'remove':
        rmSync(at(tree, step.path), { recursive: true, force: true });
        break;
      case 'mode':
        if (!lstatSync(at(tree, step.path)).isSymbolicLink()) chmodSync(at(tree, step.path), step.mode);
        break;
      case 'shell':
        execFileSync('/bin/bash', ['-c', step.script], { cwd: tree, stdio: 'ignore' });
        break;
      default:
        step satisfies never;
    }
  } catch {
    // Something stands in the way: the tree stays as it is.
  }
}

function at(tree: string, names: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(tree), ...names.flatMap((part) => [Buffer.from('/'), part])]);
}

function makeParent(tree: string, names: readonly Buffer[]): void {
  let folder = tree as string | Buffer;
  for (const [i] of names.slice(0, -1).entries()) {
    folder = at(tree, names.slice(0, i + 1));
    const there = lstatSync(folder, { throwIfNoEntry: false });
    if (there === undefined) mkdirSync(folder);
    else if (!there.isDirectory()) throw new Error('in the way');
  }
}

/** With python where it is here: Node has no call for it. */
function setAttribute(path: Buffer, value: string): void {
  const script = 'import os,sys; os.setxattr(os.fsencode(bytes.fromhex(sys.argv[1])), "user.t", sys.argv[2].encode())';
  execFileSync('python3', ['-c', script, path.toString('hex'), value], { stdio: 'ignore' });
}

/** What attributes there are below `tree`, a line each. */
function attributes(tree: string): string {
  const script = `import os,sys
for folder,_,files in os.walk(os.fsencode(sys.argv[1])):
  for name in sorted(files):
    path = os.path.join(folder, name)
    for key in sorted(os.listxattr(path, follow_symlinks=False)):
      print(path, key, os.getxattr(path, key, follow_symlinks=False))`;
  const said = execFileSync('python3', ['-c', script, tree], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return said.split('\n').sort().join('\n');
}

/** A repository of its own with two commits, a branch and an edit, and a worktree linked to it beside. */
function makeRepository(path: Buffer, worktree: boolean): void {
  mkdirSync(path);
  const git = 'git -c user.name=t -c user.email=t -c gc.auto=0';
  const script = `git init -q .; echo 1 > f; ${git} add f; ${git} commit -qm 1; echo 2 > f; ${git} commit -qam 2
    git branch side; echo 3 > f; echo u > untracked; ${worktree ? 'git worktree add -q linked side; echo e >> linked/f' : ''}`;
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('/bin/bash', ['-c', `cd -- "$(printf %b "$1")"; ${script}`, 'bash', escaped(path)], {
    env,
    stdio: 'ignore',
  });
}

/** The path as octal escapes for `printf %b`: it may be no UTF-8. */
function escaped(path: Buffer): string {
  return [...path].map((byte) => `\\0${byte.toString(8)}`).join('');
}
