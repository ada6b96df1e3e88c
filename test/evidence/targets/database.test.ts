/** What is this machine and what is not, and that a reading never waits. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { derive } from '../../../src/effects/derive.ts';
import type { EffectEvidence } from '../../../src/evidence/evidence.ts';
import { gatherEvidence } from '../../../src/evidence/gather.ts';

let base: string;
let work: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'belay-database-')));
  work = join(base, 'work');
  mkdirSync(work);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

async function gather(text: string, deadlineMs = 10_000, cwd = work): Promise<EffectEvidence | undefined> {
  const env = { HOME: base };
  const world = { cwd, home: base, workspace: cwd, env, readFile: () => null };
  const prediction = derive({ kind: 'command', text, dialect: 'bash' }, world);
  const places = { home: base, workspace: cwd, temp: [], belay: [] };
  const evidence = await gatherEvidence(prediction, { cwd, workspace: cwd, home: base, env, places, deadlineMs });
  const at = prediction.effects.findIndex((effect) => effect.kind.startsWith('db.'));
  return evidence.effects[at];
}

async function isLocal(host: string): Promise<boolean | string | number | undefined> {
  const reading = (await gather(`psql -h ${host} -c 'DROP TABLE t'`))?.facts['dbLocal'];
  return reading?.known === true ? reading.value : undefined;
}

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['::1', true],
  ['/tmp', true],
  ['host.docker.internal', true],
  ['db', false],
  ['localhost.example.com', false],
  ['10.0.0.5', false],
])('%s is this machine: %s', async (host, expected) => {
  expect(await isLocal(host)).toBe(expected);
});

test('a name that the compose file beside gives a service is this machine', async () => {
  writeFileSync(join(work, 'compose.yaml'), 'services:\n  db:\n    image: postgres\n');
  expect(await isLocal('db')).toBe(true);
  expect(await isLocal('cache')).toBe(false);
});

test('settings that are no regular file are not waited for', async () => {
  execFileSync('mkfifo', [join(work, '.env')]);
  expect((await gather('sqlx database drop'))?.where).toBeUndefined();
});

test('what is not read by the deadline is not known', async () => {
  writeFileSync(join(work, '.env'), 'DATABASE_URL=postgres://db/app\n');
  expect((await gather('sqlx database drop'))?.where?.lines).toEqual([
    'database app on db (from DATABASE_URL in .env)',
  ]);
  expect((await gather('sqlx database drop', 0))?.where).toBeUndefined();
});

test('from a folder that is not here only the words are taken', async () => {
  const gone = join(base, 'gone');
  expect((await gather('psql -h db -c "DROP TABLE t"', 10_000, gone))?.where?.lines).toEqual(['database on db']);
  expect((await gather('sqlite3 app.db "DROP TABLE t"', 10_000, gone))?.where?.keep).toEqual([]);
});
