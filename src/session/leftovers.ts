/**
 * What a session leaves when its command has ended. Questions that nobody waits for any more are taken back, so that a late
 * yes runs nothing. Programs that live on (a server in the background) keep their shims until the last of them is gone.
 */
import { readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { initialVariable, processInfo } from '../platform/process-info.ts';
import { descendants } from '../platform/subreaper.ts';

/** In the session's folder: pid and start time of its `belay run`. */
const OWNER = 'owner';
const SETTLE_MS = 500;
const LOOK_EVERY_MS = 20;
/** A folder without an owner is one that is being made, for as long. */
const BEING_MADE_MS = 60_000;

/** Marks the folder as that of this process, which lives as long as the session's command. */
export function ownFolder(folder: string): void {
  writeFileSync(join(folder, OWNER), `${process.pid} ${processInfo(process.pid)?.startTime ?? ''}\n`);
}

/** Ends the shims below this process that wait for an answer, and removes the folder unless a program lives on in it. */
export async function leaveFolder(folder: string, session: string): Promise<void> {
  if (process.platform === 'linux' && cancelWaiting()) await gone(session);
  if (process.platform === 'linux' && livesOn(session)) return rmSync(join(folder, OWNER), { force: true });
  rmSync(folder, { recursive: true, force: true });
}

/** Removes the folders of earlier sessions of which nothing lives any more. */
export function clearFolders(sessionsFolder: string): void {
  if (process.platform !== 'linux') return;
  for (const session of sessionsIn(sessionsFolder)) {
    const folder = join(sessionsFolder, session);
    if (!isOwned(folder) && !livesOn(session)) rmSync(folder, { recursive: true, force: true });
  }
}

function cancelWaiting(): boolean {
  const waiting = descendants(process.pid).filter(isWaitingShim);
  for (const pid of waiting) {
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      // it is gone
    }
  }
  return waiting.length > 0;
}

/** A shim that runs a program, to tell how it ended, has that as its child; the others can only be waiting. */
function isWaitingShim(pid: number): boolean {
  try {
    const isNative = basename(readlinkSync(`/proc/${pid}/exe`)).startsWith('belay-shim');
    const isFallback = readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('/shims/fallback-client.mjs\0');
    return (isNative || isFallback) && descendants(pid).length === 0;
  } catch {
    return false;
  }
}

async function gone(session: string): Promise<void> {
  for (let waited = 0; waited < SETTLE_MS && livesOn(session); waited += LOOK_EVERY_MS) await sleep(LOOK_EVERY_MS);
}

/** Returns whether a process lives that was started with the session's mark in its environment. */
function livesOn(session: string): boolean {
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name) || initialVariable(Number(name), 'BELAY_SESSION') !== session) return false;
    return processInfo(Number(name))?.state !== 'Z';
  });
}

function isOwned(folder: string): boolean {
  try {
    const [pid = '', startTime = ''] = readFileSync(join(folder, OWNER), 'utf8').trim().split(' ');
    return processInfo(Number(pid))?.startTime === startTime;
  } catch {
    const made = statSync(folder, { throwIfNoEntry: false })?.birthtimeMs ?? 0;
    return Date.now() - made < BEING_MADE_MS;
  }
}

function sessionsIn(sessionsFolder: string): readonly string[] {
  try {
    return readdirSync(sessionsFolder);
  } catch {
    return []; // none yet
  }
}
