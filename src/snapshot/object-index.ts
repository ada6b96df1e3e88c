/** Where each object of the store lies: an open-addressed table over typed arrays, 56 bytes an object. */

import { HASH_BYTES } from './table.ts';

/** Kinds of objects; the numbers are part of the store's format. */
export const OBJECT = { blob: 1, node: 2 } as const;
/** The segment number of objects that are files of their own. */
export const OWN_FILE = 0xffff_ffff;

export interface Place {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
  readonly kind: number;
}

export class ObjectIndex {
  count = 0;
  #capacity: number;
  #keys: Uint8Array;
  #segments: Uint32Array;
  #offsets: Float64Array;
  #lengths: Float64Array;
  #kinds: Uint8Array;

  constructor(capacity = 4_096) {
    this.#capacity = capacity;
    this.#keys = new Uint8Array(capacity * HASH_BYTES);
    this.#segments = new Uint32Array(capacity);
    this.#offsets = new Float64Array(capacity);
    this.#lengths = new Float64Array(capacity);
    this.#kinds = new Uint8Array(capacity);
  }

  has(hash: Uint8Array): boolean {
    return this.#kinds[this.#slot(hash)] !== 0;
  }

  /** Returns a number that stays the object's until the next `add` or `forget`, or -1. */
  slotOf(hash: Uint8Array): number {
    const slot = this.#slot(hash);
    return this.#kinds[slot] === 0 ? -1 : slot;
  }

  get capacity(): number {
    return this.#capacity;
  }

  get(hash: Uint8Array): Place | null {
    const slot = this.#slot(hash);
    return this.#kinds[slot] === 0 ? null : this.#place(slot);
  }

  add(hash: Uint8Array, place: Place): void {
    if ((this.count + 1) * 3 > this.#capacity * 2) this.#grow();
    const slot = this.#slot(hash);
    if (this.#kinds[slot] === 0) this.count++;
    this.#keys.set(hash, slot * HASH_BYTES);
    this.#segments[slot] = place.segment;
    this.#offsets[slot] = place.offset;
    this.#lengths[slot] = place.length;
    this.#kinds[slot] = place.kind;
  }

  /** Forgets every object for which `gone` says so. */
  forget(gone: (place: Place, hash: Buffer) => boolean): void {
    const kept: { hash: Buffer; place: Place }[] = [];
    for (const [hash, place] of this.entries()) if (!gone(place, hash)) kept.push({ hash, place });
    this.#kinds.fill(0);
    this.count = 0;
    for (const { hash, place } of kept) this.add(hash, place);
  }

  *entries(): Generator<[Buffer, Place]> {
    for (let slot = 0; slot < this.#capacity; slot++) {
      if (this.#kinds[slot] === 0) continue;
      yield [Buffer.from(this.#keys.subarray(slot * HASH_BYTES, (slot + 1) * HASH_BYTES)), this.#place(slot)];
    }
  }

  #place(slot: number): Place {
    return {
      segment: this.#segments[slot] ?? 0,
      offset: this.#offsets[slot] ?? 0,
      length: this.#lengths[slot] ?? 0,
      kind: this.#kinds[slot] ?? 0,
    };
  }

  #slot(hash: Uint8Array): number {
    const word = (hash[0] ?? 0) | ((hash[1] ?? 0) << 8) | ((hash[2] ?? 0) << 16) | ((hash[3] ?? 0) << 24);
    let slot = (word >>> 0) % this.#capacity;
    while (this.#kinds[slot] !== 0) {
      let i = 0;
      while (i < HASH_BYTES && this.#keys[slot * HASH_BYTES + i] === hash[i]) i++;
      if (i === HASH_BYTES) return slot;
      slot = slot + 1 === this.#capacity ? 0 : slot + 1;
    }
    return slot;
  }

  #grow(): void {
    const larger = new ObjectIndex(this.#capacity * 2);
    for (let slot = 0; slot < this.#capacity; slot++) {
      if (this.#kinds[slot] === 0) continue;
      larger.add(this.#keys.subarray(slot * HASH_BYTES, (slot + 1) * HASH_BYTES), this.#place(slot));
    }
    this.#capacity = larger.#capacity;
    this.#keys = larger.#keys;
    this.#segments = larger.#segments;
    this.#offsets = larger.#offsets;
    this.#lengths = larger.#lengths;
    this.#kinds = larger.#kinds;
  }
}
