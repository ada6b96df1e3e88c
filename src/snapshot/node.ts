/**
 * A folder as an object of the store: its entries in a fixed binary form, sorted by name. Two folders with the same hash
 * hold the same. Times of folders are kept behind the body, outside the hash, so that a lock file that comes and goes does not make a new folder.
 */

import { FLAG, KIND } from './kinds.ts';
import { NODE_TRAILER_BYTES } from './segments.ts';
import { ROW, ROW_WORDS, wide, wideExact } from './stat.ts';
import { HASH_BYTES, type Table } from './table.ts';

/** One thing of a kept or present tree. */
export interface Entry {
  readonly name: Buffer;
  readonly kind: number;
  readonly flags: number;
  readonly note: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a kept folder: null until its node is read. */
  readonly seconds: bigint;
  readonly nanoseconds: number;
  readonly size: number;
  /** A blob's, a node's, or a hard link's reference. */
  readonly hash: Buffer;
  readonly extra: Buffer | null;
  /** The inode that names of one file share, or null. */
  readonly group: bigint | null;
  /** Where it stands in a table of the present, -1 for what is kept. */
  readonly index: number;
}

export interface FolderTime {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

const FIXED_BYTES = 4;
const HAS_EXTRA = 0x80;
/** Flags that are part of what is kept; the others speak of the scan. */
const KEPT_FLAGS = FLAG.linked | FLAG.grouped | FLAG.still;

/** Encodes folders; one buffer is used for all. */
export class NodeEncoder {
  #bytes = Buffer.alloc(65_536);

  /** Returns the node of folder `index` of `table`, its children being complete: a view that the next call overwrites. */
  encode(table: Table, index: number): Buffer {
    let at = 0;
    for (let child = index + 1; child < table.end(index); child = table.end(child)) {
      at = this.#entry(table, child, at);
    }
    this.#room(at + NODE_TRAILER_BYTES);
    const row = index * ROW_WORDS;
    at = this.#bytes.writeBigInt64LE(wideExact(table.rows, row + ROW.mtime), at);
    at = this.#bytes.writeInt32LE(table.rows[row + ROW.mtimeNs] ?? 0, at);
    return this.#bytes.subarray(0, at);
  }

  #entry(table: Table, index: number, start: number): number {
    const nameLength = table.nameLength(index);
    this.#room(start + 512);
    const bytes = this.#bytes;
    const kind = table.kind(index);
    const extra = table.extra(index);
    const flags = table.flags(index) & KEPT_FLAGS;
    const row = index * ROW_WORDS;
    let at = bytes.writeUInt8(kind, start);
    at = bytes.writeUInt8(flags | (extra === 0 ? 0 : HAS_EXTRA), at);
    at = bytes.writeUInt8(table.note(index), at);
    at = bytes.writeUInt8(nameLength, at);
    const plain = kind === KIND.leftOut;
    if (!plain) {
      at = writeNumber(bytes, table.mode(index) & 0o7777, at);
      at = writeNumber(bytes, (table.rows[row + ROW.uid] ?? 0) >>> 0, at);
      at = writeNumber(bytes, (table.rows[row + ROW.gid] ?? 0) >>> 0, at);
    }
    if (kind !== KIND.folder && !plain) {
      at = writeNumber(bytes, folded(wide(table.rows, row + ROW.mtime)), at);
      at = writeNumber(bytes, table.rows[row + ROW.mtimeNs] ?? 0, at);
      at = writeNumber(bytes, wide(table.rows, row + ROW.size), at);
      if ((flags & FLAG.grouped) !== 0) at = bytes.writeBigInt64LE(table.inode(index), at);
    }
    if (!plain) {
      bytes.set(table.hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES), at);
      at += HASH_BYTES;
    }
    if (extra !== 0) {
      bytes.set(table.extras[extra] ?? Buffer.alloc(HASH_BYTES), at);
      at += HASH_BYTES;
    }
    const name = table.nameAt(index);
    bytes.set(table.names.subarray(name, name + nameLength), at);
    return at + nameLength;
  }

  #room(needed: number): void {
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.alloc(needed * 2);
    this.#bytes.copy(larger);
    this.#bytes = larger;
  }
}

/** Returns the entries of a node. Throws when the bytes are no node. */
export function decodeNode(bytes: Buffer): Entry[] {
  const entries: Entry[] = [];
  const end = bytes.length - NODE_TRAILER_BYTES;
  let at = 0;
  while (at < end) {
    const kind = bytes.readUInt8(at);
    const marks = bytes.readUInt8(at + 1);
    const note = bytes.readUInt8(at + 2);
    const nameLength = bytes.readUInt8(at + 3);
    const plain = kind === KIND.leftOut;
    at += FIXED_BYTES;
    const next = (): number => {
      const { value, end: after } = readNumber(bytes, at);
      at = after;
      return value;
    };
    const [mode, uid, gid] = plain ? [0, 0, 0] : [next(), next(), next()];
    let seconds = 0n;
    let nanoseconds = 0;
    let size = 0;
    let group: bigint | null = null;
    if (kind !== KIND.folder && !plain) {
      seconds = BigInt(unfolded(next()));
      nanoseconds = next();
      size = next();
      if ((marks & FLAG.grouped) !== 0) {
        group = bytes.readBigInt64LE(at);
        at += 8;
      }
    }
    const hash = plain ? Buffer.alloc(HASH_BYTES) : bytes.subarray(at, at + HASH_BYTES);
    if (!plain) at += HASH_BYTES;
    let extra: Buffer | null = null;
    if ((marks & HAS_EXTRA) !== 0) {
      extra = bytes.subarray(at, at + HASH_BYTES);
      at += HASH_BYTES;
    }
    const name = bytes.subarray(at, at + nameLength);
    if (name.length !== nameLength || nameLength === 0) throw new Error('a folder of the store ends early');
    at += nameLength;
    const flags = marks & KEPT_FLAGS;
    entries.push({
      name,
      kind,
      flags,
      note,
      mode,
      uid,
      gid,
      seconds,
      nanoseconds,
      size,
      hash,
      extra,
      group,
      index: -1,
    });
  }
  return entries;
}

/** Returns the folder's own time, as of when what it holds last changed. */
export function decodeFolderTime(bytes: Buffer): FolderTime {
  const at = bytes.length - NODE_TRAILER_BYTES;
  return { seconds: bytes.readBigInt64LE(at), nanoseconds: bytes.readInt32LE(at + 8) };
}

/** Returns entry `index` of a table of the present. */
export function entryOf(table: Table, index: number): Entry {
  const row = index * ROW_WORDS;
  const flags = table.flags(index);
  const extra = table.extra(index);
  return {
    name: table.name(index),
    kind: table.kind(index),
    flags: flags & KEPT_FLAGS,
    note: table.note(index),
    mode: table.mode(index) & 0o7777,
    uid: (table.rows[row + ROW.uid] ?? 0) >>> 0,
    gid: (table.rows[row + ROW.gid] ?? 0) >>> 0,
    seconds: wideExact(table.rows, row + ROW.mtime),
    nanoseconds: table.rows[row + ROW.mtimeNs] ?? 0,
    size: table.size(index),
    hash: table.hash(index),
    extra: extra === 0 ? null : (table.extras[extra] ?? null),
    group: (flags & FLAG.grouped) === 0 ? null : table.inode(index),
    index,
  };
}

/** Writes a whole number, seven bits a byte, the low ones first. */
function writeNumber(bytes: Buffer, value: number, start: number): number {
  let rest = value;
  let at = start;
  while (rest >= 0x80) {
    bytes[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[at] = rest;
  return at + 1;
}

function readNumber(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0;
  let unit = 1;
  for (let at = start; ; at++, unit *= 0x80) {
    const byte = bytes.readUInt8(at);
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) return { value, end: at + 1 };
  }
}

/** Times before 1970 are negative: they are folded between the others. */
function folded(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}

function unfolded(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
