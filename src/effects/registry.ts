/**
 * Every program table, and the way from a name to its `Program`. A new file of `programs/` is added by its two lines here;
 * a test fails while one is missing.
 */
import type { Program } from './program.ts';
import { programs as builtins } from './programs/builtins.ts';
import { programs as containers } from './programs/containers.ts';
import { programs as copy } from './programs/copy.ts';
import { programs as decode } from './programs/decode.ts';
import { programs as deletion } from './programs/delete.ts';
import { programs as edit } from './programs/edit.ts';
import { programs as find } from './programs/find.ts';
import { programs as networkFetch } from './programs/network-fetch.ts';
import { programs as shells } from './programs/shells.ts';
import { programs as textFilters } from './programs/text-filters.ts';
import { programs as wrappers } from './programs/wrappers.ts';
import { programs as write } from './programs/write.ts';

/** All programs, in no order that matters: a test holds that no name is taken twice. */
export const registry: readonly Program[] = [
  ...builtins,
  ...containers,
  ...copy,
  ...decode,
  ...deletion,
  ...edit,
  ...find,
  ...networkFetch,
  ...shells,
  ...textFilters,
  ...wrappers,
  ...write,
];

const byName = new Map<string, Program>();
const byPattern: { readonly pattern: RegExp; readonly program: Program }[] = [];
for (const program of registry) {
  for (const name of program.names) {
    if (typeof name === 'string') byName.set(name, program);
    else byPattern.push({ pattern: name, program });
  }
}

/** Returns the program known by `name`, which has no folder, or null. */
export function findProgram(name: string): Program | null {
  return byName.get(name) ?? byPattern.find((one) => one.pattern.test(name))?.program ?? null;
}
