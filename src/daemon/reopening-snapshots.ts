/**
 * The snapshot store for a daemon that must run without it: opened in the background, and when it can't be, every call
 * fails with the reason and a later one tries again.
 */
import { BelayError, causeText } from '../errors.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';

/** A store that could not be opened is left alone for so long. */
const TRY_AGAIN_MS = 1_000;

export class ReopeningSnapshots implements Snapshots {
  readonly #open: () => Promise<Snapshots>;
  #opening: Promise<Snapshots> | null = null;
  #fault: unknown = null;
  #failedAt = 0;
  #isClosed = false;

  constructor(open: () => Promise<Snapshots>) {
    this.#open = open;
    this.#store().catch(() => {}); // shows in `health`, and in every call
  }

  /** Null when the store is open or being opened; else why it is not, and what to do. */
  health(): string | null {
    if (this.#fault === null) return null;
    return `${causeText(this.#fault)}. ${this.#fault instanceof BelayError ? this.#fault.next : 'Nothing can be saved until then.'}`;
  }

  take(...given: Parameters<Snapshots['take']>): ReturnType<Snapshots['take']> {
    return this.#store().then((store) => store.take(...given));
  }

  list(...given: Parameters<Snapshots['list']>): ReturnType<Snapshots['list']> {
    return this.#store().then((store) => store.list(...given));
  }

  get(...given: Parameters<Snapshots['get']>): ReturnType<Snapshots['get']> {
    return this.#store().then((store) => store.get(...given));
  }

  plan(...given: Parameters<Snapshots['plan']>): ReturnType<Snapshots['plan']> {
    return this.#store().then((store) => store.plan(...given));
  }

  rollback(...given: Parameters<Snapshots['rollback']>): ReturnType<Snapshots['rollback']> {
    return this.#store().then((store) => store.rollback(...given));
  }

  resume(...given: Parameters<Snapshots['resume']>): ReturnType<Snapshots['resume']> {
    return this.#store().then((store) => store.resume(...given));
  }

  diff(...given: Parameters<Snapshots['diff']>): ReturnType<Snapshots['diff']> {
    return this.#store().then((store) => store.diff(...given));
  }

  whereIs(...given: Parameters<Snapshots['whereIs']>): ReturnType<Snapshots['whereIs']> {
    return this.#store().then((store) => store.whereIs(...given));
  }

  changes(...given: Parameters<Snapshots['changes']>): ReturnType<Snapshots['changes']> {
    return this.#store().then((store) => store.changes(...given));
  }

  verify(...given: Parameters<Snapshots['verify']>): ReturnType<Snapshots['verify']> {
    return this.#store().then((store) => store.verify(...given));
  }

  prune(...given: Parameters<Snapshots['prune']>): ReturnType<Snapshots['prune']> {
    return this.#store().then((store) => store.prune(...given));
  }

  usage(): ReturnType<Snapshots['usage']> {
    return this.#store().then((store) => store.usage());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const store = await this.#opening?.catch(() => null);
    await store?.close();
  }

  #store(): Promise<Snapshots> {
    if (this.#opening !== null) return this.#opening;
    if (this.#isClosed || Date.now() - this.#failedAt < TRY_AGAIN_MS) return Promise.reject(this.#fault);
    this.#opening = this.#open().then(
      (store) => {
        this.#fault = null;
        return store;
      },
      (thrown: unknown) => {
        this.#fault = thrown;
        this.#failedAt = Date.now();
        this.#opening = null;
        throw thrown;
      },
    );
    return this.#opening;
  }
}
