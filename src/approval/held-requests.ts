/**
 * Requests that wait for a person. A request is answered once: by a person, by running out of time, or by its caller going
 * away. Each survives a restart of the daemon: it is in the journal before anyone is told to wait, and a caller that comes
 * back for it finds it by its digest, answered or not.
 *
 *   hold ──▶ waiting ──▶ answered ──▶ consumed by its caller, once
 *              │
 *              └─ caller gone ──▶ cancelled (after a restart: waits for the caller to come back)
 */
import type { Answer, HeldDetails } from '../audit/record.ts';
import { BelayError } from '../errors.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Request, RequestId } from '../protocol/request.ts';

export interface HeldRequest {
  readonly id: RequestId;
  readonly at: number;
  readonly details: HeldDetails;
  readonly verdict: Verdict;
  readonly evidence: Evidence | null;
  readonly seam: Request['seam'];
  readonly agent: string | null;
  readonly pid: number | null;
}

interface Entry {
  readonly held: HeldRequest;
  answer: Answer | null;
  /** Set while a caller waits; null after a restart until it comes back. */
  settle: ((answer: Answer) => void) | null;
  timer: NodeJS.Timeout | null;
}

/** Told of every change, for `belay review` and sessions that show a mark. */
export type HeldListener = (event: 'held' | 'answered', held: HeldRequest, answer: Answer | null) => void;

export class HeldRequests {
  readonly #entries = new Map<RequestId, Entry>();
  readonly #listeners = new Set<HeldListener>();

  /** Waits for the answer to `held`. `gone` aborts when the caller goes away, which cancels the request. */
  wait(held: HeldRequest, gone: AbortSignal): Promise<Answer> {
    const before = this.#entries.get(held.id);
    if (before?.answer != null) {
      this.#entries.delete(held.id);
      return Promise.resolve(before.answer);
    }
    return new Promise((resolve) => {
      const entry: Entry = before ?? { held, answer: null, settle: null, timer: null };
      entry.settle = (answer) => {
        gone.removeEventListener('abort', cancel);
        this.#close(entry, answer);
        this.#entries.delete(held.id);
        resolve(answer);
      };
      const cancel = (): void => entry.settle?.(automatic('caller-gone', 'the caller went away'));
      this.#entries.set(held.id, entry);
      this.#startTimer(entry);
      if (gone.aborted) cancel();
      else gone.addEventListener('abort', cancel, { once: true });
      if (before === undefined) this.#tell('held', held, null);
    });
  }

  /** Takes up a request that was held when an earlier daemon died: it waits for its caller to come back. */
  takeUp(held: HeldRequest, answer: Answer | null): void {
    const entry: Entry = { held, answer, settle: null, timer: null };
    this.#entries.set(held.id, entry);
    if (answer === null) this.#startTimer(entry);
  }

  /** Returns the request that a returning caller left behind, or null. */
  find(digest: string, session: string | null): HeldRequest | null {
    for (const { held, settle } of this.#entries.values()) {
      if (settle === null && held.details.digest === digest && held.details.session === session) return held;
    }
    return null;
  }

  /** Returns what an id or a unique start of it names. Throws `request.unknown`, `request.not-held`. */
  get(id: string): HeldRequest {
    const wanted = id.startsWith('r-') ? id : `r-${id}`;
    const matches = [...this.#entries.values()].filter(({ held }) => held.id.startsWith(wanted));
    const [only] = matches;
    if (only !== undefined && matches.length === 1) {
      if (only.answer !== null) throw new BelayError('request.not-held', { id, state: 'it is answered' });
      return only.held;
    }
    const near = [...this.#entries.keys()].slice(0, 5).join(', ');
    throw new BelayError('request.unknown', { id, near: near === '' ? '; nothing is held' : `; held now: ${near}` });
  }

  /** Answers a request. The caller, if it waits, is told at once; else the answer is kept until it comes back. */
  answer(id: RequestId, answer: Answer): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.answer !== null) {
      throw new BelayError('request.not-held', { id, state: 'it was answered or cancelled' });
    }
    if (entry.settle !== null) entry.settle(answer);
    else this.#close(entry, answer);
  }

  /** Ends what a session that is over left behind. */
  dropSession(session: string): readonly HeldRequest[] {
    const dropped: HeldRequest[] = [];
    for (const [id, entry] of this.#entries) {
      if (entry.held.details.session !== session || entry.settle !== null) continue;
      this.#close(entry, automatic('caller-gone', 'its session ended'));
      this.#entries.delete(id);
      dropped.push(entry.held);
    }
    return dropped;
  }

  /** Those that wait for an answer, oldest first. */
  list(): readonly HeldRequest[] {
    return [...this.#entries.values()].filter((entry) => entry.answer === null).map((entry) => entry.held);
  }

  listen(listener: HeldListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops the clocks. Waiting callers are left to notice that the daemon is gone. */
  close(): void {
    for (const entry of this.#entries.values()) if (entry.timer !== null) clearTimeout(entry.timer);
  }

  #startTimer(entry: Entry): void {
    const { expiresAt } = entry.held.details;
    if (expiresAt === null || entry.timer !== null) return;
    const leftMs = Math.min(Math.max(0, expiresAt - Date.now()), 2 ** 31 - 1);
    const expire = (): void => {
      const answer = automatic('timeout', 'nobody answered in time');
      if (entry.settle !== null) entry.settle(answer);
      else this.#close(entry, answer);
    };
    entry.timer = setTimeout(expire, leftMs);
    entry.timer.unref();
  }

  #close(entry: Entry, answer: Answer): void {
    entry.answer = answer;
    if (entry.timer !== null) clearTimeout(entry.timer);
    this.#tell('answered', entry.held, answer);
  }

  #tell(event: 'held' | 'answered', held: HeldRequest, answer: Answer | null): void {
    for (const listener of this.#listeners) listener(event, held, answer);
  }
}

function automatic(by: Answer['by'], reason: string): Answer {
  return { by, uid: null, pid: null, tty: null, granted: false, reason, at: Date.now() };
}
