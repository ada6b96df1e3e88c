/** What a daemon does once an hour by the clock that it is handed: the first time an hour after its start, never twice at once. */

const HOUR_MS = 3_600_000;

export class Hourly {
  readonly #act: () => Promise<void>;
  readonly #now: () => number;
  #doneAt: number;
  #isAtIt = false;

  /** `act` says itself what went wrong; what it rejects with is dropped. */
  constructor(act: () => Promise<void>, now: () => number = Date.now) {
    this.#act = act;
    this.#now = now;
    this.#doneAt = now();
  }

  /** To be called every few seconds. A clock that was set back starts the hour anew. */
  look(): void {
    const passed = this.#now() - this.#doneAt;
    if (this.#isAtIt || (passed >= 0 && passed < HOUR_MS)) return;
    this.#doneAt = this.#now();
    if (passed < 0) return;
    this.#isAtIt = true;
    const end = (): void => {
      this.#isAtIt = false;
    };
    this.#act().then(end, end);
  }
}
