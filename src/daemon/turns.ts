/**
 * Whose request is judged next: a session has only a few under judgement at a time, and the rest of its own wait, so that
 * a flood from one session does not keep another's from being judged. What is held for a person takes no turn.
 */

/** Enough for what runs side by side in an honest session. */
const AT_ONCE = 8;
/** A longer line is a flood, which is slowed: libuv accepts one connection a turn of the event loop, so turns must be short. */
const FLOOD = 64;
const FLOOD_PAUSE_MS = 10;

interface Line {
  busy: number;
  readonly waiting: (() => void)[];
}

export class Turns {
  readonly #lines = new Map<string, Line>();

  /** Resolves when it is the turn of `session`, to what gives the turn back; that may be called more than once. */
  async take(session: string): Promise<() => void> {
    const line = this.#lines.get(session) ?? { busy: 0, waiting: [] };
    this.#lines.set(session, line);
    if (line.busy < AT_ONCE) line.busy++;
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      this.#giveBack(session, line);
    };
  }

  #giveBack(session: string, line: Line): void {
    const next = line.waiting.shift();
    if (next !== undefined) {
      if (line.waiting.length > FLOOD) setTimeout(next, FLOOD_PAUSE_MS);
      else setImmediate(next); // what came from others meanwhile is read first
      return;
    }
    line.busy--;
    if (line.busy === 0) this.#lines.delete(session);
  }
}
