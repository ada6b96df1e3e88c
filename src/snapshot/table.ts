/**
 * A tree as it was last seen, in typed arrays: a hundred bytes an entry, in shared memory so that two threads can check it.
 * Entries stand in pre-order with siblings sorted by their bytes, so that a subtree is one range and copies in one piece.
 */

import { ROW, ROW_WORDS, wide, wideExact } from './stat.ts';

export const HASH_BYTES = 32;
export const NO_PARENT = 0xffff_ffff;

/** The memory of a table, as it is handed to another thread or written to a file. */
export interface TableMemory {
  readonly count: number;
  readonly rows: SharedArrayBuffer;
  readonly hashes: SharedArrayBuffer;
  /** Four words an entry: parent, end of the subtree, where the name starts, index of extended attributes. */
  readonly links: SharedArrayBuffer;
  /** Four bytes an entry: kind, flags, note, length of the name. */
  readonly marks: SharedArrayBuffer;
  readonly names: SharedArrayBuffer;
}

const LINK = { parent: 0, end: 1, name: 2, extra: 3 } as const;
const MARK = { kind: 0, flags: 1, note: 2, nameLength: 3 } as const;

export class Table {
  count = 0;
  nameBytes = 0;
  /** Hashes of kept extended attributes; entries name them by index, 0 is none. */
  extras: Buffer[] = [Buffer.alloc(HASH_BYTES)];
  rows: Int32Array;
  hashes: Uint8Array;
  names: Uint8Array;
  #links: Uint32Array;
  #marks: Uint8Array;
  #memory: Omit<TableMemory, 'count'>;

  constructor(capacity: number, nameCapacity: number, memory?: TableMemory) {
    this.#memory = memory ?? {
      rows: new SharedArrayBuffer(capacity * ROW_WORDS * 4),
      hashes: new SharedArrayBuffer(capacity * HASH_BYTES),
      links: new SharedArrayBuffer(capacity * 16),
      marks: new SharedArrayBuffer(capacity * 4),
      names: new SharedArrayBuffer(nameCapacity),
    };
    this.rows = new Int32Array(this.#memory.rows);
    this.hashes = new Uint8Array(this.#memory.hashes);
    this.#links = new Uint32Array(this.#memory.links);
    this.#marks = new Uint8Array(this.#memory.marks);
    this.names = new Uint8Array(this.#memory.names);
    if (memory !== undefined) this.count = memory.count;
  }

  memory(): TableMemory {
    return { ...this.#memory, count: this.count };
  }

  /**
   * Returns an empty table with room for `capacity` entries, in the memory of `spare` where that is enough: fresh pages cost
   * more than what is written into them. Nobody may use `spare` afterwards.
   */
  static inMemoryOf(spare: Table | null, capacity: number, nameCapacity: number): Table {
    if (spare === null || spare.#marks.length < capacity * 4 || spare.names.length < nameCapacity) {
      return new Table(capacity, nameCapacity);
    }
    return new Table(0, 0, { ...spare.#memory, count: 0 });
  }

  parent(index: number): number {
    return this.#links[index * 4 + LINK.parent] ?? NO_PARENT;
  }

  end(index: number): number {
    return this.#links[index * 4 + LINK.end] ?? 0;
  }

  nameAt(index: number): number {
    return this.#links[index * 4 + LINK.name] ?? 0;
  }

  extra(index: number): number {
    return this.#links[index * 4 + LINK.extra] ?? 0;
  }

  kind(index: number): number {
    return this.#marks[index * 4 + MARK.kind] ?? 0;
  }

  flags(index: number): number {
    return this.#marks[index * 4 + MARK.flags] ?? 0;
  }

  note(index: number): number {
    return this.#marks[index * 4 + MARK.note] ?? 0;
  }

  nameLength(index: number): number {
    return this.#marks[index * 4 + MARK.nameLength] ?? 0;
  }

  name(index: number): Buffer {
    const at = this.nameAt(index);
    return Buffer.from(this.names.subarray(at, at + this.nameLength(index)));
  }

  hash(index: number): Buffer {
    return Buffer.from(this.hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES));
  }

  mode(index: number): number {
    return this.rows[index * ROW_WORDS + ROW.mode] ?? 0;
  }

  size(index: number): number {
    return wide(this.rows, index * ROW_WORDS + ROW.size);
  }

  inode(index: number): bigint {
    return wideExact(this.rows, index * ROW_WORDS + ROW.inode);
  }

  /** Adds an entry below `parent` with no state yet, and returns its index. Its end is set by `close`. */
  push(name: Uint8Array, parent: number, kind: number): number {
    this.#reserve(1, name.length);
    const index = this.count++;
    this.names.set(name, this.nameBytes);
    this.#links[index * 4 + LINK.parent] = parent;
    this.#links[index * 4 + LINK.end] = index + 1;
    this.#links[index * 4 + LINK.name] = this.nameBytes;
    this.#links[index * 4 + LINK.extra] = 0;
    this.#marks[index * 4 + MARK.kind] = kind;
    this.#marks[index * 4 + MARK.flags] = 0;
    this.#marks[index * 4 + MARK.note] = 0;
    this.#marks[index * 4 + MARK.nameLength] = name.length;
    this.nameBytes += name.length;
    this.rows.fill(0, index * ROW_WORDS, (index + 1) * ROW_WORDS);
    this.hashes.fill(0, index * HASH_BYTES, (index + 1) * HASH_BYTES);
    return index;
  }

  /** The columns as they are used, for a file. */
  columns(): Uint8Array[] {
    const { rows, hashes } = this;
    return [
      new Uint8Array(rows.buffer, 0, this.count * ROW_WORDS * 4),
      hashes.subarray(0, this.count * HASH_BYTES),
      new Uint8Array(this.#links.buffer, 0, this.count * 16),
      this.#marks.subarray(0, this.count * 4),
      this.names.subarray(0, this.nameBytes),
    ];
  }

  /** Returns the table whose columns are `bytes`, one after the other. */
  static fromColumns(count: number, nameBytes: number, extras: Buffer[], bytes: Uint8Array): Table {
    const table = new Table(count, nameBytes);
    table.count = count;
    table.nameBytes = nameBytes;
    table.extras = extras;
    let at = 0;
    for (const column of table.columns()) {
      column.set(bytes.subarray(at, at + column.length));
      at += column.length;
    }
    if (at !== bytes.length) throw new Error('the columns have other lengths');
    return table;
  }

  /** Ends the subtree of `index` at what was pushed last. */
  close(index: number): void {
    this.#links[index * 4 + LINK.end] = this.count;
  }

  /** Takes back what was pushed from `index` on. */
  drop(index: number, nameBytes: number): void {
    this.count = index;
    this.nameBytes = nameBytes;
  }

  setKind(index: number, kind: number): void {
    this.#marks[index * 4 + MARK.kind] = kind;
  }

  setFlags(index: number, flags: number): void {
    this.#marks[index * 4 + MARK.flags] = flags;
  }

  setNote(index: number, note: number): void {
    this.#marks[index * 4 + MARK.note] = note;
  }

  setHash(index: number, hash: Uint8Array): void {
    this.hashes.set(hash, index * HASH_BYTES);
  }

  setExtra(index: number, hash: Buffer | null): void {
    this.#links[index * 4 + LINK.extra] = hash === null ? 0 : this.extras.push(hash) - 1;
  }

  /** Appends the entries `low` to `high` of `from` (whole subtrees, siblings below `parent`). */
  copyRange(from: Table, low: number, high: number, parent: number): void {
    const count = high - low;
    const nameLow = from.nameAt(low);
    const nameHigh = from.nameAt(high - 1) + from.nameLength(high - 1);
    this.#reserve(count, nameHigh - nameLow);
    const at = this.count;
    this.rows.set(from.rows.subarray(low * ROW_WORDS, high * ROW_WORDS), at * ROW_WORDS);
    this.hashes.set(from.hashes.subarray(low * HASH_BYTES, high * HASH_BYTES), at * HASH_BYTES);
    this.#marks.set(from.#marks.subarray(low * 4, high * 4), at * 4);
    this.names.set(from.names.subarray(nameLow, nameHigh), this.nameBytes);
    const oldParent = from.parent(low);
    const shift = at - low;
    const nameShift = this.nameBytes - nameLow;
    const links = this.#links;
    const old = from.#links;
    for (let source = low * 4, target = at * 4; source < high * 4; source += 4, target += 4) {
      const above = old[source] ?? 0;
      const extra = old[source + LINK.extra] ?? 0;
      links[target] = above === oldParent ? parent : above + shift;
      links[target + LINK.end] = (old[source + LINK.end] ?? 0) + shift;
      links[target + LINK.name] = (old[source + LINK.name] ?? 0) + nameShift;
      links[target + LINK.extra] = extra === 0 ? 0 : this.extras.push(from.extras[extra] ?? Buffer.alloc(0)) - 1;
    }
    this.count += count;
    this.nameBytes += nameHigh - nameLow;
  }

  #reserve(entries: number, nameBytes: number): void {
    const capacity = this.#marks.length / 4;
    if (this.count + entries <= capacity && this.nameBytes + nameBytes <= this.names.length) return;
    const rowCount = Math.max(capacity, this.count + entries > capacity ? (this.count + entries) * 1.5 + 64 : 0) | 0;
    const nameCount = Math.max(this.names.length, (this.nameBytes + nameBytes) * 1.5 + 1_024) | 0;
    const larger = new Table(rowCount, nameCount);
    larger.rows.set(this.rows.subarray(0, this.count * ROW_WORDS));
    larger.hashes.set(this.hashes.subarray(0, this.count * HASH_BYTES));
    larger.#links.set(this.#links.subarray(0, this.count * 4));
    larger.#marks.set(this.#marks.subarray(0, this.count * 4));
    larger.names.set(this.names.subarray(0, this.nameBytes));
    this.#memory = larger.#memory;
    this.rows = larger.rows;
    this.hashes = larger.hashes;
    this.#links = larger.#links;
    this.#marks = larger.#marks;
    this.names = larger.names;
  }
}
