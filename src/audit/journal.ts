/**
 * The journal: what was asked, judged, answered and done, in order, each row chained to the one before.
 *
 *   note ──┐                  one writer, one transaction at a time
 *          ├─▶ queue ─▶ batch ─▶ chained rows ─▶ commit ─▶ synced if any of it was appended ─▶ append resolves
 *   append ┘
 *
 * A note is written within 50 ms and survives the daemon's death from then on, but not a power cut; an append is on the
 * disk when it resolves, with all before it. When writing fails, appends throw, notes wait, `health` says why, and the
 * next write tries again.
 */
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { BelayError } from '../errors.ts';
import { chainRow, type Link } from './chain.ts';
import {
  checkEnd,
  dropBefore,
  findHistories,
  findRequest,
  historiesOf,
  inTransaction,
  nameJournal,
  pendingRequests,
  readHead,
  rowsAfter,
  verifyChain,
} from './queries.ts';
import type { Journal, JournalRecord, RequestHistory, StoredRecord } from './record.ts';
import { readRow } from './record-schema.ts';
import { journalError, openSqlite, type Store } from './sqlite.ts';
import type { Tables } from './tables.ts';
import { storedBody } from './trim.ts';

const NOTE_DELAY_MS = 50;
/** After a failure, how long notes wait for the next try when nothing is appended. */
const RETRY_DELAY_MS = 1_000;
/** Notes that may wait while the disk does not take them; the rest are counted and the count is recorded. */
const MAX_WAITING_NOTES = 20_000;
const MAX_REST_MS = 50;
const MAX_BATCH_RECORDS = 2_000;
/** Rows in one statement: 8 columns each, far below SQLite's 32,766 and Postgres's 65,535 parameters. */
const ROWS_PER_INSERT = 200;

export interface JournalOptions {
  readonly file: string;
  readonly clock?: () => number;
}

/** What `append` waits on. */
interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: BelayError) => void;
}

interface Entry {
  readonly record: JournalRecord;
  readonly at: number;
  /** Null for a note. */
  readonly waiter: Waiter | null;
}

/**
 * Opens the journal of `file`, which is made when there is none. Always resolves: when the file can't be used, `health`
 * says why, appends and reads throw it, and every write tries to open it again.
 */
export async function openJournal(options: JournalOptions): Promise<SqliteJournal> {
  const journal = new SqliteJournal(options);
  await journal.open();
  return journal;
}

export class SqliteJournal implements Journal {
  readonly #file: string;
  readonly #clock: () => number;
  #store: Store | null = null;
  /** The last row written. Null: to be read again. */
  #head: Link | null = null;
  #queue: Entry[] = [];
  #waitingNotes = 0;
  #lostNotes = 0;
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #restUntil = 0;
  #fault: BelayError | null = null;
  #isClosed = false;

  constructor(options: JournalOptions) {
    this.#file = options.file;
    this.#clock = options.clock ?? Date.now;
  }

  /** Tries to open the file; a failure shows in `health`. */
  async open(): Promise<void> {
    try {
      const store = await this.#openStore();
      await checkEnd(store.db, this.#file);
      this.#fault = null;
    } catch (thrown) {
      this.#fault = journalError(this.#file, thrown);
    }
  }

  note(record: JournalRecord): void {
    if (this.#isClosed || this.#waitingNotes >= MAX_WAITING_NOTES) {
      this.#lostNotes += 1;
      return;
    }
    this.#waitingNotes += 1;
    this.#queue.push({ record, at: this.#clock(), waiter: null });
    this.#writeLater(this.#fault === null ? NOTE_DELAY_MS : RETRY_DELAY_MS);
  }

  append(record: JournalRecord): Promise<void> {
    if (this.#isClosed) {
      return Promise.reject(new BelayError('journal.unwritable', { file: this.#file, cause: 'it was closed' }));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ record, at: this.#clock(), waiter: { resolve, reject } });
      void this.#write();
    });
  }

  async history(filter: Parameters<Journal['history']>[0]): Promise<readonly RequestHistory[]> {
    return this.#read((db) => findHistories(db, this.#file, filter));
  }

  async get(request: string): Promise<RequestHistory | null> {
    return this.#read((db) => findRequest(db, this.#file, request));
  }

  async pending(): Promise<readonly RequestHistory[]> {
    return this.#read(async (db) => historiesOf(db, this.#file, await pendingRequests(db)));
  }

  async after(seq: number, limit: number): Promise<readonly StoredRecord[]> {
    return this.#read(async (db) => (await rowsAfter(db, seq, limit)).map((row) => readRow(this.#file, row)));
  }

  async newest(): Promise<number> {
    return this.#read(async (db) => (await readHead(db)).seq);
  }

  async verifyChain(): Promise<{
    readonly rows: number;
    readonly brokenAt: number | null;
    readonly why: string | null;
  }> {
    return this.#read((db) => verifyChain(db, this.#file));
  }

  /**
   * Drops the records older than `beforeMs`, but none from a request that is still held on, and keeps the hash that the
   * chain goes on from. Resolves with how many were dropped.
   */
  async prune(beforeMs: number): Promise<number> {
    return this.#read((db) => dropBefore(db, beforeMs, this.#clock()));
  }

  health(): string | null {
    return this.#fault === null ? null : `${this.#fault.message}. ${this.#fault.next}`;
  }

  /** Writes what waits, then lets go of the file. What can't be written is lost, and was said by `health`. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#write();
    this.#stopTimer();
    await this.#store?.close();
    this.#store = null;
  }

  #writeLater(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#write();
    }, delayMs);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Resolves when the queue was tried: it is empty then, or holds only notes that could not be written. Never throws. */
  #write(): Promise<void> {
    if (this.#writing === null && this.#queue.length === 0) return Promise.resolve();
    this.#writing ??= this.#writeQueue();
    return this.#writing;
  }

  async #writeQueue(): Promise<void> {
    let hasFailed = false;
    while (hasFailed ? this.#queue.some((entry) => entry.waiter !== null) : this.#queue.length > 0) {
      // SQLite's work is synchronous: sockets are served before each batch, and what they bring shares its sync
      const restMs = this.#restUntil - performance.now();
      await (restMs < 1 ? setImmediate() : sleep(restMs));
      this.#stopTimer();
      const batch = this.#queue.splice(0, MAX_BATCH_RECORDS);
      try {
        const from = performance.now();
        await this.#writeBatch(batch);
        // when many write at once, half of the time is theirs who do not
        if (batch.length > 1) this.#restUntil = performance.now() + Math.min(performance.now() - from, MAX_REST_MS);
        this.#fault = null;
        this.#waitingNotes -= batch.filter((entry) => entry.waiter === null).length;
        for (const entry of batch) entry.waiter?.resolve();
      } catch (thrown) {
        hasFailed = true;
        this.#head = null;
        const fault = journalError(this.#file, thrown);
        this.#fault = fault;
        for (const entry of batch) entry.waiter?.reject(fault);
        this.#queue.unshift(...batch.filter((entry) => entry.waiter === null));
      }
    }
    this.#writing = null; // in the same turn as the last look at the queue: nothing slips in between
    if (this.#queue.length > 0 && !this.#isClosed) this.#writeLater(RETRY_DELAY_MS);
  }

  async #writeBatch(batch: readonly Entry[]): Promise<void> {
    const lost = this.#lostNotes;
    const alarms = await this.#alarms(lost);
    const store = await this.#openStore();
    if (this.#head === null) await checkEnd(store.db, this.#file);
    await store.db.connection().execute(async (connection) => {
      await store.setDurable(connection, alarms.length > 0 || batch.some((entry) => entry.waiter !== null));
      this.#head = await inTransaction(connection, async () => {
        let last = this.#head ?? (await readHead(connection));
        const rows = [...alarms, ...batch].map((entry) => {
          const row = chainRow(last, entry.at, entry.record, storedBody(entry.record));
          last = row;
          return row;
        });
        for (let first = 0; first < rows.length; first += ROWS_PER_INSERT) {
          const some = rows.slice(first, first + ROWS_PER_INSERT);
          await connection.insertInto('record').values(some).execute();
        }
        await connection.updateTable('journal').set({ head_seq: last.seq, head_hash: last.hash }).execute();
        return { seq: last.seq, hash: last.hash };
      });
    });
    this.#lostNotes -= lost;
  }

  /** What the journal has to say of itself before it goes on: that its file was taken away, that notes were lost. */
  async #alarms(lost: number): Promise<readonly Entry[]> {
    const sentences: [rule: string, sentence: string][] = [];
    if (this.#store !== null && !this.#store.isInPlace()) {
      const store = this.#store;
      this.#store = null;
      this.#head = null;
      await store.close();
      sentences.push(['journal.removed', 'The journal was removed or replaced while Belay was writing it.']);
    }
    if (lost > 0) {
      sentences.push(['journal.gap', `${lost} records could not be written and were lost.`]);
    }
    return sentences.map(([rule, sentence]) => ({
      record: { kind: 'alarm', session: '', rule, sentence },
      at: this.#clock(),
      waiter: null,
    }));
  }

  async #openStore(): Promise<Store> {
    if (this.#store !== null) return this.#store;
    const store = await openSqlite(this.#file);
    try {
      await nameJournal(store.db);
    } catch (thrown) {
      await store.close();
      throw thrown;
    }
    this.#store = store;
    return store;
  }

  async #read<T>(query: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    await this.#write();
    try {
      return await query((await this.#openStore()).db);
    } catch (thrown) {
      throw journalError(this.#file, thrown);
    }
  }
}
