// Builds the shim for this machine into build/, or installs the slower sh fallback: `npm run build` calls it after tsc.
// Never fails for want of a compiler: a program that came prebuilt in the package is kept then.
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'shims', 'belay-shim.c');

// Without a C library where sys-linux.h has the system calls: its start-up would cost more than the shim's work.
const isFreestanding = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra'];
const freestanding = (
  '-ffreestanding -fno-builtin -fno-stack-protector -fno-asynchronous-unwind-tables -fno-pie ' +
  '-nostdlib -static -no-pie -s -Wl,--build-id=none -Wl,-z,noseparate-code'
).split(' ');
// gcc would make calls of memcpy out of memcpy's own loop; clang does not know the option.
const gccOnly = ['-fno-tree-loop-distribute-patterns'];

/** Compiles the shim into `target`, whole or not at all. Returns null, or why not. */
function compile(target) {
  mkdirSync(dirname(target), { recursive: true });
  const compilers = process.env.CC === undefined ? ['cc', 'gcc', 'clang'] : [process.env.CC];
  const attempts = isFreestanding
    ? [['-Werror', ...freestanding, ...gccOnly], ['-Werror', ...freestanding], [...freestanding], ['-DSHIM_LIBC']]
    : [['-Werror'], []];
  const fresh = `${target}.${process.pid}`;
  let why = 'no C compiler was found';
  for (const compiler of compilers) {
    for (const attempt of attempts) {
      const done = spawnSync(compiler, [...flags, ...attempt, '-o', fresh, source], { encoding: 'utf8' });
      if (done.error !== undefined) break;
      why = done.stderr.trim();
      if (done.status === 0 && runs(fresh)) {
        renameSync(fresh, target); // a running shim keeps the old file
        return null;
      }
      rmSync(fresh, { force: true });
    }
  }
  return why;
}

/** Returns whether the program works: called `true` outside a session, it becomes the real one. */
function runs(program) {
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin' };
  return spawnSync(program, [], { argv0: 'true', env, timeout: 5000 }).status === 0;
}

if (process.argv[2] === '--compile-only') {
  const why = compile(process.argv[3]);
  if (why !== null) {
    process.stderr.write(`${why}\n`);
    process.exitCode = 1;
  }
} else {
  const { linkShims, nativeShim } = await import(new URL('../dist/session/shim-links.js', import.meta.url).href);
  const target = nativeShim(root);
  const why = compile(target);
  const { kind } = linkShims(root, join(root, 'build'));
  if (why !== null) {
    const instead = kind === 'native' ? 'the prebuilt one is used' : 'the slower sh fallback is installed';
    process.stderr.write(`belay: the native shim was not built; ${instead}. ${why.split('\n')[0]}\n`);
  }
}
