/**
 * The journal's file: SQLite in WAL mode, mode 0600. What is only SQLite's stands here: opening, durability, faults.
 * A damaged file is never replaced: it is refused, in words, until a person moves it away.
 */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, type SqliteDatabase, SqliteDialect, sql } from 'kysely';
import Database from 'libsql';
import { BelayError, causeText } from '../errors.ts';
import { syncFolder } from '../platform/atomic-file.ts';
import { migrate, type Tables } from './tables.ts';

/** Beyond it, opening does not read every page: `belay log --verify` does. */
const MAX_CHECKED_AT_OPENING_BYTES = 16 * 1024 * 1024;
/** Only one daemon writes; another program that locks the file is waited for so long. */
const BUSY_TIMEOUT_MS = 250;

/** All page sizes of SQLite are multiples of it. */
const SMALLEST_PAGE_BYTES = 512;

const CAUSES: readonly (readonly [prefix: string, cause: string])[] = [
  ['SQLITE_FULL', 'no space left'],
  ['SQLITE_READONLY', 'the file or its folder is read-only'],
  ['SQLITE_CANTOPEN', 'the file or its folder cannot be opened'],
  ['SQLITE_PERM', 'permission denied'],
  ['SQLITE_BUSY', 'another program holds it locked'],
  ['SQLITE_LOCKED', 'another program holds it locked'],
  ['SQLITE_IOERR', 'the disk does not take it (full, or failing)'],
];

export interface Store {
  readonly db: Kysely<Tables>;
  /** Whether `connection`'s next transactions are on the disk when they return. Not to be called inside one. */
  setDurable(connection: Kysely<Tables>, durable: boolean): Promise<void>;
  /** Whether the file that was opened still stands at its path. */
  isInPlace(): boolean;
  close(): Promise<void>;
}

/** Opens or makes the journal at `file`. Throws `journal.unwritable`, `journal.corrupt`, `journal.newer`. */
export async function openSqlite(file: string): Promise<Store> {
  let database: Database.Database | null = null;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    refuseCutFile(file);
    closeSync(openSync(file, 'a', 0o600)); // SQLite gives the files beside it the same mode
    database = new Database(file);
    database.pragma(`busy_timeout=${BUSY_TIMEOUT_MS}`);
    database.pragma('journal_mode=WAL');
    database.pragma('synchronous=FULL');
    if (statSync(file).size <= MAX_CHECKED_AT_OPENING_BYTES) checkPages(file, database);
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: database as unknown as SqliteDatabase }) });
    await migrate(db, file);
    syncFolder(dirname(file));
    const opened = statSync(file).ino;
    return {
      db,
      async setDurable(connection, durable) {
        await sql.raw(`PRAGMA synchronous=${durable ? 'FULL' : 'NORMAL'}`).execute(connection);
      },
      isInPlace: () => statSync(file, { throwIfNoEntry: false })?.ino === opened,
      close: () => closeSqlite(db),
    };
  } catch (thrown) {
    database?.close();
    throw journalError(file, thrown);
  }
}

/** Returns `thrown` as an error of the journal, with the cause in words. */
export function journalError(file: string, thrown: unknown): BelayError {
  if (thrown instanceof BelayError) return thrown;
  const code = codeOf(thrown);
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')) {
    return new BelayError('journal.corrupt', { file, cause: causeText(thrown) }, thrown);
  }
  const known = CAUSES.find(([prefix]) => code.startsWith(prefix));
  const cause = known === undefined ? causeText(thrown) : `${known[1]} (${code})`;
  return new BelayError('journal.unwritable', { file, cause }, thrown);
}

/** Moves a damaged journal with its side files out of the way, and returns where it is kept now. */
export function setJournalAside(file: string, atMs: number): string {
  const aside = `${file}.damaged-${new Date(atMs).toISOString().replace(/[:.]/g, '-')}`;
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  syncFolder(dirname(file));
  return aside;
}

/**
 * libsql lets go of the file only when the last statement is collected as garbage, and its closing then would remove a
 * log by its name, which may be a newer journal's by then. So the log is folded in and removed here, while it is ours.
 */
async function closeSqlite(db: Kysely<Tables>): Promise<void> {
  try {
    await sql`PRAGMA journal_mode=DELETE`.execute(db);
  } catch {
    // The disk does not take it: the log stays, and the next opening reads it.
  }
  await db.destroy();
}

/** SQLite takes an empty or missing file for a new database and throws its log away, with all that it still holds. */
function refuseCutFile(file: string): void {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const logged = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes === 0 && logged > 0) {
    throw new BelayError('journal.corrupt', { file, cause: `it is empty, and ${file}-wal still holds records` });
  }
  // SQLite reads what is missing of a last page as zeros. With a log it may be a checkpoint that was cut short.
  if (logged === 0 && bytes % SMALLEST_PAGE_BYTES !== 0) {
    throw new BelayError('journal.corrupt', { file, cause: 'its end is cut off' });
  }
}

function checkPages(file: string, database: Database.Database): void {
  const [found] = database.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
  if (found !== undefined && found.quick_check !== 'ok') {
    throw new BelayError('journal.corrupt', { file, cause: found.quick_check });
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}
