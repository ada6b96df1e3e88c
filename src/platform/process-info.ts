/**
 * What the kernel says of a process, from /proc: who its parents are, when it started, which terminal it has. Linux; on
 * other systems every answer is "not known" (null). Reads only; never throws.
 */
import { readFileSync, readlinkSync } from 'node:fs';

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly processGroup: number;
  /** Device number of the controlling terminal; 0 is none. */
  readonly terminal: number;
  /** Clock ticks since boot: with the pid, it names a process for ever. */
  readonly startTime: string;
  readonly state: string;
}

/** Returns what /proc/PID/stat says, or null when the process is gone or can't be read. Source: proc(5). */
export function processInfo(pid: number): ProcessInfo | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // the command stands in parentheses and may hold any byte, so the fields are counted from the last ")"
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, , terminal] = fields;
  const startTime = fields[19];
  if (state === undefined || startTime === undefined) return null;
  return { pid, parent: Number(parent), processGroup: Number(group), terminal: Number(terminal), startTime, state };
}

/** Returns the process and its ancestors, nearest first, up to init. At most 64. */
export function ancestry(pid: number): readonly ProcessInfo[] {
  const chain: ProcessInfo[] = [];
  for (let next = pid; next > 0 && chain.length < 64; ) {
    const info = processInfo(next);
    if (info === null) break;
    chain.push(info);
    next = info.parent;
  }
  return chain;
}

/** Returns the value of one variable of the environment that the process started with, or null. */
export function initialVariable(pid: number, name: string): string | null {
  let environment: string;
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return null;
  }
  const entry = environment.split('\0').find((line) => line.startsWith(`${name}=`));
  return entry === undefined ? null : entry.slice(name.length + 1);
}

/** Returns the path of the process's terminal as its stdin, stdout or stderr show it, or null. */
export function terminalOf(pid: number): string | null {
  for (const descriptor of [0, 1, 2]) {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      if (target.startsWith('/dev/pts/') || target.startsWith('/dev/tty')) return target;
    } catch {
      // closed, or gone
    }
  }
  return null;
}
