/**
 * Makes the table of a tree as it is now from the table of how it was: what the check found unchanged is copied in one piece,
 * folders that changed are listed again, files that changed are kept. A file counts as unchanged only when its state is the
 * same and older than the scan that saw it (git's racy rule), since two writes in one clock tick look alike.
 */

import { readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Capture } from './capture.ts';
import { doubtLeftOut, STATUS } from './check.ts';
import type { Checker } from './checker.ts';
import { gitPlaces, repositoryTop } from './git-places.ts';
import { type GitFolder, untilSettled, youngGitState } from './git-settled.ts';
import { FLAG, KIND, kindOf, NOTE } from './kinds.ts';
import { listNames } from './listing.ts';
import {
  besideTest,
  childNamed,
  compareNames,
  endsWithName,
  GIT_NAMES,
  isImmutable,
  isTemporaryObject,
} from './names.ts';
import { NodeEncoder } from './node.ts';
import { PathBuffer, shownPath } from './path-bytes.ts';
import { changedEntries, firstFrom, RacyRule } from './racy.ts';
import type { ReadAhead } from './read-ahead.ts';
import { isOtherWorktree, type ScanOptions, type ScanRequest, type Surroundings } from './scan-request.ts';
import { NODE_TRAILER_BYTES } from './segments.ts';
import { ROW_WORDS, type StatReader } from './stat.ts';
import { NO_PARENT, Table } from './table.ts';
import { TrackedIndexes } from './tracked-folders.ts';

const EMPTY = Buffer.alloc(0);
/** Room beyond what is known of a tree. */
const MORE_ENTRIES = 1_024;
const MORE_NAME_BYTES = 16_384;

export class Scanner {
  readonly #reader: StatReader;
  readonly #checker: Checker;
  readonly #capture: Capture;
  readonly #options: ScanOptions;
  readonly #encoder = new NodeEncoder();
  readonly #path = new PathBuffer();
  readonly #store: Buffer;
  #spare: Table | null = null;
  readonly #tracked = new TrackedIndexes();
  #request: ScanRequest = { path: EMPTY, git: false, regenerable: 'left-out', link: false, worktree: null };
  #old: Table | null = null;
  #new = new Table(0, 0);
  #changed: Int32Array = new Int32Array(0);
  #status: Uint8Array = new Uint8Array(0);
  #racy = new RacyRule(0);
  #seen = 0;
  #ahead: ReadAhead | null = null;
  #gitFolders: GitFolder[] = [];
  /** What git tracked when a table was made: a folder that is left out may hold something tracked since. */
  readonly #judged = new WeakMap<Table, number>();

  constructor(reader: StatReader, checker: Checker, capture: Capture, options: ScanOptions) {
    this.#reader = reader;
    this.#checker = checker;
    this.#capture = capture;
    this.#options = options;
    this.#store = Buffer.from(options.store);
  }

  /** Returns the table of what is at the request's path now: `old` itself when nothing changed; one entry of kind absent when it is not there. */
  scan(request: ScanRequest, old: Table | null): Table {
    return untilSettled(old, (known) => {
      const table = this.#pass(request, known);
      return { table, young: youngGitState(table, this.#gitFolders, this.#racy) };
    });
  }

  #pass(request: ScanRequest, old: Table | null): Table {
    this.#gitFolders = [];
    this.#racy = new RacyRule(Date.now());
    this.#request = request;
    this.#seen = 0;
    this.#old = old;
    const generation = this.#tracked.generation();
    if (old !== null) {
      this.#status = this.#checker.check(old, request.path);
      if (this.#judged.get(old) !== generation) doubtLeftOut(old, this.#status);
      this.#changed = changedEntries(this.#status);
      if (this.#changed.length === 0) {
        this.#judged.set(old, generation);
        return old;
      }
      this.#ahead = this.#checker.readAhead(old, request.path, this.#status, this.#changed);
    }
    this.#path.reset(request.path);
    const nameBytes = (old?.nameBytes ?? 0) + MORE_NAME_BYTES;
    this.#new = Table.inMemoryOf(this.#spare, (old?.count ?? 0) + MORE_ENTRIES, nameBytes);
    this.#spare = null;
    this.#root();
    this.#ahead?.end();
    this.#ahead = null;
    const made = this.#new;
    this.#judged.set(made, generation);
    this.#old = null;
    this.#new = new Table(0, 0);
    return made;
  }

  #root(): void {
    const errno = this.#reader.read(this.#path.bytes, this.#path.length);
    const index = this.#new.push(EMPTY, NO_PARENT, errno === 0 ? kindOf(this.#reader.mode) : KIND.absent);
    if (errno !== 0) return;
    const surroundings: Surroundings = {
      git: this.#request.git ? 'state' : 'none',
      link: this.#request.link,
      repository: this.#enclosing(),
      device: this.#reader.device,
    };
    const known = this.#old !== null && this.#old.kind(0) === this.#new.kind(index) ? 0 : -1;
    if (!this.#complete(index, known, surroundings)) this.#new.setKind(index, KIND.absent);
  }

  /** Completes entry `index`, whose state the reader has just read. Returns false when it is there no more. */
  #complete(index: number, known: number, around: Surroundings): boolean {
    const table = this.#new;
    this.#reader.fill(table.rows, index);
    switch (table.kind(index)) {
      case KIND.folder:
        this.#folder(index, known, around);
        break;
      case KIND.file:
        if (++this.#seen % 64 === 0) this.#options.progress(this.#seen);
        if (!this.#file(index, known, around)) return false;
        break;
      case KIND.link:
        try {
          table.setHash(index, this.#capture.blob(readlinkSync(this.#path.view(), { encoding: 'buffer' })));
        } catch {
          return false;
        }
        break;
      case KIND.socket:
        table.setNote(index, NOTE.socket);
        break;
      case KIND.device:
        table.setNote(index, NOTE.device);
        break;
      default:
        break;
    }
    if (this.#racy.holds(this.#new, index)) table.setFlags(index, table.flags(index) | FLAG.racy);
    return true;
  }

  #file(index: number, known: number, around: Surroundings): boolean {
    const table = this.#new;
    const old = this.#old;
    if (old !== null && known >= 0 && this.#status[known] === STATUS.same && this.#reader.equals(old.rows, known)) {
      table.setHash(index, old.hash(known));
      table.setFlags(index, old.flags(known));
      table.setNote(index, old.note(known));
      const extra = old.extra(known);
      if (extra !== 0) table.setExtra(index, old.extras[extra] ?? null);
      return true;
    }
    const still = around.git === 'objects' && isImmutable(table, index);
    const link = around.link || still;
    if (this.#reader.links > 1 && !link) table.setFlags(index, FLAG.grouped);
    const read = link || known < 0 ? null : (this.#ahead?.take(known, this.#reader) ?? null);
    if (read !== null) this.#capture.read(this.#path, table, index, read);
    else if (!this.#capture.file(this.#path, table, index, link)) return false;
    if (still) table.setFlags(index, table.flags(index) | FLAG.still);
    return true;
  }

  #folder(index: number, known: number, around: Surroundings): void {
    const table = this.#new;
    const old = this.#old;
    this.#capture.attributes(this.#path, table, index);
    let children: Buffer[] | null = null;
    if (old === null || known < 0 || this.#status[known] !== STATUS.same) {
      children = listNames(this.#path.view());
      if (children === null) {
        table.setNote(index, NOTE.unreadable);
        children = [];
      }
    }
    const inside = this.#inside(index, known, around, children);
    if (children === null) this.#knownChildren(index, known, inside);
    else this.#listedChildren(index, known, children, inside);
    table.close(index);
    this.#settleDatabases(index, inside);
    const node = this.#encoder.encode(table, index);
    table.setHash(index, this.#capture.node(node, node.length - NODE_TRAILER_BYTES));
  }

  /** What holds for the things in the folder at hand. `names` is null when its listing is the one that is known. */
  #inside(index: number, known: number, around: Surroundings, names: readonly Buffer[] | null): Surroundings {
    let repository = around.repository;
    const top = this.#path.length;
    const holdsGit =
      names === null ? this.#held(known, GIT_NAMES.folder) : names.some((name) => name.equals(GIT_NAMES.folder));
    if (around.git === 'none' && holdsGit) {
      const places = gitPlaces(shownPath(this.#path.view()));
      if (places !== null) repository = { top, tracked: this.#tracked.of(places.gitDir) };
    }
    const holdsHead =
      names === null ? this.#held(known, GIT_NAMES.head) : names.some((name) => name.equals(GIT_NAMES.head));
    const isTop = around.git === 'none' && holdsHead && endsWithName(this.#new, index, GIT_NAMES.folder);
    const git = isTop ? 'state' : around.git;
    if (isTop || (index === 0 && git === 'state'))
      this.#gitFolders.push({ path: this.#path.view().toString('latin1'), index });
    return { ...around, git, repository };
  }

  /** A database and its log are one thing: both are kept again until neither moved while the other was read. */
  #settleDatabases(folder: number, inside: Surroundings): void {
    const table = this.#new;
    for (let child = folder + 1; child < table.end(folder); child = table.end(child)) {
      const name = table.kind(child) === KIND.file ? table.name(child).toString('latin1') : '';
      const base = /^(.+)-(?:wal|journal)$/.exec(name)?.[1];
      if (base === undefined) continue;
      const main = childNamed(table, folder, Buffer.from(base, 'latin1'));
      if (main === -1 || table.kind(main) !== KIND.file) continue;
      let settled = false;
      for (let attempt = 0; attempt < 3 && !settled; attempt++) {
        settled = [main, child].map((part) => this.#keepsStill(part, inside)).every((still) => still);
      }
      if (!settled) for (const part of [main, child]) table.setNote(part, NOTE.torn);
    }
  }

  /** Returns whether a file is as it was kept; keeps it again when it is not. */
  #keepsStill(index: number, around: Surroundings): boolean {
    const table = this.#new;
    const name = table.name(index);
    const before = this.#path.push(name, 0, name.length);
    const there = this.#reader.read(this.#path.bytes, this.#path.length) === 0;
    const still = there && this.#reader.equals(table.rows, index);
    if (there && !still) this.#complete(index, -1, around);
    this.#path.cut(before);
    return still;
  }

  #held(known: number, name: Buffer): boolean {
    return this.#old !== null && childNamed(this.#old, known, name) !== -1;
  }

  /** The repository around the request's path, when that is not the top of one itself. */
  #enclosing(): Surroundings['repository'] {
    if (this.#request.git) return null;
    const top = repositoryTop(dirname(shownPath(this.#request.path)));
    const places = top === null ? null : gitPlaces(top);
    return top === null || places === null
      ? null
      : { top: Buffer.byteLength(top), tracked: this.#tracked.of(places.gitDir) };
  }

  /** Takes the memory of a table that nobody will look at again for the next scan. */
  reuse(table: Table): void {
    this.#spare = table;
  }

  /** Forgets what git tracked, so that the next scan reads it anew. */
  forget(): void {
    this.#tracked.forget();
  }

  #knownChildren(index: number, known: number, inside: Surroundings): void {
    const old = this.#old;
    if (old === null) return;
    let from = known + 1;
    const end = old.end(known);
    for (let child = known + 1; child < end; child = old.end(child)) {
      if (!this.#isTouched(child)) continue;
      if (from < child) this.#new.copyRange(old, from, child, index);
      from = old.end(child);
      this.#entry(index, old.name(child), child, inside, null);
    }
    if (from < end) this.#new.copyRange(old, from, end, index);
  }

  #listedChildren(index: number, known: number, names: readonly Buffer[], inside: Surroundings): void {
    const old = this.#old;
    let child = known + 1;
    const end = old === null || known < 0 ? 0 : old.end(known);
    const beside = besideTest(names);
    for (const name of names) {
      let order = 1;
      while (old !== null && child < end) {
        order = compareNames(old, child, name);
        if (order >= 0) break;
        child = old.end(child);
      }
      const match = old !== null && child < end && order === 0 ? child : -1;
      if (
        old !== null &&
        match >= 0 &&
        !this.#isTouched(match) &&
        old.kind(match) !== KIND.leftOut &&
        old.kind(match) !== KIND.folder
      ) {
        this.#new.copyRange(old, match, old.end(match), index);
      } else this.#entry(index, name, match, inside, beside);
    }
  }

  /** Looks at one thing and adds it below `parent`. `known` is what was there under its name, or -1. */
  #entry(
    parent: number,
    name: Buffer,
    known: number,
    inside: Surroundings,
    beside: ((name: string) => boolean) | null,
  ): void {
    const before = this.#path.push(name, 0, name.length);
    const errno = this.#reader.read(this.#path.bytes, this.#path.length);
    const table = this.#new;
    if (errno !== 0) {
      if (errno !== 2) this.#leaveOut(parent, name, this.#path.length > 4_095 ? NOTE.tooLong : NOTE.unreadable);
      this.#path.cut(before);
      return;
    }
    const kind = kindOf(this.#reader.mode);
    const old = this.#old;
    const same = old !== null && known >= 0 && old.kind(known) === kind ? known : -1;
    const leftOut = this.#leftOutNote(
      name,
      kind,
      inside,
      beside,
      old !== null && known >= 0 ? old.kind(known) : KIND.absent,
    );
    if (leftOut !== NOTE.none && !(leftOut === NOTE.regenerable && this.#request.regenerable === 'link')) {
      this.#leaveOut(parent, name, leftOut);
      this.#path.cut(before);
      return;
    }
    const untouched = same >= 0 && kind === KIND.folder && !this.#isTouched(same);
    if (old !== null && untouched && this.#reader.equals(old.rows, same)) {
      table.copyRange(old, same, old.end(same), parent);
      this.#path.cut(before);
      return;
    }
    const index = table.push(name, parent, kind);
    const link = inside.link || leftOut === NOTE.regenerable;
    const git =
      inside.git === 'state' && kind === KIND.folder && name.equals(GIT_NAMES.objects) ? 'objects' : inside.git;
    const around = link === inside.link && git === inside.git ? inside : { ...inside, link, git };
    if (leftOut === NOTE.regenerable) table.setNote(index, NOTE.linkTier);
    const names = table.nameBytes;
    if (!this.#complete(index, same, around)) table.drop(index, names - name.length);
    this.#path.cut(before);
  }

  #leaveOut(parent: number, name: Buffer, note: number): void {
    const index = this.#new.push(name, parent, KIND.leftOut);
    this.#new.rows.fill(0, index * ROW_WORDS, (index + 1) * ROW_WORDS);
    this.#new.setNote(index, note);
  }

  #leftOutNote(
    name: Buffer,
    kind: number,
    inside: Surroundings,
    beside: ((name: string) => boolean) | null,
    was: number,
  ): number {
    if (this.#path.length === this.#store.length && this.#path.view().equals(this.#store)) return NOTE.store;
    if (inside.git !== 'none') {
      if (
        kind === KIND.file &&
        (name.toString('latin1').endsWith('.lock') || (inside.git === 'objects' && isTemporaryObject(name)))
      )
        return NOTE.gitLock;
      if (isOtherWorktree(this.#request, this.#path.view(), name)) return NOTE.otherWorktree;
      return NOTE.none;
    }
    if (kind !== KIND.folder) return NOTE.none;
    if (this.#reader.device !== inside.device) return NOTE.mountPoint;
    if (inside.link) return NOTE.none;
    // Where the listing did not change, neither did the names that it was judged by.
    if (beside === null && was !== KIND.leftOut) return NOTE.none;
    if (beside !== null && !this.#options.isRegenerable(name.toString('utf8'), beside)) return NOTE.none;
    const repository = inside.repository;
    if (repository !== null) {
      const relative = Buffer.from(this.#path.view().subarray(repository.top + 1));
      if (repository.tracked.holds(relative)) return NOTE.none;
    }
    return NOTE.regenerable;
  }

  #isTouched(index: number): boolean {
    const old = this.#old;
    if (old === null) return true;
    const at = firstFrom(this.#changed, index);
    return at < this.#changed.length && (this.#changed[at] ?? 0) < old.end(index);
  }
}
