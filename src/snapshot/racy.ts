/**
 * What a scan may believe of the one before. An entry whose times are as young as the scan that saw it may have been written
 * again in the same tick of the clock: it is looked at anew (git calls this racy). Pure.
 */

import { STATUS } from './check.ts';
import { ROW, ROW_WORDS, wide } from './stat.ts';
import type { Table } from './table.ts';

/** The coarsest tick of a kernel clock that file times come from, with room to spare. */
const TICK_MS = 12;
/** Some file systems keep whole seconds only, FAT every second one. */
const COARSE_SECONDS = 2;

export class RacyRule {
  readonly #seconds: number;
  readonly #ns: number;

  /** `startedMs` is when the scan began. */
  constructor(startedMs: number) {
    const from = startedMs - TICK_MS;
    this.#seconds = Math.floor(from / 1_000);
    this.#ns = (from - this.#seconds * 1_000) * 1_000_000;
  }

  /** Returns whether entry `index` is too young to be believed by its state. */
  holds(table: Table, index: number): boolean {
    const rows = table.rows;
    const row = index * ROW_WORDS;
    return (
      this.#isYoung(wide(rows, row + ROW.mtime), rows[row + ROW.mtimeNs] ?? 0) ||
      this.#isYoung((rows[row + ROW.ctime] ?? 0) >>> 0, rows[row + ROW.ctimeNs] ?? 0)
    );
  }

  #isYoung(seconds: number, ns: number): boolean {
    if (ns === 0) return seconds >= this.#seconds - COARSE_SECONDS;
    return seconds > this.#seconds || (seconds === this.#seconds && ns >= this.#ns);
  }
}

/** Returns the entries that a check did not find the same, in order. */
export function changedEntries(status: Uint8Array): Int32Array {
  let count = 0;
  for (let i = 0; i < status.length; i++) if (status[i] !== STATUS.same) count++;
  const changed = new Int32Array(count);
  let at = 0;
  for (let i = 0; at < count; i++) if (status[i] !== STATUS.same) changed[at++] = i;
  return changed;
}

/** Returns where in `sorted` the first number that is not below `value` stands. */
export function firstFrom(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
