/**
 * Whether git held still while its state was scanned. Objects come before refs in a listing, so that a ref that moved during
 * the scan may name an object that the scan missed: a tree whose git state is as young as the scan is scanned again, until
 * two scans agree on it. Then what the second found of objects is at least what the refs of the first need.
 */

import { endsWithName, GIT_NAMES } from './names.ts';
import type { RacyRule } from './racy.ts';
import { ROW_WORDS } from './stat.ts';
import type { Table } from './table.ts';

/** More scans than this are not made for a git that never rests. */
const MAX_PASSES = 6;

/** A folder of git's state: its path, and its entry in the table. */
export interface GitFolder {
  readonly path: string;
  readonly index: number;
}

/** Returns the state of each folder that holds a file too young to be believed, by its path. */
export function youngGitState(
  table: Table,
  folders: readonly GitFolder[],
  racy: RacyRule,
): ReadonlyMap<string, string> {
  const young = new Map<string, string>();
  for (const { path, index } of folders) {
    const own = ownEntries(table, index);
    if (own.some((entry) => racy.holds(table, entry)))
      young.set(
        path,
        own.map((entry) => `${table.name(entry).toString('latin1')} ${rowText(table, entry)}`).join('\n'),
      );
  }
  return young;
}

/** Scans again, from what was known, until two scans agree on what is young of git's state. */
export function untilSettled(
  old: Table | null,
  pass: (known: Table | null) => { readonly table: Table; readonly young: ReadonlyMap<string, string> },
): Table {
  let known = old;
  let before: ReadonlyMap<string, string> = new Map();
  for (let count = 1; ; count++) {
    const { table, young } = pass(known);
    const isSettled = [...young].every(([path, state]) => before.get(path) === state);
    if (isSettled || count === MAX_PASSES) return table;
    known = table;
    before = young;
  }
}

/** The entries below a git folder but its objects. */
function ownEntries(table: Table, folder: number): readonly number[] {
  const found: number[] = [];
  for (let entry = folder + 1; entry < table.end(folder); ) {
    const isObjects = endsWithName(table, entry, GIT_NAMES.objects);
    if (!isObjects) found.push(entry);
    entry = isObjects ? table.end(entry) : entry + 1;
  }
  return found;
}

function rowText(table: Table, entry: number): string {
  return table.rows.subarray(entry * ROW_WORDS, (entry + 1) * ROW_WORDS).join(' ');
}
