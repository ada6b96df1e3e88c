import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linkShims, nativeShim } from '../../src/session/shim-links.ts';
import { GIT_HOOK_NAMES, SHIM_GROUPS, SHIM_NAMES } from '../../src/session/shim-names.ts';
import { compileShim, linkFallback, ROOT, remove, scratch } from './rig.ts';

let folder: string;
let packageRoot: string;

beforeAll(() => {
  folder = scratch();
  packageRoot = join(folder, 'native-package');
  mkdirSync(join(nativeShim(packageRoot), '..'), { recursive: true });
  compileShim(join(nativeShim(packageRoot), '..'));
});
afterAll(() => remove(folder));

test('every name and every git hook gets a link to the one program', () => {
  const into = join(folder, 'all');
  const folders = linkShims(packageRoot, into);
  expect(folders).toEqual({
    kind: 'native',
    program: nativeShim(packageRoot),
    bin: join(into, 'shims/bin'),
    gitHooks: join(into, 'hooks/git'),
    line: join(into, 'shims/belay-line'),
  });
  expect(readdirSync(folders.bin).sort()).toEqual([...SHIM_NAMES]);
  expect(readdirSync(folders.gitHooks).sort()).toEqual([...GIT_HOOK_NAMES].sort());
  expect(realpathSync(join(folders.bin, 'rm'))).toBe(realpathSync(folders.program));
  expect(readFileSync(join(into, 'shims/kind'), 'utf8')).toBe('native\n');
});

test('linking again keeps what is right, adds what is missing and removes what is stale', () => {
  const into = join(folder, 'again');
  const { bin } = linkShims(packageRoot, into);
  const before = lstatSync(join(bin, 'mv')).ino;
  remove(join(bin, 'rm'));
  symlinkSync('/bin/true', join(bin, 'no-longer-a-name'));
  linkShims(packageRoot, into);
  expect(readdirSync(bin).sort()).toEqual([...SHIM_NAMES]);
  expect(lstatSync(join(bin, 'mv')).ino).toBe(before);
});

test('with a PATH given, only what is installed there gets a shim, and a shim there does not count', () => {
  const installed = join(folder, 'installed');
  mkdirSync(installed);
  for (const name of ['rm', 'terraform', 'not-executable', 'unknown-name']) {
    writeFileSync(join(installed, name), '#!/bin/sh\n');
    if (name !== 'not-executable') chmodSync(join(installed, name), 0o755);
  }
  const all = linkShims(packageRoot, join(folder, 'all-names')).bin;
  const { bin } = linkShims(packageRoot, join(folder, 'some-names'), `${all}:${installed}:/nowhere`);
  expect(readdirSync(bin).sort()).toEqual(['rm', 'terraform']);
});

test('without a native program the fallback is linked, and the kind says so', () => {
  const folders = linkFallback(folder);
  expect(folders.kind).toBe('fallback');
  expect(readFileSync(join(folder, 'linked/shims/kind'), 'utf8')).toBe('fallback\n');
  const done = spawnSync(join(folders.bin, 'cat'), [], { env: { PATH: `${folders.bin}:/usr/bin:/bin` }, input: 'x' });
  expect(done.stdout.toString()).toBe('x');
});

test('a build without a compiler fails nothing', () => {
  const done = spawnSync('node', [join(ROOT, 'shims/build.mjs'), '--compile-only', join(folder, 'none')], {
    env: { PATH: process.env['PATH'], CC: '/no/such/compiler' },
    encoding: 'utf8',
  });
  expect(done.stderr).toBe('no C compiler was found\n');
});

test('no name stands in two groups, and no name is a git hook', () => {
  const names = SHIM_GROUPS.flatMap((group) => group.names);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(names.filter((name) => GIT_HOOK_NAMES.includes(name))).toEqual([]);
});

test('the C client, the fallback and the table know the same git hooks', () => {
  const words = (text: string): string[] => (text.match(/[a-z]+(-[a-z]+)+/g) ?? []).sort();
  const header = readFileSync(join(ROOT, 'shims/hook.h'), 'utf8');
  const script = readFileSync(join(ROOT, 'shims/belay-shim.sh'), 'utf8');
  const inHeader = /hook_names\[\] = \{([^}]*)\}/.exec(header)?.[1] ?? '';
  const inScript = /case \$belay_name in\n([^)]*)\)/.exec(script)?.[1] ?? '';
  expect(words(inHeader)).toEqual([...GIT_HOOK_NAMES].sort());
  expect(words(inScript)).toEqual([...GIT_HOOK_NAMES].sort());
});
