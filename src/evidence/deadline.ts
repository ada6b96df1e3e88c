/** A moment by which evidence must be there: what is not read by then is *not known*. */

export interface Deadline {
  readonly at: number;
  /** Ends the programs that a reading started. */
  readonly signal: AbortSignal;
  hasPassed(): boolean;
}

/** Starts a deadline of `ms` from now. `end` releases its timer; call it once. */
export function startDeadline(ms: number): Deadline & { end(): void } {
  const at = performance.now() + ms;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ms);
  timer.unref();
  return {
    at,
    signal: stop.signal,
    hasPassed: () => performance.now() >= at,
    end: () => clearTimeout(timer),
  };
}
