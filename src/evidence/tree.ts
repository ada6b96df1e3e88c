/**
 * Counts what lies at and below paths: files, bytes, a sample, what no snapshot could keep. Follows no link, reads folders
 * entry by entry, and stops at a cap or the deadline, so that a folder of a million files costs no more than one of 20,000.
 */
import { opendir } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import type { Deadline } from './deadline.ts';
import { type Known, known, notKnown } from './evidence.ts';
import { lstatOrNull } from './files.ts';
import { type Unkeepable, whyUnkeepable } from './unkeepable.ts';

/** Entries looked at before counting stops. */
export const MAX_ENTRIES = 20_000;
const SAMPLE = 10;
/** lstat is synchronous (a third of the time of the promise's, measured 2026-11, Node 20), so others get a turn between. */
const ENTRIES_PER_TURN = 400;

export interface TreeCount {
  readonly files: Known<number>;
  readonly bytes: Known<number>;
  readonly sample: readonly string[];
  /** A few, each with why. */
  readonly unkeepable: readonly string[];
  /** How many of the files a snapshot would lose; sockets are not counted. */
  readonly unkept: number;
  /** Files counted before it stopped: at least so many. */
  readonly atLeast: number;
}

/** Counts the files at and below `roots`. What does not exist counts nothing. */
export async function countTree(roots: readonly string[], deadline: Deadline): Promise<TreeCount> {
  const folders: string[] = [];
  const sample: string[] = [];
  const unkeepable: string[] = [];
  let unkept = 0;
  let files = 0;
  let bytes = 0;
  let entries = 0;
  let stopped: string | null = null;

  const lose = (path: string, why: Unkeepable): void => {
    if (why !== 'a socket') unkept += 1;
    if (unkeepable.length < SAMPLE) unkeepable.push(`${path} (${why})`);
  };

  const meet = (path: string): void => {
    entries += 1;
    const stats = lstatOrNull(path);
    if (stats === null) return;
    if (stats.isDirectory()) {
      folders.push(path);
      return;
    }
    files += 1;
    bytes += stats.size;
    if (sample.length < SAMPLE) sample.push(path);
    const why = whyUnkeepable(path, stats);
    if (why !== null) lose(path, why);
  };

  const limit = (): string | null => {
    if (entries >= MAX_ENTRIES) return `more than ${files} files`;
    return deadline.hasPassed() ? `more than ${files} files; the time to count ran out` : null;
  };

  for (const root of roots) meet(root);
  while (folders.length > 0 && stopped === null) {
    const folder = folders.pop();
    if (folder === undefined) break;
    try {
      for await (const entry of await opendir(folder, { bufferSize: 256 })) {
        meet(`${folder}/${entry.name}`);
        if (entries % ENTRIES_PER_TURN === 0) await turn();
        stopped = limit();
        if (stopped !== null) break;
      }
    } catch {
      lose(folder, 'unreadable');
    }
  }
  const counted = { sample, unkeepable, unkept, atLeast: files };
  return stopped === null
    ? { ...counted, files: known(files), bytes: known(bytes) }
    : { ...counted, files: notKnown(stopped), bytes: notKnown(stopped) };
}
