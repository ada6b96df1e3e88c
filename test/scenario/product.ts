/** The compiled product that scenarios run: built here when it is older than its source, once for all test files. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The command that is tested. */
export const BELAY = join(ROOT, 'bin', 'belay.js');

const LOCK = join(ROOT, 'node_modules', '.cache', 'belay-scenario-build');
const LOCK_MS = 120_000;

/** Builds `dist/` and `build/` when something in `src/` or `shims/` is newer. Waits for another test file that does so. */
export function buildProduct(): void {
  if (isFresh()) return;
  mkdirSync(join(ROOT, 'node_modules', '.cache'), { recursive: true });
  takeLock();
  try {
    if (isFresh()) return;
    // a fault in types is for `npm run check` to say; what is emitted is what runs
    spawnSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'ignore' });
    for (const script of ['scripts/copy-data.mjs', 'shims/build.mjs'])
      execFileSync(process.execPath, [join(ROOT, script)], { cwd: ROOT, stdio: 'pipe' });
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

function takeLock(): void {
  for (;;) {
    try {
      mkdirSync(LOCK);
      return;
    } catch {
      const held = statSync(LOCK, { throwIfNoEntry: false });
      if (held !== undefined && Date.now() - held.mtimeMs > LOCK_MS) rmSync(LOCK, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}

function isFresh(): boolean {
  const built = statSync(join(ROOT, 'dist', 'main.js'), { throwIfNoEntry: false });
  const shim = statSync(join(ROOT, 'build', 'shims', 'kind'), { throwIfNoEntry: false });
  if (built === undefined || shim === undefined) return false;
  const oldest = newest(join(ROOT, 'dist'));
  return newest(join(ROOT, 'src')) <= oldest;
}

function newest(folder: string): number {
  let latest = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) latest = Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
  }
  return latest;
}
