/** The index of one segment as it is written: 48 bytes an object, since fifty thousand objects would be held for a first snapshot. */

import type { Place } from './object-index.ts';
import { HASH_BYTES } from './table.ts';

const ENTRY_BYTES = 48;
const AT = { offset: HASH_BYTES, length: HASH_BYTES + 4, kind: HASH_BYTES + 8, checksum: HASH_BYTES + 12 } as const;

/** One object as an index tells of it. */
interface IndexEntry {
  readonly hash: Uint8Array;
  readonly place: Place;
  /** Whether its checksum agrees. */
  readonly isSound: boolean;
  /** Where the next begins. */
  readonly end: number;
}

/** Entries in the order in which they were added. */
export class IndexEntries {
  #bytes = Buffer.alloc(ENTRY_BYTES * 64);
  #length = 0;

  /** The entries as they are written. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  add(hash: Uint8Array, offset: number, length: number, kind: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = Buffer.alloc(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const at = this.#length;
    this.#bytes.set(hash, at);
    this.#bytes.writeUInt32LE(offset, at + AT.offset);
    this.#bytes.writeUInt32LE(length, at + AT.length);
    this.#bytes.writeUInt32LE(kind, at + AT.kind);
    this.#bytes.writeUInt32LE(checksum(this.#bytes, at), at + AT.checksum);
    this.#length += ENTRY_BYTES;
  }
}

/** Returns the whole entries of segment `segment` in `bytes`, in order. */
export function* readEntries(bytes: Buffer, segment: number): Generator<IndexEntry> {
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const offset = bytes.readUInt32LE(at + AT.offset);
    const length = bytes.readUInt32LE(at + AT.length);
    const kind = bytes.readUInt32LE(at + AT.kind);
    const isSound = bytes.readUInt32LE(at + AT.checksum) === checksum(bytes, at);
    const hash = bytes.subarray(at, at + HASH_BYTES);
    yield { hash, place: { segment, offset, length, kind }, isSound, end: at + ENTRY_BYTES };
  }
}

/** FNV-1a over words: a flipped bit in an index must not make an object look lost. */
function checksum(bytes: Buffer, at: number): number {
  let sum = 0x811c_9dc5;
  for (let word = at; word < at + AT.checksum; word += 4) sum = Math.imul(sum ^ bytes.readUInt32LE(word), 0x0100_0193);
  return sum >>> 0;
}
