import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { type Alarm, Tripwire } from '../../src/watch/tripwire.ts';

const run = promisify(execFile);
const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0)) await step();
});

async function watched(): Promise<{ root: string; alarms: Alarm[]; next: () => Promise<Alarm> }> {
  const root = mkdtempSync(join(tmpdir(), 'tripwire-'));
  for (const folder of ['src', 'notes', 'node_modules/pkg']) {
    mkdirSync(join(root, folder), { recursive: true });
    for (let i = 0; i < 80; i++) writeFileSync(join(root, folder, `f${i}`), 'x');
  }
  const alarms: Alarm[] = [];
  let tell: ((alarm: Alarm) => void) | null = null;
  const wire = new Tripwire({ root, deletions: 50, seconds: 5, leaveOut: new Set(['node_modules']) }, (alarm) => {
    alarms.push(alarm);
    tell?.(alarm);
  });
  await wire.ready();
  cleanUp.push(
    () => wire.close(),
    () => rmSync(root, { recursive: true, force: true }),
  );
  return { root, alarms, next: () => new Promise((resolve) => (alarms[0] ? resolve(alarms[0]) : (tell = resolve))) };
}

test('an alarm is raised when another program deletes many files', async () => {
  const { root, next } = await watched();
  const alarm = next();
  await run('python3', [
    '-c',
    `import os,sys\nfor n in os.listdir(sys.argv[1]): os.remove(sys.argv[1]+'/'+n)`,
    join(root, 'src'),
  ]);
  const raised = await alarm;
  expect(raised.deleted).toBeGreaterThanOrEqual(50);
  expect(raised.sample[0]?.startsWith(join(root, 'src'))).toBe(true);
});

test('what can be made again is not watched, and a few deletions are no alarm', async () => {
  const { root, alarms, next } = await watched();
  rmSync(join(root, 'node_modules'), { recursive: true });
  for (let i = 0; i < 20; i++) rmSync(join(root, 'notes', `f${i}`));
  expect(alarms).toEqual([]);
  // the burst that follows is seen, so silence was not deafness
  const alarm = next();
  for (let i = 0; i < 80; i++) rmSync(join(root, 'src', `f${i}`));
  expect((await alarm).sample.every((path) => !path.includes('node_modules'))).toBe(true);
});
