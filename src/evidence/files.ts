/** Looks at single files without throwing: what can't be seen is null. Follows no link but where it says so. */
import { lstatSync, readFileSync, realpathSync, type Stats } from 'node:fs';
import { posix } from 'node:path';

/** Returns what lies at `path` itself, a link unfollowed, or null when nothing does or it can't be seen. */
export function lstatOrNull(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

/** Returns the text of a small file, or null. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Returns `path` with every link on its way followed, as far as it exists; what does not exist yet is kept as written. */
export function realPathOf(path: string): string {
  const rest: string[] = [];
  for (let at = path; ; at = posix.dirname(at)) {
    try {
      return posix.join(realpathSync(at), ...rest);
    } catch {
      if (at === '/' || at === '.') return path;
      rest.unshift(posix.basename(at));
    }
  }
}
