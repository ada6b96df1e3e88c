/** Paths by their text alone: joined, normalised, turned into targets. Pure; links and what exists are evidence's to know. */
import { posix } from 'node:path';
import type { Target } from './effect.ts';
import type { Arg } from './program.ts';

/** Stands in `Arg.empty` for a part that is unknown but can't be empty (`${X:?}`). No path holds it. */
export const NEVER_EMPTY = '\u{f0000}';

/** Why the empty text is no path. */
export const EMPTY_NAME = 'an empty name';

/** Why a path that begins with `~` is not known. */
export const HOME_NOT_KNOWN = 'the home folder is not known';

/** Why a relative path is not known. */
export const FOLDER_NOT_KNOWN = 'the working folder is not known';

/** Why a path is not known that stands for each of the files that a pattern matches. */
export const MATCHED = 'a file that a pattern matches';

/** Why a path that `mktemp` makes is not known: it is this line's own. */
export const MADE_HERE = 'made by this line (mktemp)';

/** No system call takes a longer one: PATH_MAX of limits.h on Linux, and macOS takes less. */
const MAX_PATH = 4_096;

/**
 * Returns the absolute form of `path`, or null when it is relative and the folder is not known, or too long to be one. A
 * drive of Windows is spelt as Git Bash does, `/d/x`.
 */
export function resolvePath(path: string, cwd: string | null): string | null {
  const whole = wholePath(path, cwd);
  return whole === null || whole.length > MAX_PATH ? null : whole;
}

function wholePath(path: string, cwd: string | null): string | null {
  if (path.startsWith('/')) return normalise(path);
  const drive = /^([A-Za-z]):[\\/](.*)$/s.exec(path);
  if (drive !== null) return normalise(`/${(drive[1] ?? '').toLowerCase()}/${(drive[2] ?? '').replaceAll('\\', '/')}`);
  return cwd === null ? null : normalise(`${cwd}/${path}`);
}

/** Returns whether `path` is `folder` or lies below it. Both absolute and normalised. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** Returns the path target that an argument names, against the working folder and home. */
export function pathTarget(arg: Arg, cwd: string | null, home: string | null): Target {
  if (arg.kind === 'unknown') return unknownTarget(arg, cwd);
  let text = arg.value;
  if (arg.kind === 'literal' && arg.tilde === true) {
    if (home === null) return unknown(text, null, null, HOME_NOT_KNOWN);
    text = home + text.slice(1);
  }
  if (text === '') return unknown('', null, null, EMPTY_NAME);
  const path = resolvePath(text, cwd);
  if (path === null) return unknown(text, null, null, FOLDER_NOT_KNOWN);
  return { kind: 'path', path, glob: arg.kind === 'glob' };
}

/** Why nothing is known of what lies above an unknown place. */
const GOES_UP = 'it goes up from a place that is not known';

function unknownTarget(arg: Extract<Arg, { kind: 'unknown' }>, cwd: string | null): Target {
  const text = arg.span.text === '' ? `${arg.prefix}…${arg.suffix}` : arg.span.text;
  const never = arg.empty.includes(NEVER_EMPTY);
  const ifEmpty = never || arg.empty === '' ? null : resolvePath(arg.empty, cwd);
  const slash = arg.prefix.lastIndexOf('/');
  if (/(?:^|\/)\.\.(?:\/|$)/.test(arg.suffix)) return unknown(text, null, ifEmpty, GOES_UP);
  if (arg.prefix === '') {
    // An unknown beginning may be absolute. Where it is known from a listing, it lies below what was listed.
    const paths = arg.flow?.paths ?? [];
    const listed = commonFolder(paths);
    const [only] = paths;
    // `for f in *.log; do rm "$f"`: what the pattern names, one after the other.
    if (arg.why === MATCHED && arg.suffix === '' && paths.length === 1 && only?.kind === 'path') return only;
    const why = paths.length === 1 && only?.kind === 'unknown-path' ? only.why : arg.why;
    return unknown(text, listed, listed === null ? ifEmpty : null, why);
  }
  const folder = slash === -1 ? '.' : slash === 0 ? '/' : arg.prefix.slice(0, slash);
  return unknown(text, resolvePath(folder, cwd), ifEmpty, arg.why);
}

/** Returns the folder that all of `targets` lie below, or null when that can't be told. */
export function commonFolder(targets: readonly Target[]): string | null {
  let common: string | null = null;
  for (const target of targets) {
    const path: string | null =
      target.kind === 'path'
        ? target.glob
          ? beforeGlob(target.path)
          : target.path
        : target.kind === 'unknown-path'
          ? target.prefix
          : null;
    if (path === null) return null;
    if (common === null) common = path;
    while (!isInside(path, common)) common = posix.dirname(common);
  }
  return common;
}

/** Returns the folder of a pattern's last part without glob characters. */
export function beforeGlob(path: string): string {
  const at = path.search(/(?<!\\)[*?[]/);
  if (at === -1) return path;
  const slash = path.lastIndexOf('/', at);
  return slash <= 0 ? '/' : path.slice(0, slash);
}

function unknown(text: string, prefix: string | null, ifEmpty: string | null, why: string): Target {
  return { kind: 'unknown-path', text, prefix, ifEmpty, why };
}

function normalise(path: string): string {
  const plain = posix.normalize(path);
  return plain.length > 1 && plain.endsWith('/') ? plain.slice(0, -1) : plain.startsWith('//') ? plain.slice(1) : plain;
}
