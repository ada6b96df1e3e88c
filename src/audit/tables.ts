/**
 * The journal's tables and how they came to be. Plain SQL only, so that the same tables stand in Postgres: `seq` is
 * given by the writer, times are epoch milliseconds.
 */
import { type Kysely, type Migration, Migrator } from 'kysely';
import { BelayError } from '../errors.ts';
import type { Row } from './chain.ts';

export interface Tables {
  record: Row;
  /** One row: which journal this is, and its last link, so that rows missing at the end are noticed. */
  journal: { id: string; head_seq: number; head_hash: string };
  /** Where old records were dropped: the chain goes on from the newest of these. */
  checkpoint: { seq: number; hash: string; at: number; dropped: number };
}

/** Each may be cut short and run again: kysely gives SQLite's migrations no transaction. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-journal': {
    async up(db) {
      await db.schema
        .createTable('record')
        .ifNotExists()
        .addColumn('seq', 'bigint', (column) => column.primaryKey())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('request', 'text')
        .addColumn('session', 'text')
        .addColumn('decision', 'text')
        .addColumn('body', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('record_request').ifNotExists().on('record').columns(['request', 'kind']).execute();
      await db.schema.createIndex('record_kind').ifNotExists().on('record').columns(['kind', 'seq']).execute();
      await db.schema.createIndex('record_session').ifNotExists().on('record').columns(['session', 'seq']).execute();
      await db.schema
        .createTable('journal')
        .ifNotExists()
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('head_seq', 'bigint', (column) => column.notNull())
        .addColumn('head_hash', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('checkpoint')
        .ifNotExists()
        .addColumn('seq', 'bigint', (column) => column.primaryKey())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('dropped', 'bigint', (column) => column.notNull())
        .execute();
    },
  },
};

/** Brings the tables up to date. Throws `journal.newer` when a newer Belay made them. */
export async function migrate(db: Kysely<Tables>, file: string): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (String(error).includes('is missing')) throw new BelayError('journal.newer', { file }, error);
  throw error;
}
