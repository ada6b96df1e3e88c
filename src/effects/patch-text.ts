/** The files that a unified diff names. Pure; a line that is no header is passed over. */
import type { Target } from './effect.ts';
import type { Arg, Call } from './program.ts';
import { literal, within } from './readings.ts';

/** Returns the paths that `patchText` changes or makes, and those that it deletes, with `strip` leading parts taken off. */
export function patchedPaths(
  call: Call,
  patchText: string,
  strip: number,
  folder: Arg | null,
): { readonly edited: readonly Target[]; readonly deleted: readonly Target[] } {
  const edited: Target[] = [];
  const deleted: Target[] = [];
  const target = (name: string) => call.path(within(folder, literal(stripped(name, strip), call.span)));
  let before = '';
  for (const line of patchText.split('\n')) {
    const header = /^(---|\+\+\+) ([^\t\r]+)/.exec(line);
    const path = header?.[2]?.trim();
    if (header === null || path === undefined) continue;
    if (header[1] === '---') before = path;
    else if (path !== '/dev/null') edited.push(target(path));
    else if (before !== '' && before !== '/dev/null') deleted.push(target(before));
  }
  return { edited, deleted };
}

function stripped(path: string, parts: number): string {
  return (
    path
      .split('/')
      .slice(Number.isInteger(parts) ? parts : 0)
      .join('/') || path
  );
}
