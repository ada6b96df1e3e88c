/**
 * The files that a glob target stands for, as a shell would expand it: read folder by folder, within a cap. A folder that
 * can't be read matches nothing. Links are not followed but where the pattern itself names a way through one.
 */
import { readdir } from 'node:fs/promises';
import { posix } from 'node:path';
import picomatch from 'picomatch';
import type { Deadline } from './deadline.ts';
import { type Known, known, notKnown } from './evidence.ts';

/** More matches than this are not listed. */
export const MAX_MATCHES = 2_000;
const GLOB_CHARACTERS = /[*?[\]{}!+@()|]/;

/** Returns the paths that `pattern` (absolute; quoted glob characters escaped) matches now, sorted. */
export async function expandGlob(pattern: string, deadline: Deadline): Promise<Known<readonly string[]>> {
  let bases = [''];
  const parts = pattern.split('/').slice(1);
  for (const [index, part] of parts.entries()) {
    if (part === '') continue;
    const next: string[] = [];
    for (const base of bases) {
      if (deadline.hasPassed()) return notKnown('the time to expand it ran out');
      if (!GLOB_CHARACTERS.test(part.replaceAll(/\\./g, ''))) next.push(`${base}/${part.replaceAll(/\\(.)/g, '$1')}`);
      else next.push(...(await matchesIn(base, part, index < parts.length - 1)));
      if (next.length > MAX_MATCHES) return notKnown(`it matches more than ${MAX_MATCHES} paths`);
    }
    bases = next;
  }
  return known(bases.sort());
}

async function matchesIn(folder: string, part: string, foldersOnly: boolean): Promise<readonly string[]> {
  const matches = picomatch(part === '**' ? '*' : part, { dot: part.startsWith('.') });
  try {
    const entries = await readdir(folder === '' ? '/' : folder, { withFileTypes: true });
    return entries
      .filter((entry) => !foldersOnly || entry.isDirectory() || entry.isSymbolicLink())
      .filter((entry) => matches(entry.name))
      .map((entry) => posix.join(folder === '' ? '/' : folder, entry.name));
  } catch {
    return [];
  }
}
