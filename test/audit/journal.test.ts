import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJournal, type SqliteJournal } from '../../src/audit/journal.ts';
import type { StoredRecord } from '../../src/audit/record.ts';
import { setJournalAside } from '../../src/audit/sqlite.ts';
import { compile } from './compile.ts';
import { heldRecord, id, verdictRecord } from './records.ts';

let folder = '';
let file = '';
let open: SqliteJournal[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'belay-journal-'));
  file = join(folder, 'journal.db');
});
afterEach(async () => {
  for (const journal of open) await journal.close();
  open = [];
  rmSync(folder, { recursive: true, force: true });
});

async function journalAt(path = file, clock?: () => number): Promise<SqliteJournal> {
  const journal = await openJournal(clock === undefined ? { file: path } : { file: path, clock });
  open.push(journal);
  return journal;
}

async function all(journal: SqliteJournal): Promise<readonly StoredRecord[]> {
  return journal.after(0, 1_000_000);
}

test('records come back as they went in, numbered, dated and chained, after a restart too', async () => {
  let now = 1_000;
  const journal = await journalAt(file, () => now++);
  journal.note(verdictRecord('r-1', 'echo "ü\u0000\ud800"'));
  await journal.append(heldRecord('r-2'));
  await journal.close();
  const again = await journalAt();
  const found = await all(again);
  expect(found.map(({ hash, ...rest }) => ({ ...rest, hashed: hash.length }))).toEqual([
    { seq: 1, at: 1_000, record: verdictRecord('r-1', 'echo "ü\u0000\ud800"'), hashed: 64 },
    { seq: 2, at: 1_001, record: heldRecord('r-2'), hashed: 64 },
  ]);
  expect(await again.verifyChain()).toEqual({ rows: 2, brokenAt: null, why: null });
});

test('the files are only ours', async () => {
  const journal = await journalAt();
  await journal.append(verdictRecord('r-1'));
  const modes = readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]);
  expect(modes).toEqual([
    ['journal.db', '600'],
    ['journal.db-shm', '600'],
    ['journal.db-wal', '600'],
  ]);
});

test('notes and appends keep the order in which they were made, whoever waits', async () => {
  const journal = await journalAt();
  const waits: Promise<void>[] = [];
  for (let n = 0; n < 600; n += 1) {
    if (n % 3 === 0) waits.push(journal.append(verdictRecord(`r-${n}`)));
    else journal.note(verdictRecord(`r-${n}`));
    if (n % 100 === 0) await waits.at(-1);
  }
  await Promise.all(waits);
  const found = await all(journal);
  expect(found.map((row) => 'request' in row.record && row.record.request)).toEqual(
    Array.from({ length: 600 }, (_, n) => `r-${n}`),
  );
  expect(await journal.verifyChain()).toEqual({ rows: 600, brokenAt: null, why: null });
});

test('a note is seen by the next reader, before it was written', async () => {
  const journal = await journalAt();
  journal.note(verdictRecord('r-1'));
  expect((await journal.history({})).map((one) => one.request)).toEqual(['r-1']);
});

test('a request is folded from its records', async () => {
  let now = 5_000;
  const journal = await journalAt(file, () => now++);
  const answer = {
    by: 'person',
    uid: 1000,
    pid: 9,
    tty: '/dev/pts/1',
    granted: true,
    reason: null,
    at: 5_002,
  } as const;
  await journal.append(verdictRecord('r-1', 'rm -rf src', 'ask'));
  await journal.append(heldRecord('r-1'));
  await journal.append({ kind: 'answer', request: id('r-1'), answer });
  await journal.append({ kind: 'release', request: id('r-1'), snapshot: 's-1' });
  journal.note({ kind: 'outcome', request: id('r-1'), exit: 0, signal: null, ms: 12 });
  expect(await journal.get('r-1')).toEqual({
    request: 'r-1',
    at: 5_000,
    verdict: verdictRecord('r-1', 'rm -rf src', 'ask'),
    held: heldRecord('r-1').details,
    answer,
    release: { at: 5_003, snapshot: 's-1' },
    outcome: { exit: 0, signal: null, ms: 12 },
  });
  expect(await journal.get('r-2')).toBe(null);
  expect((await journal.get('r-'))?.request).toBe('r-1');
  await journal.append(verdictRecord('r-12'));
  expect([(await journal.get('r-1'))?.request, (await journal.get('r-12'))?.request, await journal.get('r-')]).toEqual([
    'r-1',
    'r-12',
    null,
  ]);
});

test('history is newest first and follows its filter', async () => {
  let now = 0;
  const journal = await journalAt(file, () => now++);
  for (let n = 0; n < 6; n += 1) {
    journal.note(verdictRecord(`r-${n}`, 'x', n % 2 === 0 ? 'allow' : 'ask', n < 3 ? 'z-1' : 'z-2'));
  }
  const ids = async (filter: Parameters<SqliteJournal['history']>[0]) =>
    (await journal.history(filter)).map((one) => one.request);
  expect(await ids({})).toEqual(['r-5', 'r-4', 'r-3', 'r-2', 'r-1', 'r-0']);
  expect(await ids({ session: 'z-1', decision: 'ask' })).toEqual(['r-1']);
  expect(await ids({ since: 2, before: 5, limit: 2 })).toEqual(['r-4', 'r-3']);
});

test('what was held and neither answered nor released is pending, after a restart too', async () => {
  const journal = await journalAt();
  for (const request of ['r-1', 'r-2', 'r-3']) {
    await journal.append(verdictRecord(request, 'rm -rf src', 'ask'));
    await journal.append(heldRecord(request));
  }
  const answer = { by: 'timeout', uid: null, pid: null, tty: null, granted: false, reason: null, at: 1 } as const;
  await journal.append({ kind: 'answer', request: id('r-1'), answer });
  await journal.append({ kind: 'release', request: id('r-3'), snapshot: null });
  await journal.close();
  const again = await journalAt();
  expect((await again.pending()).map((one) => one.request)).toEqual(['r-2']);
});

test('long texts are cut and say so; the command keeps 64 KB', async () => {
  const journal = await journalAt();
  await journal.append(verdictRecord('r-1', 'x'.repeat(70_000)));
  await journal.append({
    ...verdictRecord('r-2'),
    action: { kind: 'tool', tool: 'write', path: '/w/f', content: 'y'.repeat(5_000) },
  });
  const [command, tool] = (await all(journal)).map((row) => (row.record.kind === 'verdict' ? row.record.action : null));
  expect(command).toEqual({ kind: 'command', text: `${'x'.repeat(65_536)}… [4464 more characters]`, dialect: 'bash' });
  expect(tool).toMatchObject({ content: `${'y'.repeat(4_096)}… [904 more characters]` });
});

test('pruning keeps the chain verifiable and spares what is still held', async () => {
  let now = 0;
  const journal = await journalAt(file, () => now++);
  for (let n = 0; n < 5; n += 1) await journal.append(verdictRecord(`r-${n}`));
  expect(await journal.prune(3)).toBe(3);
  expect(await journal.verifyChain()).toEqual({ rows: 2, brokenAt: null, why: null });
  await journal.append(verdictRecord('r-held', 'rm -rf src', 'ask'));
  await journal.append(heldRecord('r-held'));
  expect(await journal.prune(1_000)).toBe(2);
  expect((await all(journal)).map((row) => row.seq)).toEqual([6, 7]);
  await journal.close();
  const again = await journalAt();
  expect(again.health()).toBe(null);
  await again.append({ kind: 'release', request: id('r-held'), snapshot: null });
  expect(await again.prune(Number.MAX_SAFE_INTEGER)).toBe(3);
  await again.append(verdictRecord('r-9'));
  expect(await again.verifyChain()).toEqual({ rows: 1, brokenAt: null, why: null });
});

const tamperings: [string, string, number, string][] = [
  [
    'a changed text',
    'update record set body = replace(body, \'"ls"\', \'"id"\') where seq = 3',
    3,
    'record 3 was changed after it was written',
  ],
  ['a changed date', 'update record set at = at + 1 where seq = 2', 2, 'record 2 was changed after it was written'],
  [
    'a changed decision',
    "update record set decision = 'deny' where seq = 4",
    4,
    'the decision of record 4 was changed after it was written',
  ],
  ['a record that was removed', 'delete from record where seq = 3', 3, 'record 3 is missing'],
  ['the first records removed', 'delete from record where seq <= 2', 1, 'record 1 is missing'],
  [
    'the last record removed',
    'delete from record where seq = 5',
    5,
    'the records after 4 are missing, or were added by somebody else',
  ],
  [
    'a record put in',
    'insert into record select 6, at, kind, request, session, decision, body, hash from record where seq = 5',
    6,
    'record 6 was changed after it was written',
  ],
  [
    'a record before the first',
    'insert into record select 0, at, kind, request, session, decision, body, hash from record where seq = 5',
    1,
    'record 1 is missing',
  ],
];
test.each(tamperings)('%s is noticed', async (_what, statement, brokenAt, why) => {
  const journal = await journalAt();
  for (let n = 0; n < 5; n += 1) await journal.append(verdictRecord(`r-${n}`));
  await journal.close();
  const database = new Database(file);
  database.exec(statement);
  database.close();
  const found = await (await journalAt()).verifyChain();
  expect({ brokenAt: found.brokenAt, why: found.why }).toEqual({ brokenAt, why });
});

test('a journal whose end was cut off takes no more records until a person has looked', async () => {
  const journal = await journalAt();
  for (let n = 0; n < 3; n += 1) await journal.append(verdictRecord(`r-${n}`));
  await journal.close();
  const database = new Database(file);
  database.exec('delete from record where seq = 3');
  database.close();
  const again = await journalAt();
  const words = `the journal ${file} is damaged: record 3, its last, is missing or changed`;
  expect(again.health()).toBe(`${words}. Move the file away; belay log --verify says where it breaks.`);
  await expect(again.append(verdictRecord('r-9'))).rejects.toThrow(words);
  expect((await again.history({})).length).toBe(2);
});

test('killed at random moments, no acknowledged record is lost', async () => {
  const compiled = compile(folder, 'audit/journal.ts');
  const script = join(folder, 'appender.js');
  writeFileSync(
    script,
    `import { openJournal } from '${compiled}/audit/journal.js';
     import { writeSync } from 'node:fs';
     const journal = await openJournal({ file: process.argv[2] });
     const record = ${JSON.stringify(verdictRecord('r-0'))};
     for (let n = Number(process.argv[3]); ; n += 1) {
       journal.note({ ...record, request: 'n-' + n });
       await journal.append({ ...record, request: 'r-' + n });
       writeSync(1, n + '\\n');
     }`,
  );
  let next = 0;
  const acknowledged: number[] = [];
  for (let kill = 0; kill < 30; kill += 1) {
    const child = spawn(process.execPath, [script, file, String(next)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    const wanted = 1 + ((kill * 7) % 23);
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.split('\n').length > wanted) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const numbers = printed.split('\n').slice(0, -1).map(Number);
    acknowledged.push(...numbers);
    next = (numbers.at(-1) ?? next) + 2;
  }
  const journal = await journalAt();
  expect(journal.health()).toBe(null);
  const kept = new Set((await all(journal)).map((row) => ('request' in row.record ? row.record.request : '')));
  expect(acknowledged.filter((n) => !kept.has(id(`r-${n}`)) || !kept.has(id(`n-${n}`)))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(200);
  expect((await journal.verifyChain()).brokenAt).toBe(null);
}, 120_000);

test('cut anywhere in its log, the journal opens with the records before the cut, whole', async () => {
  const journal = await journalAt();
  for (let n = 0; n < 12; n += 1) await journal.append(verdictRecord(`r-${n}`));
  const copies = join(folder, 'cut');
  mkdirSync(copies);
  const copy = join(copies, 'journal.db');
  const log = readFileSync(`${file}-wal`);
  const counts: number[] = [];
  // Every 97th byte: with 12 appends a log of some 150 KB, cut in frame headers and pages alike.
  for (let bytes = log.length; bytes >= 0; bytes -= Math.max(97, Math.floor(log.length / 150))) {
    rmSync(`${copy}-shm`, { force: true });
    copyFileSync(file, copy);
    writeFileSync(`${copy}-wal`, log.subarray(0, bytes));
    const cut = await openJournal({ file: copy });
    const found = await cut.verifyChain();
    await cut.append(verdictRecord('r-after'));
    await cut.close();
    expect({ bytes, brokenAt: found.brokenAt, why: found.why }).toEqual({ bytes, brokenAt: null, why: null });
    counts.push(found.rows);
  }
  expect(counts[0]).toBe(12);
  expect(counts).toEqual([...counts].sort((one, other) => other - one));
});

test('a database cut short, emptied or overwritten is refused in words and left as it is', async () => {
  const journal = await journalAt();
  for (let n = 0; n < 200; n += 1) journal.note(verdictRecord(`r-${n}`, 'x'.repeat(500)));
  await journal.close();
  const whole = readFileSync(file);
  for (const bytes of [100, 5_000, whole.length - 4_096, whole.length - 1]) {
    truncateSync(file, bytes);
    const cut = await journalAt();
    expect(`${bytes}: ${cut.health()}`).toContain(`the journal ${file} is damaged: `);
    await expect(cut.append(verdictRecord('r-x'))).rejects.toMatchObject({ code: 'journal.corrupt' });
    await cut.close();
    expect(statSync(file).size).toBe(bytes);
    writeFileSync(file, whole);
  }
  writeFileSync(file, 'not a database: '.repeat(512));
  expect((await journalAt()).health()).toContain('is damaged: file is not a database');
  const aside = setJournalAside(file, 0);
  expect([existsSync(file), readFileSync(aside, 'latin1').slice(0, 14), aside]).toEqual([
    false,
    'not a database',
    `${file}.damaged-1970-01-01T00-00-00-000Z`,
  ]);
});

test('an emptied database with records in its log is refused, since SQLite would drop them', async () => {
  const journal = await journalAt();
  await journal.append(verdictRecord('r-1'));
  const copies = join(folder, 'emptied');
  mkdirSync(copies);
  const copy = join(copies, 'journal.db');
  copyFileSync(`${file}-wal`, `${copy}-wal`);
  const logged = statSync(`${copy}-wal`).size;
  expect((await journalAt(copy)).health()).toContain(`it is empty, and ${copy}-wal still holds records`);
  expect(statSync(`${copy}-wal`).size).toBe(logged);
});

test('a journal that was taken away while in use goes on in a new one that says so', async () => {
  const journal = await journalAt();
  await journal.append(verdictRecord('r-1'));
  rmSync(file);
  await journal.append(verdictRecord('r-2'));
  const found = (await all(journal)).map((row) => ('rule' in row.record ? row.record.rule : row.record.kind));
  expect(found).toEqual(['journal.removed', 'verdict']);
  expect(existsSync(file)).toBe(true);
});

test('an unwritable place is said, and taken up again when it is mended', async () => {
  const blocked = join(folder, 'state');
  writeFileSync(blocked, 'a file where the folder should be');
  const journal = await journalAt(join(blocked, 'journal.db'));
  expect(journal.health()).toContain(`can't write the journal ${blocked}/journal.db: `);
  await expect(journal.append(verdictRecord('r-1'))).rejects.toMatchObject({ code: 'journal.unwritable' });
  journal.note(verdictRecord('r-2'));
  rmSync(blocked);
  await journal.append(verdictRecord('r-3'));
  expect(journal.health()).toBe(null);
  const found = (await all(journal)).map((row) => 'request' in row.record && row.record.request);
  expect(found).toEqual(['r-2', 'r-3']);
});

test('a closed journal takes nothing', async () => {
  const journal = await journalAt();
  await journal.close();
  await journal.close();
  await expect(journal.append(verdictRecord('r-1'))).rejects.toThrow('it was closed');
});

const mounted = mountSmall();
test.runIf(mounted !== null)(
  'on a full disk appends throw in words, notes wait, and both go on once there is room',
  async () => {
    const disk = mounted ?? '';
    try {
      const path = join(disk, 'journal.db');
      const journal = await journalAt(path);
      await journal.append(verdictRecord('r-0'));
      writeFileSync(join(disk, 'filler'), '');
      spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=4096'], { stdio: 'ignore' });
      const errors: unknown[] = [];
      for (let n = 1; n < 40 && errors.length === 0; n += 1) {
        await journal
          .append(verdictRecord(`r-${n}`, 'x'.repeat(20_000)))
          .catch((thrown: unknown) => errors.push(thrown));
      }
      expect(errors[0]).toMatchObject({ code: 'journal.unwritable' });
      expect(journal.health()).toMatch(/can't write the journal .*(no space left|disk does not take it).*Free space/s);
      journal.note(verdictRecord('n-waits'));
      await expect(journal.append(verdictRecord('r-no', 'x'.repeat(20_000)))).rejects.toMatchObject({
        code: 'journal.unwritable',
      });
      rmSync(join(disk, 'filler'));
      await journal.append(verdictRecord('r-yes'));
      const found = (await all(journal)).map((row) => 'request' in row.record && row.record.request);
      expect(found.slice(-2)).toEqual(['n-waits', 'r-yes']);
      expect(found).not.toContain('r-no');
      expect((await journal.verifyChain()).brokenAt).toBe(null);
      await journal.close();
    } finally {
      spawnSync('umount', ['-l', disk]); // libsql holds the file until its statements are collected
      rmSync(disk, { recursive: true, force: true });
    }
  },
);

test.runIf(spawnSync('strace', ['-V']).status === 0)(
  'an append is synced before it resolves, a note alone is not',
  () => {
    const compiled = compile(folder, 'audit/journal.ts');
    const script = join(folder, 'traced.js');
    writeFileSync(
      script,
      `import { openJournal } from '${compiled}/audit/journal.js';
     import { writeSync } from 'node:fs';
     const journal = await openJournal({ file: process.argv[2] });
     const record = ${JSON.stringify(verdictRecord('r-0'))};
     await journal.append(record);
     writeSync(1, 'MARK-NOTE');
     journal.note(record);
     await journal.history({});
     writeSync(1, 'MARK-APPEND');
     await journal.append(record);
     writeSync(1, 'MARK-END');`,
    );
    const trace = join(folder, 'trace');
    const options = ['-f', '-qq', '-o', trace, '-e', 'trace=fsync,fdatasync,write'];
    execFileSync('strace', [...options, process.execPath, script, file], { stdio: 'ignore' });
    const calls = (readFileSync(trace, 'latin1').match(/MARK-\w+|fsync|fdatasync/g) ?? []).join(' ');
    expect(calls).toMatch(/MARK-NOTE MARK-APPEND (fsync|fdatasync)( (fsync|fdatasync))* MARK-END/);
  },
);

test('ten thousand notes', async () => {
  const journal = await journalAt();
  const began = performance.now();
  for (let n = 0; n < 10_000; n += 1) journal.note(verdictRecord(`r-${n}`));
  const noted = performance.now();
  await journal.append(verdictRecord('r-last'));
  const written = performance.now();
  const found = await journal.verifyChain();
  const checked = performance.now();
  expect(found).toEqual({ rows: 10_001, brokenAt: null, why: null });
  const parts = [`noted in ${(noted - began).toFixed(0)} ms`, `on the disk in ${(written - noted).toFixed(0)} ms`];
  process.stdout.write(`10,000 notes: ${parts.join(', ')}, checked in ${(checked - written).toFixed(0)} ms\n`);
});

function mountSmall(): string | null {
  const disk = mkdtempSync(join(tmpdir(), 'belay-small-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', disk]).status === 0) return disk;
  rmSync(disk, { recursive: true });
  return null;
}
