/**
 * Keeps the content of one file as it was at one moment: looked at before and after it is read, read again when it changed
 * meanwhile, and said to be torn when it will not hold still. Never follows a link, never opens a pipe.
 */

import { closeSync, openSync, readSync } from 'node:fs';
import { hashOf, nodeHashOf } from './durable.ts';
import { FLAG, KIND, kindOf, NOTE } from './kinds.ts';
import type { Native } from './native.ts';
import { OBJECT } from './object-index.ts';
import type { PathBuffer } from './path-bytes.ts';
import { OPEN_FLAGS } from './read-ahead.ts';
import { ROW, ROW_WORDS, type StatReader } from './stat.ts';
import { SMALL_BYTES, type Store } from './store.ts';
import { HASH_BYTES, type Table } from './table.ts';

const ATTEMPTS = 4;

export interface CaptureCounts {
  hashed: number;
  linked: number;
}

export class Capture {
  readonly counts: CaptureCounts = { hashed: 0, linked: 0 };
  readonly #store: Store;
  readonly #native: Native | null;
  readonly #reader: StatReader;
  readonly #keeps: boolean;
  readonly #buffer = Buffer.alloc(SMALL_BYTES + 1);

  /** `keeps` false: everything is hashed and nothing written, for a preview. */
  constructor(store: Store, native: Native | null, reader: StatReader, keeps: boolean) {
    this.#store = store;
    this.#native = native;
    this.#reader = reader;
    this.#keeps = keeps;
  }

  /**
   * Keeps the file at `path`, whose state the reader has just read into row `index`, and completes the entry.
   * Returns false when it is there no more.
   */
  file(path: PathBuffer, table: Table, index: number, link: boolean): boolean {
    const reader = this.#reader;
    table.setNote(index, NOTE.none);
    for (let attempt = 1; ; attempt++) {
      if (link && this.#link(path, table, index)) return true;
      const outcome = this.#content(path, table, index);
      if (outcome === 'gone') return false;
      if (outcome === 'unreadable') {
        if (!this.#link(path, table, index)) table.setNote(index, NOTE.unreadable);
        return true;
      }
      if (reader.read(path.bytes, path.length) !== 0) return false;
      if (kindOf(reader.mode) !== KIND.file) return false;
      const whole = reader.equals(table.rows, index);
      if (whole || attempt === ATTEMPTS) {
        if (!whole) table.setNote(index, NOTE.torn);
        reader.fill(table.rows, index);
        this.attributes(path, table, index);
        return true;
      }
      reader.fill(table.rows, index);
    }
  }

  /** Keeps a file that has been read in the state that row `index` holds. */
  read(path: PathBuffer, table: Table, index: number, { hash, bytes }: { hash: Uint8Array; bytes: Uint8Array }): void {
    this.counts.hashed++;
    table.setNote(index, NOTE.none);
    if (this.#keeps) this.#store.put(hash, OBJECT.blob, bytes, bytes.length);
    table.setHash(index, hash);
    this.attributes(path, table, index);
  }

  /** Keeps the extended attributes of a file or folder. */
  attributes(path: PathBuffer, table: Table, index: number): void {
    const found = this.#native?.readAttributes(path.bytes) ?? null;
    if (found === null) return;
    const bytes = encodeAttributes(found);
    table.setExtra(index, this.#keeps ? this.#store.putBlob(bytes) : hashOf(bytes));
  }

  /** Keeps a small text, such as a link's target, and returns its hash. */
  blob(bytes: Buffer): Buffer {
    return this.#keeps ? this.#store.putBlob(bytes) : hashOf(bytes);
  }

  /** Keeps a folder's node; the hash does not cover its trailer. */
  node(bytes: Buffer, bodyBytes: number): Buffer {
    const hash = nodeHashOf(bytes.subarray(0, bodyBytes));
    if (this.#keeps) this.#store.put(hash, OBJECT.node, bytes, bytes.length);
    return hash;
  }

  #content(path: PathBuffer, table: Table, index: number): 'read' | 'gone' | 'unreadable' {
    let fd: number;
    try {
      fd = openSync(path.view(), OPEN_FLAGS);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      return code === 'ENOENT' || code === 'ELOOP' || code === 'ENXIO' || code === 'ENOTDIR' ? 'gone' : 'unreadable';
    }
    try {
      this.counts.hashed++;
      let length = 0;
      while (length <= SMALL_BYTES) {
        const count = readSync(fd, this.#buffer, length, SMALL_BYTES + 1 - length, length);
        length += count;
        // Its state is read again afterwards: what grew meanwhile is read again, so no second read has to find the end.
        if (count === 0 || length === table.size(index)) break;
      }
      if (length > SMALL_BYTES) table.setHash(index, this.#large(fd, path));
      else {
        const bytes = this.#buffer.subarray(0, length);
        const hash = hashOf(bytes);
        if (this.#keeps) this.#store.put(hash, OBJECT.blob, bytes, length);
        table.setHash(index, hash);
      }
      return 'read';
    } catch (error) {
      if (isReadError(error)) return 'unreadable';
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  #large(fd: number, path: PathBuffer): Buffer {
    return this.#keeps ? this.#store.putFile(fd, path.copy()) : this.#store.hashFile(fd);
  }

  /** A link is only good for the state that it was made in: its name says which. */
  #link(path: PathBuffer, table: Table, index: number): boolean {
    const reader = this.#reader;
    const reference = linkReference(table, index, reader.device);
    if (this.#keeps) {
      // A name that is there already is common after a rollback, and an exception is dear.
      if (reader.links === 1 || !this.#store.hasLink(reference)) {
        if (!this.#store.link(path.copy(), reference)) return false;
        this.counts.linked++;
      }
      if (reader.read(path.bytes, path.length) !== 0) return false;
      if (!linkReference(table, index, reader.device).equals(reference)) return false;
      reader.fill(table.rows, index);
      if (!linkReference(table, index, reader.device).equals(reference)) return false;
    }
    table.setHash(index, reference);
    table.setFlags(index, table.flags(index) | FLAG.linked);
    return true;
  }
}

/** Returns the extended attributes that `bytes` hold. */
export function decodeAttributes(bytes: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    const nameLength = bytes.readUInt32LE(at);
    const valueLength = bytes.readUInt32LE(at + 4);
    const name = bytes.toString('utf8', at + 8, at + 8 + nameLength);
    found.set(name, bytes.subarray(at + 8 + nameLength, at + 8 + nameLength + valueLength));
    at += 8 + nameLength + valueLength;
  }
  return found;
}

function encodeAttributes(attributes: ReadonlyMap<string, Buffer>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of [...attributes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const text = Buffer.from(name);
    const lengths = Buffer.alloc(8);
    lengths.writeUInt32LE(text.length, 0);
    lengths.writeUInt32LE(value.length, 4);
    parts.push(lengths, text, value);
  }
  return Buffer.concat(parts);
}

/** Device, inode, mtime and size, in the room of a hash. */
function linkReference(table: Table, index: number, device: number): Buffer {
  const rows = table.rows;
  const row = index * ROW_WORDS;
  const reference = Buffer.alloc(HASH_BYTES);
  const words = [ROW.inode, ROW.inode + 1, ROW.mtime, ROW.mtime + 1, ROW.mtimeNs, ROW.size, ROW.size + 1];
  reference.writeUInt32LE(device % 2 ** 32, 0);
  words.forEach((word, i) => {
    reference.writeInt32LE(rows[row + word] ?? 0, 4 + i * 4);
  });
  return reference;
}

function isReadError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const syscall = error instanceof Error && 'syscall' in error ? error.syscall : null;
  return syscall === 'read' && (code === 'EIO' || code === 'EACCES' || code === 'EPERM' || code === 'EISDIR');
}
