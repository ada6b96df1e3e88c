/**
 * The hash chain of the journal: each row's hash covers the row before it. Pure. It covers the stored text of the
 * record itself, so that no second form of it has to be agreed on.
 */
import { createHash } from 'node:crypto';
import type { JournalRecord } from './record.ts';

/** A row as it stands in the table. The columns beside `body` repeat parts of it, for queries. */
export interface Row {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly request: string | null;
  readonly session: string | null;
  readonly decision: string | null;
  readonly body: string;
  readonly hash: string;
}

/** The last row of a chain, or what stands for it before the first. */
export interface Link {
  readonly seq: number;
  readonly hash: string;
}

/** Returns what the first row of the journal `id` is chained to. */
export function firstLink(id: string): Link {
  return { seq: 0, hash: sha256(`belay journal ${id}`) };
}

/** Returns the row that follows `before`. */
export function chainRow(before: Link, at: number, record: JournalRecord, body: string): Row {
  const seq = before.seq + 1;
  return { seq, at, ...columnsOf(record), body, hash: rowHash(before, seq, at, body) };
}

/** Returns why `row` can't be the one that follows `before`, or null when it is. `record` is what its body says. */
export function chainFault(before: Link, row: Row, record: JournalRecord): string | null {
  if (row.seq !== before.seq + 1) return `record ${before.seq + 1} is missing`;
  if (row.hash !== rowHash(before, row.seq, row.at, row.body))
    return `record ${row.seq} was changed after it was written`;
  const columns = columnsOf(record);
  const differs = (['kind', 'request', 'session', 'decision'] as const).find((name) => row[name] !== columns[name]);
  return differs === undefined ? null : `the ${differs} of record ${row.seq} was changed after it was written`;
}

function columnsOf(record: JournalRecord): Pick<Row, 'kind' | 'request' | 'session' | 'decision'> {
  return {
    kind: record.kind,
    request: 'request' in record ? record.request : null,
    session: sessionOf(record),
    decision: record.kind === 'verdict' ? record.verdict.decision : null,
  };
}

function sessionOf(record: JournalRecord): string | null {
  if (record.kind === 'verdict') return record.principal.session;
  if (record.kind === 'held') return record.details.session;
  return 'session' in record ? record.session : null;
}

function rowHash(before: Link, seq: number, at: number, body: string): string {
  return sha256(`${before.hash}\n${seq}\n${at}\n${body}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
