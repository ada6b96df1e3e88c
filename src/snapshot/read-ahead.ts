/**
 * Files that changed, read by two threads: the one that goes through the tree takes them from the first on, the other one from
 * the last on, into shared memory. What it read counts only where the file's state is still what it was before it was read.
 */

import { closeSync, constants, openSync, readSync } from 'node:fs';
import { STATUS } from './check.ts';
import { hashOf } from './durable.ts';
import { FLAG, KIND, kindOf } from './kinds.ts';
import { PathBuffer } from './path-bytes.ts';
import { firstFrom } from './racy.ts';
import { ROW_WORDS, type StatReader } from './stat.ts';
import { HASH_BYTES, NO_PARENT, Table, type TableMemory } from './table.ts';

export const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** Fewer are read sooner than another thread wakes. */
const MIN_FILES = 32;
const PATIENCE_MS = 10_000;
/** What becomes of a file: whoever finds it free reads it. */
const STATE = { free: 0, theirs: 1, read: 2, ours: 3 } as const;

/** What the other thread is handed; all but `root` is shared memory. */
export interface ReadJob {
  readonly table: TableMemory;
  readonly root: Uint8Array;
  /** Indices of entries, ascending; and of each its state, row, hash, and offset and length in `bytes`. */
  readonly entries: Int32Array;
  readonly states: Int32Array;
  readonly rows: Int32Array;
  readonly hashes: Uint8Array;
  readonly places: Int32Array;
  readonly bytes: Uint8Array;
}

/** Returns the job of reading the files of `changed`, or null where they are few. */
export function readJob(
  table: Table,
  root: Uint8Array,
  found: { readonly status: Uint8Array; readonly changed: Int32Array },
  bytes: () => Uint8Array,
): ReadJob | null {
  if (found.changed.length < MIN_FILES) return null;
  const files = found.changed.filter((index) => {
    const isCopied = (table.flags(index) & (FLAG.linked | FLAG.still)) === 0;
    return isCopied && table.kind(index) === KIND.file && found.status[index] === STATUS.changed;
  });
  if (files.length < MIN_FILES) return null;
  const count = files.length;
  const entries = sharedWords(count);
  entries.set(files);
  const [states, rows, places] = [sharedWords(count), sharedWords(count * ROW_WORDS), sharedWords(count * 2)];
  const hashes = new Uint8Array(new SharedArrayBuffer(count * HASH_BYTES));
  return { table: table.memory(), root, entries, states, rows, hashes, places, bytes: bytes() };
}

/** The other thread's part: reads from the last file on until the room is used up or it meets the first thread. */
export function readFiles(job: ReadJob, reader: StatReader): void {
  const table = new Table(0, 0, job.table);
  const path = new PathBuffer();
  let used = 0;
  for (let file = job.entries.length - 1; file >= 0; file--) {
    if (Atomics.compareExchange(job.states, file, STATE.free, STATE.theirs) !== STATE.free) return;
    path.reset(job.root);
    pushNames(path, table, job.entries[file] ?? 0);
    const length = readFile(job, reader, path, file, used);
    if (length !== null) used += length;
    Atomics.store(job.states, file, length === null ? STATE.ours : STATE.read);
    Atomics.notify(job.states, file);
  }
}

/** The first thread's part. */
export class ReadAhead {
  readonly #job: ReadJob;

  constructor(job: ReadJob) {
    this.#job = job;
  }

  /** Returns what the other thread read of entry `index`, if it did and the state that `reader` holds is the one it found; else the caller reads it. */
  take(index: number, reader: StatReader): { hash: Uint8Array; bytes: Uint8Array } | null {
    const { entries, states, rows, hashes, places, bytes } = this.#job;
    const file = firstFrom(entries, index);
    if (entries[file] !== index) return null;
    if (Atomics.compareExchange(states, file, STATE.free, STATE.ours) === STATE.free) return null;
    Atomics.wait(states, file, STATE.theirs, PATIENCE_MS);
    if (Atomics.load(states, file) !== STATE.read || !reader.equals(rows, file)) return null;
    const [start, length] = [places[file * 2] ?? 0, places[file * 2 + 1] ?? 0];
    return {
      hash: hashes.subarray(file * HASH_BYTES, (file + 1) * HASH_BYTES),
      bytes: bytes.subarray(start, start + length),
    };
  }

  /** Leaves nothing more for the other thread to begin. */
  end(): void {
    const { states } = this.#job;
    for (let file = 0; file < states.length; file++) {
      Atomics.compareExchange(states, file, STATE.free, STATE.ours);
    }
  }
}

/** Reads one file into the room from `start` on. Returns its length, or null when that did not work out. */
function readFile(job: ReadJob, reader: StatReader, path: PathBuffer, file: number, start: number): number | null {
  if (reader.read(path.bytes, path.length) !== 0 || kindOf(reader.mode) !== KIND.file) return null;
  const { size } = reader;
  if (start + size > job.bytes.length) return null;
  reader.fill(job.rows, file);
  try {
    const fd = openSync(path.view(), OPEN_FLAGS);
    try {
      for (let done = 0; done < size; ) {
        const count = readSync(fd, job.bytes, start + done, size - done, done);
        if (count === 0) return null;
        done += count;
      }
    } finally {
      closeSync(fd);
    }
  } catch {
    return null; // the first thread meets the same, and says so
  }
  job.hashes.set(hashOf(job.bytes.subarray(start, start + size)), file * HASH_BYTES);
  job.places[file * 2] = start;
  job.places[file * 2 + 1] = size;
  return size;
}

function pushNames(path: PathBuffer, table: Table, index: number): void {
  if (table.parent(index) === NO_PARENT) return;
  pushNames(path, table, table.parent(index));
  path.push(table.names, table.nameAt(index), table.nameLength(index));
}

function sharedWords(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * 4));
}
