/**
 * Stops, continues or ends every process of a session: all that descend from its `belay run`, but for the daemon, which
 * may have been started from in there. Stopping repeats until no new process appears. Never throws for one that is gone.
 */
import { readFileSync } from 'node:fs';
import { descendants } from '../platform/subreaper.ts';

export interface Brake {
  stop(): void;
  go(): void;
  end(): void;
}

const MAX_ROUNDS = 10;

/** Returns the brake for what descends from `root`, which itself goes on. */
export function brakeOf(root: number): Brake {
  const all = (): number[] => descendants(root).filter((pid) => !isDaemon(pid));
  const signalAll = (pids: readonly number[], signal: NodeJS.Signals): void => {
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // it is gone
      }
    }
  };
  const untilStill = (signal: NodeJS.Signals): void => {
    const met = new Set<number>();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const fresh = all().filter((pid) => !met.has(pid));
      if (fresh.length === 0) return;
      signalAll(fresh, signal);
      for (const pid of fresh) met.add(pid);
    }
  };
  return {
    stop: () => untilStill('SIGSTOP'),
    go: () => signalAll(all().reverse(), 'SIGCONT'),
    end: () => untilStill('SIGKILL'),
  };
}

function isDaemon(pid: number): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const at = words.indexOf('daemon');
    return at > 0 && words[at + 1] === 'serve' && /belay/.test(words[at - 1] ?? '');
  } catch {
    return false;
  }
}
