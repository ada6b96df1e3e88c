/** One writer for a store: a lock file that names its holder by pid, start time and boot, so that a dead one is known as dead. */

import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { BelayError } from '../errors.ts';

interface Holder {
  readonly pid: number;
  readonly started: string;
  readonly boot: string;
}

/** Takes the lock of `folder` and returns what releases it. Throws `snapshot.store-busy` while another process holds it. */
export function lockStore(folder: string): () => void {
  const file = `${folder}/lock`;
  const mine = `${folder}/lock.${process.pid}-${Math.random().toString(36).slice(2)}`;
  const own = describe(process.pid);
  writeFileSync(mine, JSON.stringify(own), { mode: 0o600 });
  try {
    for (let tries = 0; tries < 10; tries++) {
      try {
        linkSync(mine, file);
        return () => release(file, own);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const holder = readHolder(file);
      if (holder !== null && isAlive(holder)) {
        throw new BelayError('snapshot.store-busy', { store: folder, pid: holder.pid });
      }
      removeStale(file, holder);
    }
    throw new BelayError('snapshot.store-busy', { store: folder, pid: 'unknown' });
  } finally {
    unlinkSync(mine);
  }
}

function release(file: string, own: Holder): void {
  const holder = readHolder(file);
  if (holder?.pid === own.pid && holder.started === own.started) unlinkSync(file);
}

/** Moves a dead holder's lock away; of two that try, one wins, and one that took a living lock gives it back. */
function removeStale(file: string, dead: Holder | null): void {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved !== null && JSON.stringify(moved) !== JSON.stringify(dead)) {
    try {
      linkSync(aside, file);
    } catch {
      // Somebody else has taken it meanwhile.
    }
  }
  unlinkSync(aside);
}

function readHolder(file: string): Holder | null {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof found !== 'object' || found === null) return null;
    const { pid, started, boot } = { pid: 0, started: '', boot: '', ...found };
    return typeof pid === 'number' && typeof started === 'string' && typeof boot === 'string'
      ? { pid, started, boot }
      : null;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  const now = describe(holder.pid);
  if (now.boot !== holder.boot) return false;
  if (now.started !== '' || holder.started !== '') return now.started === holder.started;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Start time is field 22 of proc_pid_stat(5), counted behind the name, which may hold anything. */
function describe(pid: number): Holder {
  let started = '';
  let boot = '';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    // Not running, or a system without /proc.
  }
  try {
    boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    // A system without it: the pid alone must do.
  }
  return { pid, started, boot };
}
