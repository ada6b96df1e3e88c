/** The guarded sessions that run now, and the question on which approvals hang: is this process inside one of them. */
import { ancestry, initialVariable, processInfo } from '../platform/process-info.ts';

export interface Session {
  readonly id: string;
  /** The `belay run` process: every process of the session descends from it. */
  readonly pid: number;
  readonly startTime: string;
  readonly workspace: string;
  readonly agent: string | null;
  readonly command: readonly string[];
  /** Device number of the pseudo-terminal that the session's programs see, or null. */
  readonly terminal: number | null;
  readonly startedAt: number;
}

export class Sessions {
  readonly #byId = new Map<string, Session>();

  add(session: Session): void {
    this.#byId.set(session.id, session);
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  get(id: string): Session | null {
    return this.#byId.get(id) ?? null;
  }

  list(): readonly Session[] {
    return [...this.#byId.values()];
  }

  /**
   * Returns the id of the guarded session that the process belongs to, or null. It belongs to one when it descends from
   * its `belay run` (which adopts orphans, so that a double fork does not lead out), when it has the session's terminal,
   * or when it was started with the session's mark in its environment. A process that is gone, or whose pid is another's by
   * now (`startTime` is that of the one that connected), belongs to `unknown`.
   */
  insideOf(pid: number | null, startTime: string | null): string | null {
    if (process.platform !== 'linux') return null;
    if (pid === null) return 'unknown';
    const chain = ancestry(pid);
    const [self] = chain;
    if (self === undefined || self.startTime !== startTime) return 'unknown';
    for (const session of this.#byId.values()) {
      const root = chain.findIndex((one) => one.pid === session.pid && one.startTime === session.startTime);
      if (root > 0) return session.id;
      if (session.terminal !== null && self.terminal === session.terminal) return session.id;
    }
    for (const { pid: ancestor } of chain) {
      const mark = initialVariable(ancestor, 'BELAY_SESSION');
      if (mark !== null && mark !== '') return mark;
    }
    return null;
  }

  /** Returns whether the session's `belay run` is still that process. */
  isRunning(session: Session): boolean {
    return processInfo(session.pid)?.startTime === session.startTime;
  }
}
