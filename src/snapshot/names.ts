/** What names in a folder tell: order, manifests beside a folder, git's immutable objects. Pure. */

import type { Table } from './table.ts';

/** Names that git gives to what it keeps: gitrepository-layout(5). */
export const GIT_NAMES = {
  folder: Buffer.from('.git'),
  head: Buffer.from('HEAD'),
  objects: Buffer.from('objects'),
} as const;

/** Returns how entry `index`'s name compares with `name`, byte by byte. */
export function compareNames(table: Table, index: number, name: Buffer): number {
  const at = table.nameAt(index);
  return Buffer.compare(table.names.subarray(at, at + table.nameLength(index)), name);
}

/** Returns whether entry `index` is called `name`. */
export function endsWithName(table: Table, index: number, name: Buffer): boolean {
  return table.nameLength(index) === name.length && compareNames(table, index, name) === 0;
}

/** Loose objects and packs are named after what they hold, and never change: gitrepository-layout(5). */
export function isImmutable(table: Table, index: number): boolean {
  const name = table.name(index).toString('latin1');
  return /^(?:[0-9a-f]{38}|[0-9a-f]{62}|pack-[0-9a-f]{40,64}\.[a-z]+)$/.test(name);
}

/** Returns whether git is still writing the object called `name`. */
export function isTemporaryObject(name: Buffer): boolean {
  return name.toString('latin1').startsWith('tmp_');
}

/** Returns a test of the names in a folder; `*.x` asks for any name with that ending. */
export function besideTest(names: readonly Buffer[]): (name: string) => boolean {
  let texts: Set<string> | null = null;
  return (name) => {
    texts ??= new Set(names.map((each) => each.toString('latin1')));
    if (!name.startsWith('*')) return texts.has(name);
    const ending = name.slice(1);
    for (const text of texts) if (text.endsWith(ending)) return true;
    return false;
  };
}

/** Returns the child of `folder` that is called `name`, or -1. */
export function childNamed(table: Table, folder: number, name: Buffer): number {
  for (let child = folder + 1; child < table.end(folder); child = table.end(child)) {
    if (table.nameLength(child) === name.length && compareNames(table, child, name) === 0) return child;
  }
  return -1;
}
