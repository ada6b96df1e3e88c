/** The trees as they are now: scans them, and remembers the last table of each so that the next scan has little to do. */

import type { Scanner } from './scan.ts';
import type { ScanRequest } from './scan-request.ts';
import { dropTables, isKept, loadTable, saveTable } from './stat-cache.ts';
import type { Store } from './store.ts';
import type { Table } from './table.ts';

/** Entries remembered over all trees: a hundred bytes each. */
const MAX_KNOWN_ENTRIES = 300_000;
/** A smaller tree is read again in no time. */
const MIN_SAVED_ENTRIES = 500;

export class Present {
  readonly #scanner: Scanner;
  readonly #known: Map<string, Table>;
  /** Where tables are read from and written to, or null. */
  readonly #store: Store | null;
  #saved = new WeakSet<Table>();
  readonly #isGuest: boolean;
  /** What the latest scan came in the place of. */
  #outdated: Table | null = null;

  /** `known` given: another looks at the same trees, and may be in the midst of it. */
  constructor(scanner: Scanner, store: Store | null, known?: Map<string, Table>) {
    this.#scanner = scanner;
    this.#store = store;
    this.#known = known ?? new Map<string, Table>();
    this.#isGuest = known !== undefined;
  }

  /** Returns the same trees, looked at by another scanner: for a look in the midst of one. */
  by(scanner: Scanner): Present {
    return new Present(scanner, this.#store, this.#known);
  }

  /** Looks at the tree of `request` and remembers it. Its content is in the store once that is settled. */
  look(request: ScanRequest): Table {
    const key = requestKey(request);
    const old = this.#known.get(key) ?? (this.#store === null ? null : loadTable(this.#store, key));
    const table = this.#scanner.scan(request, old);
    if (old !== null && old !== table) this.#outdated = old;
    this.#known.delete(key);
    this.#known.set(key, table);
    this.#trim(key);
    return table;
  }

  /** Returns the table remembered for `request`, if any. */
  known(request: ScanRequest): Table | null {
    return this.#known.get(requestKey(request)) ?? null;
  }

  /** Says that no table looked at before the latest is in use any more, so that its memory can be. A guest's may be its host's. */
  reuse(): void {
    if (this.#outdated !== null && !this.#isGuest) this.#scanner.reuse(this.#outdated);
    this.#outdated = null;
  }

  remember(request: ScanRequest, table: Table): void {
    this.#known.set(requestKey(request), table);
  }

  /** Forgets all trees: the next look reads everything again. */
  forget(): void {
    this.#known.clear();
    if (this.#store !== null) dropTables(this.#store);
    this.#scanner.forget();
  }

  /** Forgets the trees that name what the store has no more. */
  forgetLost(): void {
    const store = this.#store;
    if (store === null) return;
    for (const [key, table] of this.#known) if (!isKept(store, table)) this.#known.delete(key);
    dropTables(store);
    this.#saved = new WeakSet();
  }

  /** Writes the tables that changed since they were last written. What they name must be settled in the store. */
  save(): void {
    if (this.#store === null) return;
    for (const [key, table] of this.#known) {
      if (table.count < MIN_SAVED_ENTRIES || this.#saved.has(table)) continue;
      saveTable(this.#store, key, table);
      this.#saved.add(table);
    }
  }

  #trim(newest: string): void {
    let entries = 0;
    for (const table of this.#known.values()) entries += table.count;
    for (const [key, table] of this.#known) {
      if (entries <= MAX_KNOWN_ENTRIES || key === newest) return;
      this.#known.delete(key);
      entries -= table.count;
    }
  }
}

/** Returns a text that two requests share only when they ask for the same tree in the same way. */
export function requestKey(request: ScanRequest): string {
  const { git, regenerable, link, worktree } = request;
  return JSON.stringify([request.path.toString('latin1'), git, regenerable, link, worktree]);
}
