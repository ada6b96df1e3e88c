/**
 * Which folders hold something that git tracks, from the index's own bytes: gitformat-index(5), versions 2 to 4, split and
 * sparse ones too. Errs to yes: of an index that can't be read every folder counts as tracked.
 */

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What stands before an entry's object name: times, device, inode, mode, owner, size. */
const STAT_BYTES = 40;
const HASHES = [20, 32];
const HEADER_BYTES = 12;
const EXTENDED = 0x4000;
const LENGTH_MASK = 0xfff;

export class TrackedFolders {
  /** Null: it can't be told. Names as bytes, in latin1. */
  readonly #folders: ReadonlySet<string> | null;
  readonly #gitDir: string;
  readonly #state: string;

  constructor(gitDir: string) {
    this.#gitDir = gitDir;
    this.#state = stateOf(gitDir);
    this.#folders = readFolders(gitDir);
  }

  /** `folder` is relative to the repository's top. */
  holds(folder: Buffer): boolean {
    return this.#folders === null || this.#folders.has(folder.toString('latin1'));
  }

  /** Whether the index is still the one that was read. */
  isCurrent(): boolean {
    return stateOf(this.#gitDir) === this.#state;
  }
}

/** What is tracked by each repository, read once for as long as its index stays the same. */
export class TrackedIndexes {
  readonly #known = new Map<string, TrackedFolders>();
  #generation = 0;

  of(gitDir: string): TrackedFolders {
    const known = this.#known.get(gitDir) ?? new TrackedFolders(gitDir);
    this.#known.set(gitDir, known);
    return known;
  }

  /** Lets go of what is outdated, and returns another number than before when there was such. */
  generation(): number {
    for (const [gitDir, tracked] of this.#known) {
      if (tracked.isCurrent()) continue;
      this.#known.delete(gitDir);
      this.#generation++;
    }
    return this.#generation;
  }

  forget(): void {
    this.#known.clear();
    this.#generation++;
  }
}

function stateOf(gitDir: string): string {
  const found = lstatSync(join(gitDir, 'index'), { bigint: true, throwIfNoEntry: false });
  return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

function readFolders(gitDir: string): ReadonlySet<string> | null {
  const folders = new Set<string>();
  try {
    for (const name of readdirSync(gitDir)) {
      if (name !== 'index' && !name.startsWith('sharedindex.')) continue;
      const bytes = readFileSync(join(gitDir, name));
      const names = HASHES.map((hash) => namesIn(bytes, hash)).find((found) => found !== null);
      if (names === undefined || names === null) return null;
      addFolders(names, folders);
    }
    return folders;
  } catch {
    return null;
  }
}

/** The names of an index whose object names have `hashBytes`, or null where they make no sense. */
function namesIn(bytes: Buffer, hashBytes: number): string[] | null {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 4) !== 'DIRC') return null;
  const version = bytes.readUInt32BE(4);
  const names: string[] = [];
  let name = '';
  let at = HEADER_BYTES;
  for (let count = bytes.readUInt32BE(8); count > 0; count--) {
    const start = at;
    at += STAT_BYTES + hashBytes;
    if (at + 2 > bytes.length) return null;
    const flags = bytes.readUInt16BE(at);
    at += (flags & EXTENDED) === 0 ? 2 : 4;
    let kept = '';
    if (version === 4) {
      // How much to cut off the name before, as in pack offsets.
      let cut = (bytes[at] ?? 0) & 0x7f;
      while (((bytes[at++] ?? 0) & 0x80) !== 0) cut = (cut + 1) * 0x80 + ((bytes[at] ?? 0) & 0x7f);
      if (cut > name.length) return null;
      kept = name.slice(0, name.length - cut);
    }
    const end = bytes.indexOf(0, at);
    if (end === -1) return null;
    name = kept + bytes.toString('latin1', at, end);
    const length = flags & LENGTH_MASK;
    if (length === LENGTH_MASK ? name.length < LENGTH_MASK : name.length !== length) return null;
    names.push(name);
    at = version === 4 ? end + 1 : start + ((end - start + 8) & ~7);
  }
  return names;
}

function addFolders(names: readonly string[], folders: Set<string>): void {
  let last = '';
  for (const name of names) {
    let slash = name.lastIndexOf('/');
    const own = name.slice(0, Math.max(0, slash));
    if (own === last) continue;
    last = own;
    for (; slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
      const folder = name.slice(0, slash);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
}
