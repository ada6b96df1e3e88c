/** Archives that came from the network and are unpacked: what lies where they were unpacked came from there too. */
import { posix } from 'node:path';
import type { Effect } from './effect.ts';
import { labelledFlow } from './flow.ts';
import type { Flow } from './program.ts';

/** Where a fetched archive was unpacked. */
export interface Unpacked {
  readonly folder: string;
  /** The archive's own name, for a folder that holds other things as well; null: all that lies in there is its. */
  readonly stem: string | null;
  readonly urls: readonly string[];
}

/** Returns where the effects unpack what came from the network, as `archive` tells of it; null: none does. */
export function unpackedBy(effects: readonly Effect[], archive: Flow, cwd: string | null): Unpacked | null {
  if (!archive.labels.has('network')) return null;
  const target = effects.find((one) => one.facts['merge'] === true)?.targets[0];
  if (target?.kind !== 'path') return null;
  const url = archive.sources.at(-1) ?? '';
  return {
    folder: target.path,
    stem: target.path === cwd ? firstWord(posix.basename(url)) : null,
    urls: archive.sources,
  };
}

/** Returns the file at `path` as something that came out of one of `archives`, or null. */
export function unpackedFile(path: string, archives: readonly Unpacked[]): Flow | null {
  const from = archives.find(({ folder, stem }) => {
    if (!path.startsWith(`${folder}/`)) return false;
    const [first = ''] = path.slice(folder.length + 1).split('/');
    return stem === null || (stem !== '' && firstWord(first) === stem);
  });
  return from === undefined ? null : labelledFlow(['network', 'content'], from.urls);
}

/** `tool` of `tool-1.2-linux.tar.gz`. */
function firstWord(name: string): string {
  return name.toLowerCase().split(/[-_.@]|(?<=[a-z])(?=\d)/)[0] ?? '';
}
