/**
 * One `lstat` at a time into a buffer that is used again, so that fifty thousand of them leave no garbage.
 * What identifies a file's state is a row of twelve 32-bit words; two equal rows mean an untouched file, the racy rule aside.
 */

import { lstatSync } from 'node:fs';
import { type Native, STATX_WORDS } from './native.ts';

/** Words of a row: mode, uid, gid, inode (2), size (2), mtime seconds (2), mtime ns, ctime seconds, ctime ns. */
export const ROW_WORDS = 12;
export const ROW = {
  mode: 0,
  uid: 1,
  gid: 2,
  inode: 3,
  size: 5,
  mtime: 7,
  mtimeNs: 9,
  ctime: 10,
  ctimeNs: 11,
} as const;

/** Where statx(2) puts each word of a row. */
const AT = [7, 5, 6, 8, 9, 10, 11, 28, 29, 30, 24, 26] as const;
const NLINK = 4;
const DEV_MAJOR = 34;
const DEV_MINOR = 35;
const BLOCKS = 12;

export const ENOENT = 2;
const ENOTDIR = 20;
const EACCES = 13;
const OTHER_ERROR = 5;

/** Reads the state of paths; the fields speak of the last path that was read. */
export class StatReader {
  readonly words = new Int32Array(STATX_WORDS);
  readonly #bytes = new Uint8Array(this.words.buffer);
  readonly #native: Native | null;

  constructor(native: Native | null) {
    this.#native = native;
  }

  /** Reads `path`, whose byte at `length` is NUL. Returns 0, or the errno (ENOENT also where a parent is no folder). */
  read(path: Buffer, length: number): number {
    const errno =
      this.#native === null ? this.#readByNode(path.subarray(0, length)) : this.#native.statx(path, this.#bytes);
    if (errno !== 0) return errno === ENOTDIR ? ENOENT : errno;
    this.words[AT[0]] = (this.words[AT[0]] ?? 0) & 0xffff;
    return 0;
  }

  /** Returns whether the state read equals row `index` of `rows`. */
  equals(rows: Int32Array, index: number): boolean {
    const words = this.words;
    const at = index * ROW_WORDS;
    return (
      rows[at] === words[7] &&
      rows[at + 10] === words[24] &&
      rows[at + 11] === words[26] &&
      rows[at + 7] === words[28] &&
      rows[at + 9] === words[30] &&
      rows[at + 3] === words[8] &&
      rows[at + 5] === words[10] &&
      rows[at + 6] === words[11] &&
      rows[at + 4] === words[9] &&
      rows[at + 1] === words[5] &&
      rows[at + 2] === words[6] &&
      rows[at + 8] === words[29]
    );
  }

  /** Writes the state read into row `index` of `rows`. */
  fill(rows: Int32Array, index: number): void {
    for (let word = 0; word < ROW_WORDS; word++) rows[index * ROW_WORDS + word] = this.words[AT[word] ?? 0] ?? 0;
  }

  get mode(): number {
    return this.words[AT[0]] ?? 0;
  }

  get size(): number {
    return wide(this.words, 10);
  }

  get links(): number {
    return (this.words[NLINK] ?? 0) >>> 0;
  }

  /** The device, as one number that is only good for comparing. */
  get device(): number {
    return ((this.words[DEV_MAJOR] ?? 0) >>> 0) * 2 ** 20 + ((this.words[DEV_MINOR] ?? 0) >>> 0);
  }

  /** Bytes that are allocated on disk: less than the size for a sparse file. */
  get allocated(): number {
    return wide(this.words, BLOCKS) * 512;
  }

  #readByNode(path: Buffer): number {
    try {
      const found = lstatSync(path, { bigint: true });
      this.words.fill(0);
      const set = (at: number, value: bigint): void => {
        this.words[at] = Number(BigInt.asIntN(32, value));
        this.words[at + 1] = Number(BigInt.asIntN(32, value >> 32n));
      };
      this.words[NLINK] = Number(found.nlink);
      this.words[AT[1]] = Number(found.uid) | 0;
      this.words[AT[2]] = Number(found.gid) | 0;
      set(8, found.ino);
      set(10, found.size);
      set(BLOCKS, found.blocks);
      setTime(this.words, 28, found.mtimeNs);
      setTime(this.words, 24, found.ctimeNs);
      this.words[DEV_MINOR] = Number(BigInt.asIntN(32, found.dev));
      this.words[AT[0]] = Number(found.mode);
      return 0;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'ENOENT' || code === 'ENOTDIR') return ENOENT;
      return code === 'EACCES' || code === 'EPERM' ? EACCES : OTHER_ERROR;
    }
  }
}

/** Returns the 64-bit number whose low word is at `at`, as far as a double holds it. */
export function wide(words: Int32Array, at: number): number {
  return ((words[at] ?? 0) >>> 0) + (words[at + 1] ?? 0) * 2 ** 32;
}

/** Returns the 64-bit number whose low word is at `at`, exactly. */
export function wideExact(words: Int32Array, at: number): bigint {
  return (BigInt(words[at + 1] ?? 0) << 32n) | BigInt((words[at] ?? 0) >>> 0);
}

function setTime(words: Int32Array, at: number, nanoseconds: bigint): void {
  const seconds = nanoseconds >= 0n ? nanoseconds / 1_000_000_000n : -((999_999_999n - nanoseconds) / 1_000_000_000n);
  words[at] = Number(BigInt.asIntN(32, seconds));
  words[at + 1] = Number(BigInt.asIntN(32, seconds >> 32n));
  words[at + 2] = Number(nanoseconds - seconds * 1_000_000_000n);
}
