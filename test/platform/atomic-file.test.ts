import { execFileSync, spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFile } from '../../src/platform/atomic-file.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'belay-replace-'));
  file = join(folder, 'settings.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a new file is only ours, and a replaced one keeps its mode', () => {
  replaceFile(file, 'one');
  expect([readFileSync(file, 'utf8'), lstatSync(file).mode & 0o777]).toEqual(['one', 0o600]);
  const shared = join(folder, 'shared');
  writeFileSync(shared, 'old', { mode: 0o644 });
  replaceFile(shared, Buffer.from([0xff, 0]));
  expect([[...readFileSync(shared)], lstatSync(shared).mode & 0o777]).toEqual([[0xff, 0], 0o644]);
});

test('a symbolic link stays one, and what it leads to is replaced', () => {
  const real = join(folder, 'dotfiles-settings.json');
  writeFileSync(real, 'old');
  symlinkSync(real, file);
  replaceFile(file, 'new');
  expect([lstatSync(file).isSymbolicLink(), readFileSync(real, 'utf8')]).toEqual([true, 'new']);
});

test('when it fails, the old file stands and nothing lies beside it', () => {
  mkdirSync(file);
  writeFileSync(join(file, 'inside'), '');
  expect(() => replaceFile(file, 'new')).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(readdirSync(folder)).toEqual(['settings.json']);
});

const hasStrace = spawnSync('strace', ['-V']).status === 0;
test.runIf(hasStrace)('killed at any of its system calls, it leaves the old bytes or the new ones', () => {
  const script = join(folder, 'replace.mjs');
  const module = new URL('../../src/platform/atomic-file.ts', import.meta.url).pathname;
  const bundle = join(folder, 'atomic-file.mjs');
  writeFileSync(bundle, stripTypes(module));
  writeFileSync(
    script,
    `import { replaceFile } from './atomic-file.mjs';\nreplaceFile(process.argv[2], 'N'.repeat(100000));\n`,
  );
  const seen = new Set<string>();
  const kills = ['fchmod:1', 'fsync:1', 'rename:1', 'fsync:2', ...[1, 2, 3, 4, 5, 6].map((when) => `write:${when}`)];
  for (const kill of kills) {
    const [call, when] = kill.split(':');
    const place = mkdtempSync(join(folder, 'place-'));
    const target = join(place, 'f');
    writeFileSync(target, 'O'.repeat(100_000));
    const inject = `inject=${call}:signal=SIGKILL:when=${when}`;
    spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', inject, process.execPath, script, target]);
    const bytes = readFileSync(target, 'latin1');
    seen.add(bytes === 'O'.repeat(100_000) ? 'old' : bytes === 'N'.repeat(100_000) ? 'new' : 'between');
  }
  expect([...seen].sort()).toEqual(['new', 'old']);
});

test.runIf(hasStrace)('bytes are synced before the rename, and the folder after it', () => {
  const script = join(folder, 'replace.mjs');
  writeFileSync(
    join(folder, 'atomic-file.mjs'),
    stripTypes(new URL('../../src/platform/atomic-file.ts', import.meta.url).pathname),
  );
  writeFileSync(script, `import { replaceFile } from './atomic-file.mjs';\nreplaceFile(process.argv[2], 'new');\n`);
  const trace = join(folder, 'trace');
  execFileSync('strace', ['-f', '-qq', '-o', trace, '-e', 'trace=fsync,rename', process.execPath, script, file]);
  const calls = readFileSync(trace, 'utf8').match(/fsync|rename/g);
  expect(calls).toEqual(['fsync', 'rename', 'fsync']);
});

/** Node 20 runs no types: the compiler's own service strips them. */
function stripTypes(path: string): string {
  const out = mkdtempSync(join(folder, 'out-'));
  const tsc = new URL('../../node_modules/typescript/bin/tsc', import.meta.url).pathname;
  const config = join(out, 'tsconfig.json');
  const root = new URL('../..', import.meta.url).pathname;
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.build.json'),
      compilerOptions: { outDir: out, rootDir: join(root, 'src'), typeRoots: [join(root, 'node_modules/@types')] },
      include: [],
      files: [path],
    }),
  );
  execFileSync(process.execPath, [tsc, '-p', config], { stdio: 'inherit' });
  return readFileSync(join(out, 'platform/atomic-file.js'), 'utf8');
}
