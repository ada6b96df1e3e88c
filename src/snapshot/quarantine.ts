/**
 * Folders that were moved aside whole: how much room they take, and which go when. They can be made again, so they go before
 * any snapshot does. One that goes is first renamed, so that no rollback meets half of it, and then removed piece by piece.
 */

import { lstatSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Store } from './store.ts';

const KEEP_MS = 7 * 24 * 3_600_000;
/** Where room is needed, all but the latest go. */
const KEEP_PRESSED_MS = 10 * 60_000;
/** The part of the budget that they may take together. */
const BUDGET_PART = 0.5;
const GOING = 'going-';

interface Aside {
  readonly id: string;
  readonly at: number;
  readonly bytes: number;
}

const sizes = new WeakMap<Store, Map<string, { readonly changed: number; readonly bytes: number }>>();

/** Returns the bytes that lie aside. The first time costs a walk over each folder; a folder that lies aside changes no more. */
export function quarantinedBytes(store: Store): number {
  return asides(store).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Starts to remove what is too old, too much, or of a snapshot that is gone. Resolves when it is removed; never rejects. */
export async function dropAsides(
  store: Store,
  options: { readonly now: number; readonly pressed: boolean },
): Promise<void> {
  for (const { id } of droppable(store, options)) {
    try {
      renameSync(`${store.folder}/quarantine/${id}`, `${store.folder}/quarantine/${GOING}${id}`);
    } catch {
      // It stays until the next time.
    }
  }
  for (const name of namesIn(store)) {
    if (name.startsWith(GOING))
      await rm(`${store.folder}/quarantine/${name}`, { recursive: true, force: true }).catch(() => {});
  }
}

/** Returns the bytes that `dropAsides` would free. */
export function droppableBytes(store: Store, options: { readonly now: number; readonly pressed: boolean }): number {
  return droppable(store, options).reduce((sum, { bytes }) => sum + bytes, 0);
}

function droppable(store: Store, { now, pressed }: { readonly now: number; readonly pressed: boolean }): Aside[] {
  const named = new Set<string>(store.records.map(({ summary }) => summary.id));
  const room = store.budgetBytes * BUDGET_PART;
  let total = 0;
  return asides(store)
    .toReversed()
    .filter(({ id, at, bytes }) => {
      total += bytes;
      return !named.has(id) || now - at > (pressed ? KEEP_PRESSED_MS : KEEP_MS) || total > room;
    });
}

/** What lies aside, oldest first. */
function asides(store: Store): Aside[] {
  const times = new Map<string, number>(store.records.map(({ summary }) => [summary.id, summary.at]));
  const known = sizes.get(store) ?? new Map<string, { changed: number; bytes: number }>();
  sizes.set(store, known);
  const names = namesIn(store).filter((name) => !name.startsWith(GOING));
  return names.sort().map((id) => {
    const path = `${store.folder}/quarantine/${id}`;
    const changed = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const before = known.get(id);
    const bytes = before?.changed === changed ? before.bytes : bytesBelow(path);
    known.set(id, { changed, bytes });
    return { id, at: times.get(id) ?? 0, bytes };
  });
}

function namesIn(store: Store): string[] {
  try {
    return readdirSync(`${store.folder}/quarantine`);
  } catch {
    return []; // the store was closed and removed
  }
}

function bytesBelow(folder: string): number {
  try {
    return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
      const path = `${folder}/${entry.name}`;
      return sum + (entry.isDirectory() ? bytesBelow(path) : (lstatSync(path).blocks ?? 0) * 512);
    }, 0);
  } catch {
    return 0;
  }
}
