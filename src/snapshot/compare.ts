/** What differs between two trees, top-down: folders with the same hash are not looked into. Pure but for reading the store. */

import { causeText } from '../errors.ts';
import { FLAG, KIND } from './kinds.ts';
import { decodeNode, type Entry, entryOf } from './node.ts';
import { joinBytes } from './path-bytes.ts';
import type { Store } from './store.ts';
import type { Table } from './table.ts';

/** A tree that can be walked from its entries. */
export interface Side {
  children(entry: Entry): readonly Entry[];
}

/** One path whose two sides differ. Null where it is not there. */
export interface Difference {
  readonly path: Buffer;
  readonly was: Entry | null;
  readonly is: Entry | null;
}

/** What to do with a difference's path: `below` looks at what lies inside as well. */
export type Interest = 'whole' | 'below' | 'none';

export interface CompareOptions {
  /** Asked of every path; `whole` is not asked again for what lies inside. */
  readonly interest: (path: Buffer) => Interest;
  /** Returns what a folder that the present side leaves out really holds, or null. */
  readonly expand: (path: Buffer) => { entry: Entry; side: Side } | null;
  readonly visit: (difference: Difference) => void;
  /** Told of a kept folder that the store can't read; what lies below it is not visited. */
  readonly damaged?: (path: Buffer, why: string) => void;
}

/** Times are compared to the microsecond: not every system sets them finer. */
const TIME_TOLERANCE_NS = 2_000n;

export function storedSide(store: Store): Side {
  return {
    children(entry) {
      return entry.kind === KIND.folder ? decodeNode(store.read(entry.hash)) : [];
    },
  };
}

export function presentSide(table: Table): Side {
  return {
    children(entry) {
      const children: Entry[] = [];
      if (entry.kind !== KIND.folder) return children;
      for (let child = entry.index + 1; child < table.end(entry.index); child = table.end(child)) {
        children.push(entryOf(table, child));
      }
      return children;
    },
  };
}

/** Visits what differs, folders before what they hold. What only `is` has is visited once, as a whole. */
export function compare(
  path: Buffer,
  was: Entry | null,
  wasSide: Side,
  is: Entry | null,
  isSide: Side,
  options: CompareOptions,
): void {
  if (was?.kind === KIND.leftOut) return;
  if (is?.kind === KIND.leftOut && was !== null && was.kind !== KIND.absent) {
    const real = options.expand(path);
    if (real !== null) compare(path, was, wasSide, real.entry, real.side, options);
    return;
  }
  const before = was?.kind === KIND.absent ? null : was;
  const now = is?.kind === KIND.absent ? null : is;
  if (before === null && now === null) return;
  const interest = options.interest(path);
  if (interest === 'none') return;
  const inner = interest === 'whole' ? { ...options, interest: wholly } : options;
  const bothFolders = before?.kind === KIND.folder && now?.kind === KIND.folder;
  const current = new Map<string, Entry>();
  let kept: readonly Entry[] = [];
  // What a folder held that can't be read nobody knows: it is left as it is.
  try {
    if (before?.kind === KIND.folder && !(bothFolders && before.hash.equals(now.hash))) {
      kept = wasSide.children(before);
      if (bothFolders) for (const child of isSide.children(now)) current.set(child.name.toString('latin1'), child);
    }
  } catch (error) {
    options.damaged?.(path, causeText(error));
    return;
  }
  const missing = before !== null && now?.kind !== before.kind;
  if (interest === 'whole' || (missing && before.kind === KIND.folder)) {
    if (before === null || now === null || !isSame(before, now)) options.visit({ path, was: before, is: now });
  }
  for (const child of kept) {
    const key = child.name.toString('latin1');
    const match = current.get(key) ?? null;
    current.delete(key);
    compare(joinBytes(path, child.name), child, wasSide, match, isSide, inner);
  }
  for (const child of current.values()) compare(joinBytes(path, child.name), null, wasSide, child, isSide, inner);
}

/** Returns whether two entries of one kind hold the same bytes. */
export function sameContent(was: Entry, is: Entry): boolean {
  if (was.kind !== is.kind) return false;
  if (was.kind === KIND.folder || was.kind === KIND.pipe) return true;
  // Git touches the time of an object that it would write again, and never its bytes.
  if ((was.flags & is.flags & FLAG.still) !== 0) return was.size === is.size;
  if (((was.flags | is.flags) & FLAG.linked) !== 0) return was.size === is.size && sameTime(was, is);
  return was.hash.equals(is.hash);
}

/** Returns whether mode, owner, times and attributes agree. */
export function sameMeta(was: Entry, is: Entry): boolean {
  const links = was.kind === KIND.link;
  if (!links && was.mode !== is.mode) return false;
  if (was.uid !== is.uid || was.gid !== is.gid) return false;
  if (((was.flags | is.flags) & FLAG.linked) === 0 && (was.extra === null) !== (is.extra === null)) return false;
  if (was.extra !== null && is.extra !== null && !was.extra.equals(is.extra)) return false;
  return was.kind === KIND.folder || (was.flags & is.flags & FLAG.still) !== 0 || sameTime(was, is);
}

function sameTime(was: Entry, is: Entry): boolean {
  const difference = (was.seconds - is.seconds) * 1_000_000_000n + BigInt(was.nanoseconds - is.nanoseconds);
  return difference <= TIME_TOLERANCE_NS && difference >= -TIME_TOLERANCE_NS;
}

function isSame(was: Entry, is: Entry): boolean {
  // Names of one file are told apart by inode: the plan looks at groups as a whole.
  return sameContent(was, is) && sameMeta(was, is) && was.group === is.group;
}

function wholly(): Interest {
  return 'whole';
}
