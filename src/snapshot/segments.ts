/**
 * Small objects, appended to files of at most 256 MB: a header of hash, length and kind before each, so that a segment
 * explains itself. An index beside it saves reading the headers and is never trusted beyond what the segment confirms.
 * What was appended after the last sync may be torn by a power cut: it is passed over when the store is opened, never cut off.
 */

import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  unlinkSync,
} from 'node:fs';
import { hashOf, nodeHashOf, syncFolder, writeAll } from './durable.ts';
import { IndexEntries, readEntries } from './index-entries.ts';
import { OBJECT, type ObjectIndex, type Place } from './object-index.ts';
import { HASH_BYTES } from './table.ts';

const HEADER_BYTES = 40;
const SEGMENT_BYTES = 256 * 1024 * 1024;
const BUFFER_BYTES = 1024 * 1024;
/** Bytes behind a node's body that its hash does not cover: the folder's own times. */
export const NODE_TRAILER_BYTES = 12;

export class Segments {
  readonly #folder: string;
  readonly #index: ObjectIndex;
  readonly #descriptors = new Map<number, number>();
  readonly #sizes = new Map<number, number>();
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  #buffered = 0;
  #current = 0;
  /** What was appended since the last commit, by segment. */
  #fresh = new Map<number, IndexEntries>();
  #freshBytes = 0;
  #created = false;
  /** No number is given twice. */
  #highest = 0;
  #start = { segment: 0, size: 0 };

  constructor(folder: string, index: ObjectIndex) {
    this.#folder = folder;
    this.#index = index;
    for (const name of readdirSync(folder).sort()) {
      const number = Number(/^(\d{6})\.seg$/.exec(name)?.[1] ?? 0);
      this.#highest = Math.max(this.#highest, number);
      try {
        if (number > 0) this.#load(number);
      } catch {
        // What can't be read is missing, as verify says; the rest is of use all the same.
        this.#sizes.delete(number);
      }
    }
    this.#mark();
  }

  get bytes(): number {
    let sum = 0;
    for (const size of this.#sizes.values()) sum += size;
    return sum;
  }

  get freshBytes(): number {
    return this.#freshBytes;
  }

  sizes(): ReadonlyMap<number, number> {
    return this.#sizes;
  }

  /** Appends an object; durable with the next `commit`. */
  append(hash: Uint8Array, kind: number, bytes: Uint8Array, length: number): void {
    let size = this.#sizes.get(this.#current) ?? 0;
    if (this.#current === 0 || size + length > SEGMENT_BYTES) {
      this.#write();
      this.#highest++;
      this.#current = this.#highest;
      this.#descriptors.set(this.#current, openSync(this.#file(this.#current, 'seg'), 'ax+', 0o600));
      this.#created = true;
      size = 0;
    }
    if (HEADER_BYTES + length > BUFFER_BYTES - this.#buffered) this.#write();
    const header = this.#buffer;
    const at = this.#buffered;
    header.set(hash, at);
    header.writeUInt32LE(length, at + HASH_BYTES);
    header.writeUInt32LE(kind, at + HASH_BYTES + 4);
    header.set(length === bytes.length ? bytes : bytes.subarray(0, length), at + HEADER_BYTES);
    this.#buffered += HEADER_BYTES + length;
    const offset = size + HEADER_BYTES;
    this.#sizes.set(this.#current, offset + length);
    this.#index.add(hash, { segment: this.#current, offset, length, kind });
    this.#freshOf(this.#current).add(hash, offset, length, kind);
    this.#freshBytes += HEADER_BYTES + length;
  }

  read(place: Place): Buffer {
    if (place.segment === this.#current) this.#write();
    const bytes = Buffer.allocUnsafe(place.length);
    const fd = this.#open(place.segment);
    let done = 0;
    while (done < place.length) {
      const count = readSync(fd, bytes, done, place.length - done, place.offset + done);
      if (count === 0) throw new Error(`segment ${place.segment} ends early`);
      done += count;
    }
    return bytes;
  }

  /** Makes all that was appended durable. */
  commit(): void {
    this.#write();
    for (const number of this.#fresh.keys()) fdatasyncSync(this.#open(number));
    if (this.#created) syncFolder(this.#folder);
    for (const [number, { bytes }] of this.#fresh) this.#writeIndex(number, bytes);
    this.#mark();
  }

  /** Forgets what was appended since the last commit. */
  abandon(): void {
    this.#buffered = 0;
    const { segment, size } = this.#start;
    const isFresh = (place: Place) => {
      return this.#fresh.has(place.segment) && (place.segment !== segment || place.offset >= size);
    };
    if (this.#fresh.size > 0) this.#index.forget(isFresh);
    for (const number of this.#fresh.keys()) {
      if (number > segment) this.#remove(number);
      else if (number === segment) {
        ftruncateSync(this.#open(number), size);
        this.#sizes.set(number, size);
      }
    }
    this.#current = this.#start.segment;
    this.#mark();
  }

  /** Writes the objects at `places` anew; durable when it returns. Where that fails they are where they were. */
  move(places: readonly (readonly [Buffer, Place])[]): void {
    try {
      for (const [hash, place] of places) {
        const bytes = this.read(place);
        this.append(hash, place.kind, bytes, bytes.length);
      }
      this.commit();
    } catch (error) {
      this.abandon();
      for (const [hash, place] of places) this.#index.add(hash, place);
      throw error;
    }
  }

  /** Deletes whole segments; their objects must have been forgotten or moved. */
  drop(numbers: readonly number[]): void {
    for (const number of numbers) this.#remove(number);
    if (numbers.includes(this.#current)) this.#current = 0;
    syncFolder(this.#folder);
    this.#mark();
  }

  /** Starts a new segment with the next append, so that the old ones can go. */
  turn(): void {
    this.#write();
    this.#current = 0;
    this.#mark();
  }

  close(): void {
    for (const fd of this.#descriptors.values()) closeSync(fd);
    this.#descriptors.clear();
  }

  #mark(): void {
    this.#fresh = new Map();
    this.#freshBytes = 0;
    this.#created = false;
    this.#start = { segment: this.#current, size: this.#sizes.get(this.#current) ?? 0 };
  }

  #write(): void {
    if (this.#buffered === 0) return;
    writeAll(this.#open(this.#current), this.#buffer, this.#buffered, null);
    this.#buffered = 0;
  }

  #freshOf(number: number): IndexEntries {
    const known = this.#fresh.get(number);
    if (known !== undefined) return known;
    const made = new IndexEntries();
    this.#fresh.set(number, made);
    return made;
  }

  #writeIndex(number: number, bytes: Buffer): void {
    const fd = openSync(this.#file(number, 'idx'), 'a', 0o600);
    writeAll(fd, bytes, bytes.length, null);
    closeSync(fd);
  }

  #load(number: number): void {
    const fd = openSync(this.#file(number, 'seg'), 'a+', 0o600);
    this.#descriptors.set(number, fd);
    const size = fstatSync(fd).size;
    let end = this.#loadIndex(number, size);
    let isWhole = true;
    // What no index entry covers was appended last, or its index is damaged. It counts only where its bytes have the hash that
    // they claim; an object that lacks it hides none behind it, as far as the headers go on.
    const header = Buffer.alloc(HEADER_BYTES);
    const found = new IndexEntries();
    while (end + HEADER_BYTES <= size && readSync(fd, header, 0, HEADER_BYTES, end) === HEADER_BYTES) {
      const length = header.readUInt32LE(HASH_BYTES);
      const kind = header.readUInt32LE(HASH_BYTES + 4);
      const place = { segment: number, offset: end + HEADER_BYTES, length, kind };
      if ((kind !== OBJECT.blob && kind !== OBJECT.node) || place.offset + length > size) break;
      const hash = Buffer.from(header.subarray(0, HASH_BYTES));
      end = place.offset + length;
      if (hasHash(this.read(place), kind, hash)) {
        this.#index.add(hash, place);
        found.add(hash, place.offset, length, kind);
      } else isWhole = false;
    }
    if (end < size) isWhole = false;
    this.#sizes.set(number, size);
    if (found.bytes.length > 0 && isWhole) this.#writeIndex(number, found.bytes);
    if (isWhole && end < SEGMENT_BYTES) this.#current = Math.max(this.#current, number);
  }

  #loadIndex(number: number, size: number): number {
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.#file(number, 'idx'));
    } catch {
      return 0;
    }
    let end = 0;
    let good = 0;
    for (const { hash, place, isSound, end: entryEnd } of readEntries(bytes, number)) {
      const { offset, length } = place;
      if (!isSound || offset !== end + HEADER_BYTES || offset + length > size) break;
      this.#index.add(hash, place);
      end = offset + length;
      good = entryEnd;
    }
    if (good === bytes.length) return end;
    unlinkSync(this.#file(number, 'idx'));
    this.#index.forget((place) => place.segment === number);
    return 0;
  }

  #open(number: number): number {
    const known = this.#descriptors.get(number);
    if (known !== undefined) return known;
    const fd = openSync(this.#file(number, 'seg'), 'a+', 0o600);
    this.#descriptors.set(number, fd);
    return fd;
  }

  #remove(number: number): void {
    const fd = this.#descriptors.get(number);
    if (fd !== undefined) closeSync(fd);
    this.#descriptors.delete(number);
    this.#sizes.delete(number);
    for (const ending of ['idx', 'seg']) {
      try {
        unlinkSync(this.#file(number, ending));
      } catch {
        // An index need not exist.
      }
    }
  }

  #file(number: number, ending: string): string {
    return `${this.#folder}/${String(number).padStart(6, '0')}.${ending}`;
  }
}

/** Returns whether an object's bytes have the hash that names them. */
export function hasHash(bytes: Buffer, kind: number, hash: Uint8Array): boolean {
  if (kind !== OBJECT.node) return hashOf(bytes).equals(hash);
  return nodeHashOf(bytes.subarray(0, bytes.length - NODE_TRAILER_BYTES)).equals(hash);
}
