import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Lock, tryLock } from '../../src/platform/locks.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'belay-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('one holds it, the next learns who, and after release it is free', () => {
  const file = join(folder, 'daemon.lock');
  const first = taken(tryLock(file));
  expect(tryLock(file)).toEqual({ heldBy: process.pid });
  first.release();
  first.release();
  taken(tryLock(file)).release();
});

test('a lock whose file was removed keeps nobody out, and a new holder holds the new file', () => {
  const file = join(folder, 'daemon.lock');
  const lost = taken(tryLock(file));
  rmSync(file);
  const second = taken(tryLock(file));
  expect(tryLock(file)).toEqual({ heldBy: process.pid });
  lost.release();
  second.release();
});

test('the kernel frees it when the holder is killed', async () => {
  const file = join(folder, 'daemon.lock');
  const holder = spawn('flock', [file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  await once(holder.stdout, 'data');
  expect(tryLock(file)).toEqual({ heldBy: null });
  process.kill(-(holder.pid ?? 0), 'SIGKILL');
  await once(holder, 'close');
  taken(tryLock(file)).release();
});

function taken(result: ReturnType<typeof tryLock>): Lock {
  if (!('lock' in result)) throw new Error(`held by ${result.heldBy}`);
  return result.lock;
}
