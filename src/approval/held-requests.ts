/**
 * Requests that wait for a person. A request is answered once: by a person, by running out of time, or by its caller going
 * away. An answer is in the journal before anybody hears of it, and a request survives a restart of the daemon: its caller
 * finds it again, answered or not.
 *
 *   hold ──▶ waiting ──▶ answered ──▶ consumed by its caller, once
 *              │
 *              └─ caller gone ──▶ cancelled (after a restart: waits for the caller to come back)
 */
import type { Answer, HeldDetails, Journal } from '../audit/record.ts';
import { BelayError } from '../errors.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { GrantedKind } from '../policy/grants.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Request, RequestId } from '../protocol/request.ts';

/** Of a shorter start it is by chance that it names only one. */
const MIN_ID_CHARS = 'r-'.length + 3;

export interface HeldRequest {
  readonly id: RequestId;
  readonly at: number;
  readonly details: HeldDetails;
  readonly verdict: Verdict;
  readonly evidence: Evidence | null;
  readonly seam: Request['seam'];
  readonly agent: string | null;
  readonly pid: number | null;
  /** Start time of the pid, so that a reused one is told apart. */
  readonly startTime: string | null;
  /** What a yes may be widened to; absent when it can't be, as after a restart. */
  readonly wider?: { readonly kinds: readonly GrantedKind[]; readonly workspace: string };
}

/** The answer, and what the person who gave it had been shown. */
export interface Answered {
  readonly answer: Answer;
  readonly seen: Evidence | null;
}

/** Who asks again for a request that an earlier daemon held. */
export interface Caller {
  readonly digest: string;
  readonly session: string | null;
  readonly pid: number | null;
  readonly startTime: string | null;
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
  readonly #journal: Pick<Journal, 'append' | 'note'>;
  #isClosed = false;

  constructor(journal: Pick<Journal, 'append' | 'note'>) {
    this.#journal = journal;
  }

  /**
   * Waits for the answer to `held`, and consumes it. `gone` aborts when the caller goes away, which cancels the request.
   * Throws `request.not-held` when another caller waits for it.
   */
  wait(held: HeldRequest, gone: AbortSignal): Promise<Answered> {
    const before = this.#entries.get(held.id);
    if (before !== undefined && before.settle !== null) {
      return Promise.reject(new BelayError('request.not-held', { id: held.id, state: 'another process waits for it' }));
    }
    if (before !== undefined && before.answer !== null) {
      this.#entries.delete(held.id);
      return Promise.resolve({ answer: before.answer, seen: before.held.evidence });
    }
    return new Promise((resolve) => {
      const entry: Entry = before ?? { held, answer: null, settle: null, timer: null };
      entry.settle = (answer) => {
        gone.removeEventListener('abort', cancel);
        this.#entries.delete(held.id);
        resolve({ answer, seen: entry.held.evidence });
      };
      const cancel = (): void => this.#answerItself(entry, 'caller-gone', 'the caller went away');
      this.#entries.set(held.id, entry);
      this.#startTimer(entry);
      if (gone.aborted) cancel();
      else gone.addEventListener('abort', cancel, { once: true });
      if (before === undefined) this.#tell('held', held, null);
    });
  }

  /** Takes up a request that was held when an earlier daemon died: it waits for its caller to come back. */
  takeUp(held: HeldRequest, answer: Answer | null): void {
    if (this.#entries.has(held.id)) return;
    const entry: Entry = { held, answer, settle: null, timer: null };
    this.#entries.set(held.id, entry);
    if (answer === null) this.#startTimer(entry);
  }

  /** Returns the request that a returning caller left behind, or null: the same command of the same process. */
  find(caller: Caller): HeldRequest | null {
    for (const { held, settle } of this.#entries.values()) {
      const { digest, session } = held.details;
      const isSame = held.pid === caller.pid && held.startTime === caller.startTime;
      if (settle === null && isSame && digest === caller.digest && session === caller.session) return held;
    }
    return null;
  }

  /** Returns whether the request was held by an earlier daemon and its caller has not come back yet. */
  isLeftBehind(id: RequestId): boolean {
    return this.#entries.get(id)?.settle === null;
  }

  /** Returns what an id or a unique start of it names. Throws `request.unknown`, `request.not-held`. */
  get(id: string): HeldRequest {
    const wanted = id.startsWith('r-') ? id : `r-${id}`;
    const isEnough = wanted.length >= MIN_ID_CHARS;
    const matches = [...this.#entries.values()].filter(({ held }) => isEnough && held.id.startsWith(wanted));
    const [only] = matches;
    if (only !== undefined && matches.length === 1) {
      if (only.answer !== null) throw new BelayError('request.not-held', { id, state: 'it is answered' });
      return only.held;
    }
    const near = matches.length > 1 ? matches.map(({ held }) => held.id) : this.list().map((held) => held.id);
    const some = near.slice(0, 5).join(', ');
    throw new BelayError('request.unknown', { id, near: some === '' ? '; nothing is held' : `; held now: ${some}` });
  }

  /**
   * Answers a request. Durable when it resolves; only then the caller, if it waits, is told, else the answer is kept until
   * it comes back. Throws `request.not-held`, and what the journal throws: then it is still held.
   */
  async answer(id: RequestId, answer: Answer): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.answer !== null) {
      throw new BelayError('request.not-held', { id, state: 'it was answered or cancelled' });
    }
    entry.answer = answer;
    try {
      await this.#journal.append({ kind: 'answer', request: id, answer });
    } catch (thrown) {
      entry.answer = null;
      throw thrown;
    }
    this.#close(entry, answer);
  }

  /** Ends what a session that is over left behind. */
  dropSession(session: string): void {
    this.#dropIf(({ held }) => held.details.session === session, 'its session ended');
  }

  /** Ends what was left behind by callers that are gone. `isGone` is asked of each that has not come back. */
  dropGone(isGone: (held: HeldRequest) => boolean): void {
    this.#dropIf(({ held }) => isGone(held), 'the caller went away');
  }

  /** Ends what a caller came back for and, judged anew, did not have to wait for. */
  dropUnneeded(id: RequestId): void {
    this.#dropIf(({ held }) => held.id === id, 'it was judged anew');
  }

  /** Those that wait for an answer, oldest first. */
  list(): readonly HeldRequest[] {
    return [...this.#entries.values()].filter((entry) => entry.answer === null).map((entry) => entry.held);
  }

  listen(listener: HeldListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops the clocks. Callers that wait are not cancelled: they notice that the daemon is gone, and ask the next one. */
  close(): void {
    this.#isClosed = true;
    for (const entry of this.#entries.values()) if (entry.timer !== null) clearTimeout(entry.timer);
  }

  #startTimer(entry: Entry): void {
    const { expiresAt } = entry.held.details;
    if (expiresAt === null || entry.timer !== null) return;
    const leftMs = Math.min(Math.max(0, expiresAt - Date.now()), 2 ** 31 - 1);
    entry.timer = setTimeout(() => this.#answerItself(entry, 'timeout', 'nobody answered in time'), leftMs);
    entry.timer.unref();
  }

  #dropIf(isMeant: (entry: Entry) => boolean, why: string): void {
    for (const [id, entry] of this.#entries) {
      if (entry.settle !== null || !isMeant(entry)) continue;
      if (entry.answer === null) this.#answerItself(entry, 'caller-gone', why);
      else if (entry.answer.granted)
        this.#journal.note({ kind: 'outcome', request: id, exit: null, signal: null, ms: 0 }); // it was not run
      this.#entries.delete(id);
    }
  }

  /** A refusal that nobody gave: nothing runs by it, so that nobody waits for the disk. */
  #answerItself(entry: Entry, by: Answer['by'], reason: string): void {
    if (this.#isClosed || entry.answer !== null) return;
    const answer: Answer = { by, uid: null, pid: null, tty: null, granted: false, reason, at: Date.now() };
    entry.answer = answer;
    this.#journal.note({ kind: 'answer', request: entry.held.id, answer });
    this.#close(entry, answer);
  }

  #close(entry: Entry, answer: Answer): void {
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.settle?.(answer);
    this.#tell('answered', entry.held, answer);
  }

  #tell(event: 'held' | 'answered', held: HeldRequest, answer: Answer | null): void {
    for (const listener of this.#listeners) listener(event, held, answer);
  }
}
