/**
 * Looks at every entry of a known tree and marks the ones whose state is not what it was: one `lstat` each, nothing else.
 * The work is cut into chunks that any thread may take, since the calls themselves are all the cost.
 */

import { FLAG, KIND, kindOf, NOTE } from './kinds.ts';
import { PathBuffer } from './path-bytes.ts';
import type { StatReader } from './stat.ts';
import { NO_PARENT, Table, type TableMemory } from './table.ts';

export const STATUS = { same: 0, changed: 1, gone: 2 } as const;
const CHUNK_ENTRIES = 1_024;

/** What a checking thread is handed; all of it is shared memory. */
export interface CheckJob {
  readonly table: TableMemory;
  readonly root: Uint8Array;
  /** One status byte an entry. */
  readonly status: SharedArrayBuffer;
  /** Two words: the next chunk to take, and how many are done. */
  readonly progress: SharedArrayBuffer;
}

const NEXT = 0;
export const DONE = 1;

/** Returns the job of checking `table`, whose first entry is `root`. */
export function checkJob(table: Table, root: Uint8Array): CheckJob {
  return {
    table: table.memory(),
    root,
    status: new SharedArrayBuffer(table.count),
    progress: new SharedArrayBuffer(8),
  };
}

/** Returns how many chunks a table of `count` entries is checked in. */
export function chunkCount(count: number): number {
  return Math.ceil(count / CHUNK_ENTRIES);
}

/** Takes chunks of `job` and checks them until none is left. */
export function workOn(job: CheckJob, reader: StatReader): void {
  const progress = new Int32Array(job.progress);
  const table = new Table(0, 0, job.table);
  const status = new Uint8Array(job.status);
  const chunks = chunkCount(table.count);
  for (;;) {
    const chunk = Atomics.add(progress, NEXT, 1);
    if (chunk >= chunks) return;
    const low = chunk * CHUNK_ENTRIES;
    checkRange(table, status, job.root, reader, low, Math.min(table.count, low + CHUNK_ENTRIES));
    Atomics.add(progress, DONE, 1);
    Atomics.notify(progress, DONE);
  }
}

/** Marks the folders that were left out, so that they are judged anew. */
export function doubtLeftOut(table: Table, status: Uint8Array): void {
  for (let index = 1; index < table.count; index++) {
    if (table.kind(index) === KIND.leftOut && table.note(index) === NOTE.regenerable) status[index] = STATUS.changed;
  }
}

function checkRange(
  table: Table,
  status: Uint8Array,
  root: Uint8Array,
  reader: StatReader,
  low: number,
  high: number,
): void {
  const path = new PathBuffer();
  path.reset(root);
  const ends: number[] = [];
  const lengths: number[] = [];
  const above: number[] = [];
  for (let up = table.parent(low); up !== NO_PARENT; up = table.parent(up)) above.unshift(up);
  for (const folder of above) {
    if (folder !== 0) path.push(table.names, table.nameAt(folder), table.nameLength(folder));
    ends.push(table.end(folder));
    lengths.push(path.length);
  }
  for (let index = low; index < high; index++) {
    while (ends.length > 0 && index >= (ends.at(-1) ?? 0)) {
      ends.pop();
      lengths.pop();
    }
    const kind = table.kind(index);
    const flags = table.flags(index);
    if (kind === KIND.leftOut || (flags & FLAG.still) !== 0) continue;
    path.cut(lengths.at(-1) ?? root.length);
    if (index !== 0) path.push(table.names, table.nameAt(index), table.nameLength(index));
    if (reader.read(path.bytes, path.length) !== 0) status[index] = STATUS.gone;
    else if ((flags & FLAG.racy) !== 0 || !reader.equals(table.rows, index)) {
      status[index] = kindOf(reader.mode) === kind ? STATUS.changed : STATUS.gone;
    }
    if (kind !== KIND.folder) continue;
    if (status[index] === STATUS.gone) {
      // What lay below went with it; the scan meets the folder above and does not look further.
      index = table.end(index) - 1;
      continue;
    }
    ends.push(table.end(index));
    lengths.push(path.length);
  }
}
