/**
 * The store on disk: small objects in segments, large ones as files, hard links, records, quarantine. Everything that a
 * record names is durable before the record is, and the record before `commit` returns (order measured against cut power).
 *
 *   VERSION  lock  segments/  objects/ab/<hash>  links/<reference>  snaps/<id>.json  quarantine/<id>/<n>  restore/  cache/
 */

import { createHash, type Hash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { BelayError, causeText } from '../errors.ts';
import { hashOf, syncFile, syncFolder, writeAll, writeDurably } from './durable.ts';
import { OBJECT, ObjectIndex, OWN_FILE, type Place } from './object-index.ts';
import { encodeRecord, readRecords, type SnapshotRecord } from './record.ts';
import { hasHash, Segments } from './segments.ts';
import type { SnapshotId } from './snapshot.ts';

/** Content up to this many bytes lies in segments. */
export const SMALL_BYTES = 256 * 1024;
const FORMAT = 1;
const CHUNK_BYTES = 1024 * 1024;
const HOLE_BYTES = 64 * 1024;
const SPACE_CHECK_BYTES = 32 * 1024 * 1024;
const FOLDERS = ['segments', 'objects', 'links', 'snaps', 'quarantine', 'restore', 'cache'] as const;

export interface StoreOptions {
  readonly folder: string;
  readonly budgetBytes: number;
  /** Bytes that stay free on the store's file system. */
  readonly freeFloorBytes: number;
}

export class Store {
  readonly folder: string;
  readonly device: number;
  readonly index = new ObjectIndex();
  readonly damagedRecords: readonly { file: string; why: string }[];
  /** Oldest first. */
  records: SnapshotRecord[];
  /** Called between the pieces of a large file. */
  between: () => void = () => {};
  abandoned = 0; // how often what was put and not yet committed was forgotten
  #segments: Segments;
  readonly #options: StoreOptions;
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);
  readonly #zeros = Buffer.alloc(HOLE_BYTES);
  #bigBytes = 0;
  #freshBig: { hash: Buffer; size: number }[] = [];
  #freshLinks = false;
  #sinceCheck = 0;
  #clones = true;
  #temporary = 0;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.folder = options.folder;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    this.#checkVersion();
    try {
      for (const name of FOLDERS) mkdirSync(`${this.folder}/${name}`, { recursive: true, mode: 0o700 });
      this.device = statSync(this.folder).dev;
      this.#segments = new Segments(`${this.folder}/segments`, this.index);
      this.#loadBig();
      const { records, damaged } = readRecords(`${this.folder}/snaps`);
      this.records = records;
      this.damagedRecords = damaged;
    } catch (error) {
      throw new BelayError('snapshot.store-damaged', { store: this.folder, cause: causeText(error) }, error);
    }
  }

  get bytes(): number {
    return this.#segments.bytes + this.#bigBytes;
  }

  get budgetBytes(): number {
    return this.#options.budgetBytes;
  }

  /** The most that it may hold as the disk is now: its budget, or less where the disk has no room for that. */
  get capacityBytes(): number {
    const disk = statfsSync(this.folder);
    const room = this.bytes + disk.bavail * disk.bsize - this.#options.freeFloorBytes;
    return Math.min(this.#options.budgetBytes, Math.max(0, room));
  }

  get segments(): Segments {
    return this.#segments;
  }

  /** Bytes written since the last commit. */
  get freshBytes(): number {
    return this.#segments.freshBytes + this.#freshBig.reduce((sum, { size }) => sum + size, 0);
  }

  has(hash: Uint8Array): boolean {
    return this.index.has(hash);
  }

  /** Keeps a small object; durable with the next commit. */
  put(hash: Uint8Array, kind: number, bytes: Uint8Array, length: number): void {
    if (this.index.has(hash)) return;
    this.#spend(length);
    this.#segments.append(hash, kind, bytes, length);
  }

  /** Keeps `bytes` as a blob and returns its hash. */
  putBlob(bytes: Uint8Array): Buffer {
    const hash = hashOf(bytes);
    this.put(hash, OBJECT.blob, bytes, bytes.length);
    return hash;
  }

  /** Keeps the content of an open file of any size and returns its hash; runs of zeros take no room. */
  putFile(fd: number, path: Buffer): Buffer {
    const temporary = `${this.folder}/objects/tmp-${process.pid}-${this.#temporary++}`;
    try {
      const { hash, size } =
        this.#clones && this.#clone(path, temporary) ? this.#hashCopy(temporary) : this.#copy(fd, temporary);
      if (this.index.has(hash)) {
        unlinkSync(temporary);
        return hash;
      }
      const target = this.bigFile(hash);
      mkdirSync(`${this.folder}/objects/${hash.toString('hex', 0, 1)}`, { recursive: true, mode: 0o700 });
      renameSync(temporary, target);
      this.index.add(hash, { segment: OWN_FILE, offset: 0, length: size, kind: OBJECT.blob });
      this.#bigBytes += size;
      this.#freshBig.push({ hash, size });
      return hash;
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  /** Returns the hash of an open file's content. */
  hashFile(fd: number): Buffer {
    const hash = createHash('sha256');
    this.#stream(fd, hash, null);
    return hash.digest();
  }

  /** Keeps a hard link to `path` under `reference`. Returns whether it could. */
  link(path: Buffer, reference: Buffer): boolean {
    try {
      linkSync(path, this.linkFile(reference));
      this.#freshLinks = true;
      return true;
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'EEXIST';
    }
  }

  readonly hasLink = (reference: Buffer): boolean => existsSync(this.linkFile(reference));

  linkFile(reference: Buffer): string {
    return `${this.folder}/links/${reference.toString('hex')}`;
  }

  bigFile(hash: Buffer): string {
    return `${this.folder}/objects/${hash.toString('hex', 0, 1)}/${hash.toString('hex')}`;
  }

  /** Returns an object's bytes. Throws when the store lacks them, or has others. */
  read(hash: Buffer): Buffer {
    const place = this.index.get(hash);
    if (place === null) throw this.damaged(`object ${hash.toString('hex')} is missing`);
    const bytes = place.segment === OWN_FILE ? readFileSync(this.bigFile(hash)) : this.#segments.read(place);
    if (!hasHash(bytes, place.kind, hash)) throw this.damaged(`object ${hash.toString('hex')} is not what was kept`);
    return bytes;
  }

  /** Writes a large object to a new file at `path`, with holes where it has runs of zeros. Throws when it is damaged. */
  copyOut(hash: Buffer, path: Buffer): void {
    const found = this.#cloneOut(hash, path) ?? this.#pour(hash, path);
    if (!found.equals(hash)) throw this.damaged(`object ${hash.toString('hex')} is not what was kept`);
  }

  #cloneOut(hash: Buffer, path: Buffer): Buffer | null {
    try {
      copyFileSync(this.bigFile(hash), path, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    } catch {
      rmSync(path, { force: true });
      return null;
    }
    return this.#hashCopy(path).hash;
  }

  #pour(kept: Buffer, path: Buffer): Buffer {
    const hash = createHash('sha256');
    const source = this.bigFile(kept);
    const fd = openSync(source, 'r');
    const out = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
    try {
      ftruncateSync(out, this.#stream(fd, hash, out, false));
    } finally {
      closeSync(fd);
      closeSync(out);
    }
    return hash.digest();
  }

  place(hash: Buffer): Place | null {
    return this.index.get(hash);
  }

  readonly damaged = (cause: string): BelayError =>
    new BelayError('snapshot.store-damaged', { store: this.folder, cause });

  /** Makes what was put since the last commit durable, without a record. */
  settle(): void {
    for (const { hash } of this.#freshBig) syncFile(this.bigFile(hash));
    for (const folder of new Set(this.#freshBig.map(({ hash }) => hash.toString('hex', 0, 1)))) {
      syncFolder(`${this.folder}/objects/${folder}`);
    }
    if (this.#freshBig.length > 0) syncFolder(`${this.folder}/objects`);
    if (this.#freshLinks) syncFolder(`${this.folder}/links`);
    this.#segments.commit();
    this.#freshBig = [];
    this.#freshLinks = false;
  }

  /** Makes `record` and all that it names durable. */
  commit(record: SnapshotRecord): void {
    this.settle();
    writeDurably(this.recordFile(record.summary.id), encodeRecord(record));
    this.records.push(record);
  }

  /** Forgets what was put since the last commit. Links stay until the next prune. */
  abandon(): void {
    this.abandoned++;
    this.#segments.abandon();
    const gone = new Set(this.#freshBig.map(({ hash }) => hash.toString('hex')));
    for (const { hash, size } of this.#freshBig) {
      rmSync(this.bigFile(hash), { force: true });
      this.#bigBytes -= size;
    }
    if (gone.size > 0) this.index.forget((_, hash) => gone.has(hash.toString('hex')));
    this.#freshBig = [];
    this.#freshLinks = false;
  }

  recordFile(id: SnapshotId): string {
    return `${this.folder}/snaps/${id}.json`;
  }

  /** Removes records, durably, before anything that only they name may go. */
  dropRecords(ids: ReadonlySet<string>): void {
    for (const { summary } of this.records) if (ids.has(summary.id)) unlinkSync(this.recordFile(summary.id));
    syncFolder(`${this.folder}/snaps`);
    this.records = this.records.filter(({ summary }) => !ids.has(summary.id));
  }

  /** Deletes large objects; returns the bytes freed. */
  dropBig(hashes: readonly Buffer[]): number {
    let freed = 0;
    for (const hash of hashes) {
      freed += this.index.get(hash)?.length ?? 0;
      rmSync(this.bigFile(hash), { force: true });
    }
    const gone = new Set(hashes.map((hash) => hash.toString('hex')));
    if (gone.size > 0) this.index.forget((_, hash) => gone.has(hash.toString('hex')));
    this.#bigBytes -= freed;
    return freed;
  }

  /** Throws `snapshot.no-space` unless `bytes` more fit beside the floor and into the budget. */
  checkSpace(bytes: number): void {
    const disk = statfsSync(this.folder);
    const free = disk.bavail * disk.bsize;
    if (free - bytes < this.#options.freeFloorBytes) {
      throw this.noSpace(
        `${Math.round(free / 1e6)} MB are free, and ${Math.ceil(this.#options.freeFloorBytes / 1e6)} must stay so`,
      );
    }
    if (this.bytes + bytes > this.#options.budgetBytes) {
      throw this.noSpace(`its budget of ${Math.round(this.#options.budgetBytes / 1e6)} MB is used up`);
    }
  }

  readonly noSpace = (cause: string): BelayError => new BelayError('snapshot.no-space', { store: this.folder, cause });

  close(): void {
    this.#segments.close();
  }

  #spend(bytes: number): void {
    this.#sinceCheck += bytes;
    if (this.#sinceCheck < SPACE_CHECK_BYTES && this.bytes + bytes <= this.#options.budgetBytes) return;
    this.checkSpace(bytes);
    this.#sinceCheck = 0;
  }

  #clone(path: Buffer, target: string): boolean {
    try {
      copyFileSync(path, target, constants.COPYFILE_FICLONE_FORCE);
      chmodSync(target, 0o600);
      return true;
    } catch {
      this.#clones = false;
      return false;
    }
  }

  #hashCopy(file: string | Buffer): { hash: Buffer; size: number } {
    const hash = createHash('sha256');
    const fd = openSync(file, 'r');
    try {
      return { size: this.#stream(fd, hash, null), hash: hash.digest() };
    } finally {
      closeSync(fd);
    }
  }

  #copy(fd: number, target: string): { hash: Buffer; size: number } {
    const hash = createHash('sha256');
    const out = openSync(target, 'wx', 0o600);
    try {
      const size = this.#stream(fd, hash, out);
      ftruncateSync(out, size);
      return { size, hash: hash.digest() };
    } finally {
      closeSync(out);
    }
  }

  #stream(fd: number, hash: Hash | null, out: number | null, ours = true): number {
    let size = 0;
    for (;;) {
      this.between();
      const count = readSync(fd, this.#chunk, 0, CHUNK_BYTES, size);
      if (count === 0) return size;
      hash?.update(this.#chunk.subarray(0, count));
      if (out !== null) {
        if (ours) this.#spend(count);
        for (let at = 0; at < count; at += HOLE_BYTES) {
          const piece = this.#chunk.subarray(at, Math.min(count, at + HOLE_BYTES));
          if (piece.compare(this.#zeros, 0, piece.length) !== 0) writeAll(out, piece, piece.length, size + at);
        }
      }
      size += count;
    }
  }

  #checkVersion(): void {
    const file = `${this.folder}/VERSION`;
    let text: string;
    try {
      text = readFileSync(file, 'utf8').trim();
    } catch {
      if (readdirSync(this.folder).includes('snaps')) {
        throw new BelayError('snapshot.store-damaged', { store: this.folder, cause: 'its VERSION file is missing' });
      }
      writeDurably(file, Buffer.from(`${FORMAT}\n`));
      return;
    }
    const version = /^\d+$/.test(text) ? Number(text) : null;
    if (version === null) {
      throw new BelayError('snapshot.store-damaged', { store: this.folder, cause: 'its VERSION file makes no sense' });
    }
    if (version > FORMAT) throw new BelayError('snapshot.store-newer', { store: this.folder, version, ours: FORMAT });
  }

  #loadBig(): void {
    for (const folder of readdirSync(`${this.folder}/objects`)) {
      if (folder.startsWith('tmp-')) {
        unlinkSync(`${this.folder}/objects/${folder}`);
        continue;
      }
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const name of readdirSync(`${this.folder}/objects/${folder}`)) {
        if (!/^[0-9a-f]{64}$/.test(name)) continue;
        const size = lstatSync(`${this.folder}/objects/${folder}/${name}`).size;
        const place = { segment: OWN_FILE, offset: 0, length: size, kind: OBJECT.blob };
        this.index.add(Buffer.from(name, 'hex'), place);
        this.#bigBytes += size;
      }
    }
  }
}
