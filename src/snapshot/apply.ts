/**
 * Carries out the operations of a rollback. Each file is written beside its place and renamed over it, so that its old or
 * its new content is there at every moment; each operation may be done twice.
 */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { causeText } from '../errors.ts';
import { decodeAttributes } from './capture.ts';
import { isFull, writeAll } from './durable.ts';
import { KIND } from './kinds.ts';
import type { Native } from './native.ts';
import type { Entry, FolderTime } from './node.ts';
import { OWN_FILE } from './object-index.ts';
import { joinBytes, parentBytes, terminated } from './path-bytes.ts';
import { isLinked, type Lost, linkDamage, type Operation } from './plan.ts';
import type { Store } from './store.ts';

export interface ApplyOptions {
  readonly store: Store;
  readonly native: Native | null;
  /** The name under which files are written before they are renamed; the same for a whole rollback. */
  readonly temporaryName: string;
  /** A folder of the store that takes what is removed whole. */
  readonly aside: string;
  /** Never share a file with the store: for extraction. */
  readonly copies: boolean;
  readonly progress: (done: number, total: number) => void;
}

/** Returns the name that an interrupted rollback may have left in any folder. */
export function temporaryName(id: string): string {
  return `.belay~${id.slice(2)}`;
}

export class Applier {
  readonly lost: Lost[] = [];
  done = 0;
  /** Whether something could not be written because the disk is full. */
  isCutShort = false;
  readonly #options: ApplyOptions;
  readonly #folders = new Map<string, { path: Buffer; was: Entry; time: FolderTime | null }>();
  readonly #opened: { path: Buffer; mode: number }[] = [];
  readonly #groups = new Map<bigint, Buffer>();
  #aside = 0;

  constructor(options: ApplyOptions) {
    this.#options = options;
  }

  /** A name that still has the file which `group` stands for, to link others to. */
  keepGroup(group: bigint, path: Buffer): void {
    if (!this.#groups.has(group)) this.#groups.set(group, path);
  }

  /** Remembers a folder's kept state, to be set again once what lies in it is done. */
  noteFolder(path: Buffer, was: Entry, time: FolderTime | null): void {
    this.#folders.set(path.toString('latin1'), { path, was, time });
  }

  run(operations: readonly Operation[]): void {
    const total = operations.length;
    for (const operation of operations) {
      const replaced = operation.is !== null && operation.was !== null && operation.is.kind !== operation.was.kind;
      if (operation.kind === 'remove' || replaced)
        this.#attempt(operation, () => this.#remove(operation), operation.kind === 'remove');
    }
    const folders = operations.filter(({ was }) => was?.kind === KIND.folder);
    for (const operation of folders.sort((a, b) => a.path.length - b.path.length)) {
      if (operation.kind !== 'mode') this.#attempt(operation, () => this.#makeFolder(operation.path), false);
    }
    for (const operation of operations) {
      const { was } = operation;
      if (was === null || operation.kind === 'remove' || was.kind === KIND.folder) continue;
      this.#attempt(operation, () => this.#put(operation, was), true);
      this.#options.progress(this.done, total);
    }
    for (const operation of folders) {
      const { was } = operation;
      if (was === null) continue;
      this.done++;
      const known = this.#folders.get(operation.path.toString('latin1'));
      this.#folders.set(operation.path.toString('latin1'), { path: operation.path, was, time: known?.time ?? null });
    }
    this.#finishFolders();
  }

  #attempt(operation: Operation, act: () => void, counts: boolean): void {
    try {
      try {
        act();
      } catch (error) {
        if (!isDenied(error)) throw error;
        // A folder without write permission holds what we own all the same; its own mode is set again at the end.
        this.#open(parentBytes(operation.path));
        act();
      }
      if (counts) this.done++;
    } catch (error) {
      if (isFull(error)) this.isCutShort = true;
      this.lost.push({ path: operation.path, why: causeText(error) });
      removeTemporary(parentBytes(operation.path), this.#options.temporaryName);
    }
  }

  #open(folder: Buffer): void {
    const now = lstatSync(folder);
    chmodSync(folder, (now.mode & 0o7777) | 0o700);
    this.#opened.push({ path: folder, mode: now.mode & 0o7777 });
  }

  #remove({ path, is }: Operation): void {
    if (is?.kind !== KIND.folder && is?.kind !== KIND.leftOut) {
      rmSync(path, { force: true });
      return;
    }
    mkdirSync(this.#options.aside, { recursive: true, mode: 0o700 });
    let target = `${this.#options.aside}/r${this.#aside++}`;
    while (lstatSync(target, { throwIfNoEntry: false }) !== undefined)
      target = `${this.#options.aside}/r${this.#aside++}`;
    try {
      renameSync(path, target);
    } catch (error) {
      if (isCode(error, 'ENOENT')) return;
      if (!isCode(error, 'EXDEV')) throw error;
      if (is.kind === KIND.leftOut) throw new Error('it is not kept, and lies on another device than the store');
      rmSync(path, { recursive: true, force: true });
    }
  }

  #makeFolder(path: Buffer): void {
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there !== undefined && !there.isDirectory()) rmSync(path, { force: true });
    if (there?.isDirectory() !== true) mkdirSync(path, { recursive: true, mode: 0o700 });
  }

  #put(operation: Operation, was: Entry): void {
    const { path } = operation;
    if (operation.kind === 'mode') {
      this.#setMeta(path, was);
      return;
    }
    try {
      this.#place(operation, was);
    } catch (error) {
      if (isCode(error, 'ENOENT')) mkdirSync(parentBytes(path), { recursive: true });
      else if (isCode(error, 'EEXIST')) rmSync(this.#temporary(path), { force: true });
      else throw error;
      this.#place(operation, was);
    }
    if (was.group !== null) this.#groups.set(was.group, path);
  }

  /** Makes the file under a name of ours and renames it; a link to nothing that is there is as whole at once. */
  #place({ kind, path }: Operation, was: Entry): void {
    if (kind === 'bring-back' && isLinked(was)) {
      this.#make(path, was);
      this.#setMeta(path, was);
      return;
    }
    const temporary = this.#temporary(path);
    const linkFrom = was.group === null ? undefined : this.#groups.get(was.group);
    const shared = linkFrom !== undefined && !linkFrom.equals(path) && !isLinked(was);
    if (shared) linkSync(linkFrom, temporary);
    else {
      this.#make(temporary, was);
      this.#setMeta(temporary, was);
    }
    renameSync(temporary, path);
    // Renaming one name of a file over another does nothing and leaves both: rename(2).
    if (shared || isLinked(was)) rmSync(temporary, { force: true });
  }

  #temporary(path: Buffer): Buffer {
    return joinBytes(parentBytes(path), Buffer.from(this.#options.temporaryName));
  }

  #make(path: Buffer, was: Entry): void {
    const { store, native } = this.#options;
    if (was.kind === KIND.link) symlinkSync(store.read(was.hash), path);
    else if (was.kind === KIND.pipe) {
      if (native?.makePipe(terminated(path), 0o600) !== true)
        execFileSync('mkfifo', [path.toString()], { stdio: 'ignore' });
    } else if (isLinked(was)) this.#putLinked(path, was);
    else this.#putContent(path, was);
  }

  #putLinked(path: Buffer, was: Entry): void {
    const source = this.#options.store.linkFile(was.hash);
    const now = lstatSync(source, { bigint: true, throwIfNoEntry: false });
    const damage = linkDamage(was, now);
    if (damage !== null) throw new Error(damage);
    try {
      if (this.#options.copies) throw new Error('a copy is asked for');
      linkSync(source, path);
    } catch (error) {
      if (isCode(error, 'ENOENT') || isCode(error, 'EEXIST')) throw error;
      copyFileSync(source, path, constants.COPYFILE_FICLONE);
    }
  }

  #putContent(path: Buffer, was: Entry): void {
    const { store } = this.#options;
    const place = store.place(was.hash);
    if (place === null) throw store.damaged(`object ${was.hash.toString('hex')} is missing`);
    if (place.segment === OWN_FILE) {
      store.copyOut(was.hash, path);
      return;
    }
    const bytes = store.read(was.hash);
    const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
    try {
      writeAll(fd, bytes, bytes.length, null);
    } finally {
      closeSync(fd);
    }
  }

  #setMeta(path: Buffer, was: Entry): void {
    const { store, native } = this.#options;
    const now = lstatSync(path);
    if (now.uid !== was.uid || now.gid !== was.gid) {
      if (was.kind === KIND.link) lchownSync(path, was.uid, was.gid);
      else chownSync(path, was.uid, was.gid);
    }
    // A kept hard link is the file itself, whose attributes were never read.
    if (native !== null && was.kind !== KIND.link && !isLinked(was)) {
      native.writeAttributes(
        terminated(path),
        was.extra === null ? new Map() : decodeAttributes(store.read(was.extra)),
      );
    }
    if (was.kind !== KIND.link && (now.mode & 0o7777) !== was.mode) chmodSync(path, was.mode);
    if (was.kind !== KIND.folder) this.#setTime(path, was);
  }

  #setTime(path: Buffer, time: FolderTime): void {
    if (this.#options.native?.setTime(terminated(path), time.seconds, time.nanoseconds) === true) return;
    const seconds = Number(time.seconds) + time.nanoseconds / 1e9;
    if (lstatSync(path).isSymbolicLink()) lutimesSync(path, seconds, seconds);
    else utimesSync(path, seconds, seconds);
  }

  /** Modes and times of folders come last and from the bottom up: writing in a folder changes its time and needs its mode. */
  #finishFolders(): void {
    for (const { path, mode } of this.#opened) chmodSync(path, mode);
    const all = [...this.#folders.values()].sort((a, b) => b.path.length - a.path.length);
    for (const { path, was, time } of all) {
      try {
        if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) continue;
        this.#setMeta(path, was);
        if (time !== null) this.#setTime(path, time);
      } catch (error) {
        this.lost.push({ path, why: causeText(error) });
      }
    }
  }
}

/** Removes what an interrupted rollback left in `folder`. */
export function removeTemporary(folder: Buffer, name: string): void {
  try {
    unlinkSync(joinBytes(folder, Buffer.from(name)));
  } catch {
    // Nothing was left there.
  }
}

function isDenied(error: unknown): boolean {
  return isCode(error, 'EACCES') || isCode(error, 'EPERM');
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
