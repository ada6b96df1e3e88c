/**
 * Makes this process the parent of its descendants' orphans, so that a program that forks twice does not leave the tree
 * it was started in, and collects those orphans when they end. Linux: prctl(2) PR_SET_CHILD_SUBREAPER; elsewhere nothing.
 */

import { readdirSync } from 'node:fs';
import koffi from 'koffi';
import { processInfo } from './process-info.ts';

const PR_SET_CHILD_SUBREAPER = 36;
const WNOHANG = 1;
const REAP_EVERY_MS = 1_000;

/** Adopts orphans from now on. `spare` are children that somebody else waits for. Returns how to stop reaping. */
export function adoptOrphans(spare: ReadonlySet<number>): () => void {
  if (process.platform !== 'linux') return () => {};
  const libc = koffi.load(null);
  libc.func('int prctl(int, ulong, ulong, ulong, ulong)')(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const waitpid = libc.func('int waitpid(int, void *, int)');
  const timer = setInterval(() => {
    for (const pid of zombieChildren()) if (!spare.has(pid)) waitpid(pid, null, WNOHANG);
  }, REAP_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function zombieChildren(): number[] {
  return descendants(process.pid).filter((pid) => {
    const info = processInfo(pid);
    return info?.state === 'Z' && info.parent === process.pid;
  });
}

/** Returns the pids of all live processes below `pid`, parents first. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const info = processInfo(Number(name));
    if (info === null) continue;
    const siblings = children.get(info.parent);
    if (siblings === undefined) children.set(info.parent, [info.pid]);
    else siblings.push(info.pid);
  }
  const found: number[] = [];
  for (const queue = [pid]; queue.length > 0; ) {
    for (const child of children.get(queue.shift() ?? 0) ?? []) {
      found.push(child);
      queue.push(child);
    }
  }
  return found;
}
