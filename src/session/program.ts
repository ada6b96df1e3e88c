/** Finds the program that a session starts, in PATH as a shell would, and the folder that it guards. Reads only. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

/** Returns the absolute path of `name`, or null when there is none. A name with a slash is taken against `cwd`. */
export function findProgram(name: string, path: string | undefined, cwd: string): string | null {
  if (name.includes('/')) {
    const whole = resolve(cwd, name);
    return isProgram(whole) ? whole : null;
  }
  for (const folder of (path ?? '').split(delimiter)) {
    const whole = join(resolve(cwd, folder), name);
    if (isProgram(whole)) return whole;
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Returns the folder that a session guards: the work tree that holds `cwd`, or `cwd` itself outside of one. */
export function workspaceOf(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (isWorkTree(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return cwd;
  }
}

/** A work tree's `.git` is a folder with a HEAD, or a file that points to one. Source: gitrepository-layout(5). */
function isWorkTree(git: string): boolean {
  const found = statSync(git, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (found.isDirectory()) return statSync(join(git, 'HEAD'), { throwIfNoEntry: false }) !== undefined;
  return found.isFile() && readFileSync(git, 'utf8').startsWith('gitdir:');
}
