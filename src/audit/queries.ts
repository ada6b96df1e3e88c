/** What the journal is asked, as queries that SQLite and Postgres both take. */
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { BelayError } from '../errors.ts';
import { chainFault, firstLink, type Link, type Row } from './chain.ts';
import { foldHistories } from './fold.ts';
import type { Journal, RequestHistory } from './record.ts';
import { readRow } from './record-schema.ts';
import type { Tables } from './tables.ts';

const ROWS_PER_READ = 1_000;
const REQUESTS_PER_READ = 500;
const DEFAULT_LIMIT = 100;

/** Returns the requests that `filter` names, newest first. */
export async function findHistories(
  db: Kysely<Tables>,
  file: string,
  filter: Parameters<Journal['history']>[0],
): Promise<readonly RequestHistory[]> {
  let query = db.selectFrom('record').select('request').where('kind', '=', 'verdict');
  if (filter.session !== undefined) query = query.where('session', '=', filter.session);
  if (filter.decision !== undefined) query = query.where('decision', '=', filter.decision);
  if (filter.since !== undefined) query = query.where('at', '>=', filter.since);
  if (filter.before !== undefined) query = query.where('at', '<', filter.before);
  const limited = query.orderBy('seq', 'desc').limit(filter.limit ?? DEFAULT_LIMIT);
  return historiesOf(db, file, await limited.execute());
}

/** Returns what is known of the request that `id`, or an unmistakable start of it, names; null when that is none or several. */
export async function findRequest(db: Kysely<Tables>, file: string, id: string): Promise<RequestHistory | null> {
  if (!/^[a-z0-9-]+$/.test(id)) return null;
  const named = db.selectFrom('record').select('request').distinct().where('kind', '=', 'verdict');
  const found = await named.where('request', 'like', `${id}%`).limit(2).execute();
  const exact = found.find((row) => row.request === id) ?? (found.length === 1 ? found[0] : undefined);
  const [history] = exact === undefined ? [] : await historiesOf(db, file, [exact]);
  return history ?? null;
}

/** Returns what is known of the requests in `found`, newest first. */
export async function historiesOf(
  db: Kysely<Tables>,
  file: string,
  found: readonly { readonly request: string | null }[],
): Promise<readonly RequestHistory[]> {
  const requests = [...new Set(found.map((row) => row.request))];
  const rows: Row[] = [];
  for (let first = 0; first < requests.length; first += REQUESTS_PER_READ) {
    const some = requests.slice(first, first + REQUESTS_PER_READ);
    rows.push(...(await db.selectFrom('record').selectAll().where('request', 'in', some).execute()));
  }
  const records = rows.map((row) => readRow(file, row)).sort((one, other) => one.seq - other.seq);
  return foldHistories(records);
}

/** Checks every row against the one before it, the columns against the records, and the end against the journal's own row. */
export async function verifyChain(db: Kysely<Tables>, file: string): ReturnType<Journal['verifyChain']> {
  const journal = await db.selectFrom('journal').select('id').executeTakeFirst();
  if (journal === undefined) return { rows: 0, brokenAt: 1, why: 'the row that names the journal is missing' };
  let last = (await newestCheckpoint(db)) ?? firstLink(journal.id);
  let rows = 0;
  for (;;) {
    // From the very first row: one from before the checkpoint was put in by somebody else.
    const chunk = await rowsAfter(db, rows === 0 ? Number.MIN_SAFE_INTEGER : last.seq, ROWS_PER_READ);
    for (const row of chunk) {
      const why = rowFault(file, last, row);
      if (why !== null) return { rows, brokenAt: last.seq + 1, why };
      last = row;
      rows += 1;
    }
    if (chunk.length < ROWS_PER_READ) {
      const end = await readHead(db);
      if (last.seq === end.seq && last.hash === end.hash) return { rows, brokenAt: null, why: null };
      const hasGrown = end.seq > last.seq && (await rowsAfter(db, last.seq, 1)).length > 0;
      if (!hasGrown) {
        return {
          rows,
          brokenAt: last.seq + 1,
          why: `the records after ${last.seq} are missing, or were added by somebody else`,
        };
      }
    }
    await setImmediate(); // a long journal is checked while requests go on
  }
}

/** Throws `journal.corrupt` when the last record is not the one that the journal's own row names. Costs one look-up. */
export async function checkEnd(db: Kysely<Tables>, file: string): Promise<void> {
  const end = await readHead(db);
  if (end.seq === 0) return;
  const row = await db.selectFrom('record').select('hash').where('seq', '=', end.seq).executeTakeFirst();
  const checkpoint = row ?? (await newestCheckpoint(db));
  if (checkpoint?.hash === end.hash) return;
  throw new BelayError('journal.corrupt', { file, cause: `record ${end.seq}, its last, is missing or changed` });
}

/** Drops the records older than `beforeMs` and leaves the checkpoint that the chain goes on from. Returns how many. */
export async function dropBefore(db: Kysely<Tables>, beforeMs: number, now: number): Promise<number> {
  const last = await lastPrunable(db, beforeMs);
  if (last === null) return 0;
  return db.connection().execute((connection) =>
    inTransaction(connection, async () => {
      const deleted = await connection.deleteFrom('record').where('seq', '<=', last.seq).executeTakeFirstOrThrow();
      const dropped = Number(deleted.numDeletedRows);
      await connection
        .insertInto('checkpoint')
        .values({ ...last, at: now, dropped })
        .execute();
      return dropped;
    }),
  );
}

/**
 * Runs `change` in a transaction of `connection`, which is a single one. Throws what failed first: kysely's own
 * transactions throw what the rollback says, and SQLite has rolled back by itself when the disk is full.
 */
export async function inTransaction<T>(connection: Kysely<Tables>, change: () => Promise<T>): Promise<T> {
  await sql`begin`.execute(connection);
  try {
    const result = await change();
    await sql`commit`.execute(connection);
    return result;
  } catch (thrown) {
    await sql`rollback`.execute(connection).catch(() => undefined);
    throw thrown;
  }
}

function rowFault(file: string, before: Link, row: Row): string | null {
  try {
    return chainFault(before, row, readRow(file, row).record);
  } catch {
    return `record ${row.seq} was changed after it was written`;
  }
}

/** Gives a new journal its id, which its chain begins with. */
export async function nameJournal(db: Kysely<Tables>): Promise<void> {
  const named = await db.selectFrom('journal').select('id').executeTakeFirst();
  if (named !== undefined) return;
  const id = randomUUID();
  const first = firstLink(id);
  await db.insertInto('journal').values({ id, head_seq: first.seq, head_hash: first.hash }).execute();
}

/** Returns the last link as the journal's own row names it. */
export async function readHead(db: Kysely<Tables>): Promise<Link> {
  const journal = await db.selectFrom('journal').select(['head_seq', 'head_hash']).executeTakeFirstOrThrow();
  return { seq: Number(journal.head_seq), hash: journal.head_hash };
}

async function newestCheckpoint(db: Kysely<Tables>): Promise<Link | undefined> {
  return db.selectFrom('checkpoint').select(['seq', 'hash']).orderBy('seq', 'desc').executeTakeFirst();
}

/** Returns the rows after `seq`, in order. */
export function rowsAfter(db: Kysely<Tables>, seq: number, limit: number): Promise<Row[]> {
  return db.selectFrom('record').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute();
}

/** Returns the requests that were held and since then neither refused, nor released, nor found without their caller. */
export function pendingRequests(db: Kysely<Tables>): Promise<{ request: string | null }[]> {
  return db
    .selectFrom('record as held')
    .select('held.request')
    .where('held.kind', '=', 'held')
    .where(({ not, exists, selectFrom }) => {
      const settled = selectFrom('record as later')
        .select('later.seq')
        .whereRef('later.request', '=', 'held.request')
        .whereRef('later.seq', '>', 'held.seq')
        .where(({ or, and, eb }) =>
          or([
            eb('later.kind', 'in', ['release', 'outcome', 'held']),
            // in a record's text a quoted quote has a backslash, so that only the field itself looks like this
            and([eb('later.kind', '=', 'answer'), eb('later.body', 'like', '%"granted":false%')]),
          ]),
        );
      return not(exists(settled));
    })
    .execute();
}

/** Returns the newest row that may go with all before it: older than `beforeMs`, and before what is still held. */
async function lastPrunable(db: Kysely<Tables>, beforeMs: number): Promise<Link | null> {
  const held = (await pendingRequests(db)).flatMap((row) => (row.request === null ? [] : [row.request]));
  const kept = await db
    .selectFrom('record')
    .select('seq')
    .where((where) =>
      held.length === 0
        ? where('at', '>=', beforeMs)
        : where.or([where('at', '>=', beforeMs), where('request', 'in', held)]),
    )
    .orderBy('seq')
    .executeTakeFirst();
  const last = await db
    .selectFrom('record')
    .select(['seq', 'hash'])
    .where('seq', '<', kept?.seq ?? Number.MAX_SAFE_INTEGER)
    .orderBy('seq', 'desc')
    .executeTakeFirst();
  return last ?? null;
}
