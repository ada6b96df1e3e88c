import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { STATUS } from '../../src/snapshot/check.ts';
import { hashOf } from '../../src/snapshot/durable.ts';
import { KIND } from '../../src/snapshot/kinds.ts';
import { PathBuffer } from '../../src/snapshot/path-bytes.ts';
import { ReadAhead, readFiles, readJob } from '../../src/snapshot/read-ahead.ts';
import { StatReader } from '../../src/snapshot/stat.ts';
import { NO_PARENT, Table } from '../../src/snapshot/table.ts';

const FILES = 40;
const ROOM = 64 * 1024;
const reader = new StatReader(null);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'belay-read-ahead-'));
  mkdirSync(join(folder, 'd'));
  for (let n = 0; n < FILES; n++) writeFileSync(fileOf(n), `content of ${n}`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('what the other thread read is had with its hash', () => {
  const ahead = readAll();
  const found = takeAll(ahead);
  expect(found.map((one) => one?.text)).toEqual(Array.from({ length: FILES }, (_, n) => `content of ${n}`));
  expect(found.every((one, n) => one !== null && hashOf(readFileSync(fileOf(n))).equals(one.hash))).toBe(true);
});

test('what changed after it was read ahead, is gone, or did not fit is left to the one who asks', () => {
  truncateSync(fileOf(5), ROOM + 1);
  rmSync(fileOf(6));
  const ahead = readAll();
  appendFileSync(fileOf(7), ' and more');
  const missed = takeAll(ahead).flatMap((one, n) => (one === null ? [n] : []));
  expect(missed).toEqual([5, 6, 7]);
});

test('a file is read by one of two threads, whoever comes first', () => {
  const { job, ahead } = begin();
  expect(take(ahead, 0)).toBeNull();
  expect(take(ahead, 1)).toBeNull();
  readFiles(job, reader);
  expect(takeAll(ahead).flatMap((one, n) => (one === null ? [n] : []))).toEqual([0, 1]);
  const ended = begin();
  ended.ahead.end();
  readFiles(ended.job, reader);
  expect(takeAll(ended.ahead).every((one) => one === null)).toBe(true);
});

test('few files are not read ahead', () => {
  const { table, status } = known();
  const changed = Int32Array.from([2, 3]);
  expect(readJob(table, Buffer.from(folder), { status, changed }, () => new Uint8Array(0))).toBeNull();
});

function fileOf(n: number): string {
  return join(folder, 'd', `f${String(n).padStart(2, '0')}`);
}

/** A root, its folder `d`, and the files in it. */
function known(): { table: Table; status: Uint8Array } {
  const table = new Table(FILES + 2, 1_024);
  table.push(Buffer.alloc(0), NO_PARENT, KIND.folder);
  table.push(Buffer.from('d'), 0, KIND.folder);
  for (let n = 0; n < FILES; n++) table.push(Buffer.from(fileOf(n).slice(-3)), 1, KIND.file);
  for (const index of [1, 0]) table.close(index);
  return { table, status: new Uint8Array(FILES + 2).fill(STATUS.changed) };
}

function begin() {
  const { table, status } = known();
  const changed = Int32Array.from({ length: FILES }, (_, n) => n + 2);
  const job = readJob(table, Buffer.from(folder), { status, changed }, () => new Uint8Array(ROOM));
  if (job === null) throw new Error('there is nothing to read');
  return { job, ahead: new ReadAhead(job) };
}

function readAll(): ReadAhead {
  const { job, ahead } = begin();
  readFiles(job, reader);
  return ahead;
}

function takeAll(ahead: ReadAhead) {
  return Array.from({ length: FILES }, (_, n) => take(ahead, n));
}

function take(ahead: ReadAhead, n: number): { hash: Uint8Array; text: string } | null {
  const path = new PathBuffer();
  path.reset(Buffer.from(fileOf(n)));
  if (reader.read(path.bytes, path.length) !== 0) return null;
  const found = ahead.take(n + 2, reader);
  return found === null ? null : { hash: found.hash, text: Buffer.from(found.bytes).toString() };
}
