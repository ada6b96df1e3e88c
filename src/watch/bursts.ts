/**
 * When a tree has come to rest after changes: told of each change, it calls once when some quiet seconds have passed. Never
 * calls twice at once, nor more often than it may; a tree that never rests is called for now and then all the same.
 */

/** How time passes: the machine's own clock, or a test's. */
export interface Clock {
  now(): number;
  /** Calls `act` once after `ms`. Returns what takes that back. */
  after(ms: number, act: () => void): () => void;
}

export interface BurstTimes {
  /** So long nothing changed: the burst is over. */
  readonly quietMs: number;
  /** At least so long from one call to the next. */
  readonly apartMs: number;
  /** A burst that lasts longer than this is called for while it goes on. */
  readonly unrestMs: number;
}

export const BURST_TIMES: BurstTimes = { quietMs: 3_000, apartMs: 10_000, unrestMs: 60_000 };

const MACHINE: Clock = {
  now: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Calls `onRest` after each burst of changes until closed. What it rejects with is dropped: the next burst tries again. */
export class Bursts {
  readonly #times: BurstTimes;
  readonly #clock: Clock;
  readonly #onRest: () => Promise<unknown>;
  #firstAt: number | null = null;
  #lastAt = 0;
  #calledAt = Number.NEGATIVE_INFINITY;
  #isCalling = false;
  #isHeld = false;
  #cancel: (() => void) | null = null;

  constructor(onRest: () => Promise<unknown>, times: BurstTimes = BURST_TIMES, clock: Clock = MACHINE) {
    this.#onRest = onRest;
    this.#times = times;
    this.#clock = clock;
  }

  /** Takes note of a change. Costs next to nothing: one timer a burst, not one a change. */
  changed(): void {
    this.#lastAt = this.#clock.now();
    this.#firstAt ??= this.#lastAt;
    this.#wait();
  }

  /** Calls for nothing until `go`: what is there now is not worth keeping, such as a tree that is being lost. */
  hold(): void {
    this.#isHeld = true;
    this.#firstAt = null;
  }

  go(): void {
    this.#isHeld = false;
    this.#firstAt = null;
  }

  close(): void {
    this.#isHeld = true;
    this.#cancel?.();
    this.#cancel = null;
  }

  #wait(): void {
    if (this.#cancel !== null || this.#isCalling || this.#isHeld || this.#firstAt === null) return;
    this.#cancel = this.#clock.after(Math.max(0, this.#dueAt(this.#firstAt) - this.#clock.now()), () => {
      this.#cancel = null;
      this.#look();
    });
  }

  #dueAt(firstAt: number): number {
    const { quietMs, apartMs, unrestMs } = this.#times;
    return Math.max(Math.min(this.#lastAt + quietMs, firstAt + unrestMs), this.#calledAt + apartMs);
  }

  #look(): void {
    if (this.#isHeld || this.#firstAt === null) return;
    if (this.#clock.now() < this.#dueAt(this.#firstAt)) return this.#wait();
    this.#firstAt = null;
    this.#isCalling = true;
    this.#calledAt = this.#clock.now();
    const end = (): void => {
      this.#isCalling = false;
      this.#wait();
    };
    this.#onRest().then(end, end);
  }
}
