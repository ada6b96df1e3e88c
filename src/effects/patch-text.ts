/** The files that a unified diff names. Pure; a line that is no header is passed over. */
import type { Effect, Target } from './effect.ts';
import type { Arg, Call } from './program.ts';
import { literal, within } from './readings.ts';

/** Returns the effects of applying a patch: the files that it names, or files that can't be known. */
export function patchEffects(
  call: Call,
  patchText: string | null,
  strip: number,
  folder: Arg | null,
): readonly Effect[] {
  if (patchText === null) return [call.effect('fs.edit', [])];
  const { edited, deleted } = patchedPaths(call, patchText, strip, folder);
  return [
    ...(edited.length > 0 ? [call.effect('fs.edit', edited)] : []),
    ...(deleted.length > 0 ? [call.effect('fs.delete', deleted, { recursive: false, force: false })] : []),
  ];
}

/** Returns the paths that `patchText` changes or makes, and those that it deletes, with `strip` leading parts taken off. */
function patchedPaths(
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
