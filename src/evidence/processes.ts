/** Whose process it is: whether a pid descends from a session's own, by /proc on Linux. Elsewhere it is not known. */
import { type Known, known, notKnown } from './evidence.ts';
import { textOf } from './files.ts';

const MAX_STEPS = 64;

/** Returns whether `pid` is one of `pids` or descends from one. A process that is gone belongs to nobody. */
export function isSessionProcess(pid: number, pids: readonly number[]): Known<boolean> {
  if (process.platform !== 'linux') return notKnown('processes are not read on this system');
  let at = pid;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    if (pids.includes(at)) return known(true);
    if (at <= 1) return known(false);
    const stat = textOf(`/proc/${at}/stat`);
    if (stat === null) return step === 0 ? notKnown(`no process ${pid} runs`) : known(false);
    // The name stands in brackets and may hold anything: proc_pid_stat(5), field 4 after the last bracket.
    at = Number(
      stat
        .slice(stat.lastIndexOf(')') + 1)
        .trim()
        .split(' ')[1],
    );
    if (!Number.isInteger(at)) return notKnown('its parent could not be read');
  }
  return notKnown('its ancestry is too deep');
}
