/** The trees as they are now: scans them, and remembers the last table of each so that the next scan has little to do. */

import type { Scanner, ScanRequest } from './scan.ts';
import type { Table } from './table.ts';

/** Entries remembered over all trees: a hundred bytes each. */
const MAX_KNOWN_ENTRIES = 300_000;

export class Present {
  readonly #scanner: Scanner;
  readonly #known = new Map<string, Table>();

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  /** Looks at the tree of `request` and remembers it. Its content is in the store once that is settled. */
  look(request: ScanRequest): Table {
    const key = requestKey(request);
    const old = this.#known.get(key) ?? null;
    const table = this.#scanner.scan(request, old);
    this.#known.delete(key);
    this.#known.set(key, table);
    this.#trim(key);
    return table;
  }

  /** Returns the table remembered for `request`, if any. */
  known(request: ScanRequest): Table | null {
    return this.#known.get(requestKey(request)) ?? null;
  }

  remember(request: ScanRequest, table: Table): void {
    this.#known.set(requestKey(request), table);
  }

  /** Forgets all trees: the next look reads everything again. */
  forget(): void {
    this.#known.clear();
    this.#scanner.forget();
  }

  tables(): Iterable<Table> {
    return this.#known.values();
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
