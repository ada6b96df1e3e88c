/**
 * The folders that stand in PATH and in git's `core.hooksPath`: one link per name to the shim of this machine, native or
 * the sh fallback. May be called again at any time: what is right stays, what is stale goes, nothing is missing meanwhile.
 */
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { GIT_HOOK_NAMES, SHIM_NAMES } from './shim-names.ts';

export interface ShimFolders {
  /** `fallback` is slower, and passes an argv[0] of the caller's own and oddly named variables on changed. */
  readonly kind: 'native' | 'fallback';
  /** What the links point to. */
  readonly program: string;
  /** The folder for PATH. */
  readonly bin: string;
  /** The folder for `core.hooksPath`. */
  readonly gitHooks: string;
  /** What a shell's start-up file asks with whether a line may run: `belay-line -c TEXT`. */
  readonly line: string;
}

/** Returns where the native shim of this machine lies in a package, built or not. */
export function nativeShim(packageRoot: string): string {
  return join(packageRoot, 'build', 'shims', `${process.platform}-${process.arch}`, 'belay-shim');
}

/**
 * Makes `shims/bin`, `shims/belay-line`, `shims/kind` and `hooks/git` in the folder `into`, and returns them. With a `path`, only the names
 * that have a program there get a shim: a shim for a program that is not installed would make `command -v` lie.
 */
export function linkShims(
  packageRoot: string,
  into: string,
  path: string | null = null,
  names: readonly string[] = SHIM_NAMES,
): ShimFolders {
  const native = nativeShim(packageRoot);
  const kind = worksAsShim(native) ? 'native' : 'fallback';
  const program = kind === 'native' ? native : writeFallback(packageRoot, into);
  const bin = join(into, 'shims', 'bin');
  const gitHooks = join(into, 'hooks', 'git');
  linkAll(bin, path === null ? names : names.filter((name) => isInPath(name, path)), program);
  linkAll(gitHooks, GIT_HOOK_NAMES, program);
  const line = join(into, 'shims', 'belay-line');
  linkTo(line, relative(realpathSync(dirname(line)), realpathSync(program)));
  writeFileSync(join(into, 'shims', 'kind'), `${kind}\n`);
  return { kind, program, bin, gitHooks, line };
}

/** Returns whether some folder of `path` holds a program of this name that is no shim. */
function isInPath(name: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    const file = join(folder === '' ? '.' : folder, name);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile() && !basename(realpathSync(file)).startsWith('belay-shim');
    } catch {
      return false;
    }
  });
}

/** Returns whether the program runs here: as `true`, outside a session, it becomes the real one. */
function worksAsShim(program: string): boolean {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
  return spawnSync(program, [], { argv0: 'true', env, timeout: 5000 }).status === 0;
}

/** Writes the fallback with the paths of this machine in it, and returns its path. */
function writeFallback(packageRoot: string, into: string): string {
  const target = join(into, 'shims', 'fallback', 'belay-shim.sh');
  const template = readFileSync(join(packageRoot, 'shims', 'belay-shim.sh'), 'utf8');
  const script = template
    .replace('@NODE@', () => quote(process.execPath))
    .replace('@CLIENT@', () => quote(join(packageRoot, 'shims', 'fallback-client.mjs')));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.new`, script);
  chmodSync(`${target}.new`, 0o755);
  renameSync(`${target}.new`, target);
  return target;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function linkAll(folder: string, names: readonly string[], program: string): void {
  mkdirSync(folder, { recursive: true });
  const target = relative(realpathSync(folder), realpathSync(program));
  const wanted = new Set(names);
  for (const name of readdirSync(folder)) {
    if (!wanted.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
  for (const name of names) linkTo(join(folder, name), target);
}

function linkTo(link: string, target: string): void {
  if (linkTarget(link) === target) return;
  const fresh = `${link}.${process.pid}`;
  symlinkSync(target, fresh);
  renameSync(fresh, link);
}

function linkTarget(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}
