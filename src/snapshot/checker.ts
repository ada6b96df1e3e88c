/** Checks a known tree, and reads what changed in it, with this thread and, where there is one, a second that waits beside it. */

import { MessageChannel, Worker } from 'node:worker_threads';
import { type CheckJob, checkJob, chunkCount, DONE, workOn } from './check.ts';
import { ReadAhead, type ReadJob, readJob } from './read-ahead.ts';
import type { StatReader } from './stat.ts';
import type { Table } from './table.ts';
import { workerFile } from './worker-file.ts';

/** A tree smaller than this is checked sooner than another thread wakes. */
const PARALLEL_ENTRIES = 4_096;
const HELPER_PATIENCE_MS = 10_000;
/** Room for what is read ahead; files beyond are read by this thread. */
const READ_BYTES = 4 * 1024 * 1024;

/** What the second thread is sent. */
export type HelperJob = { readonly check: CheckJob } | { readonly read: ReadJob };

export class Checker {
  readonly #reader: StatReader;
  readonly #helper: { readonly worker: Worker; send(job: HelperJob): void } | null;
  #bytes: Uint8Array | null = null;

  constructor(reader: StatReader, helper: boolean) {
    this.#reader = reader;
    this.#helper = helper ? startHelper() : null;
  }

  /** Returns the status of every entry. */
  check(table: Table, root: Uint8Array): Uint8Array {
    const job = checkJob(table, root);
    if (this.#helper !== null && table.count >= PARALLEL_ENTRIES) this.#helper.send({ check: job });
    workOn(job, this.#reader);
    const progress = new Int32Array(job.progress);
    const chunks = chunkCount(table.count);
    const deadline = performance.now() + HELPER_PATIENCE_MS;
    for (let done = Atomics.load(progress, DONE); done < chunks; done = Atomics.load(progress, DONE)) {
      Atomics.wait(progress, DONE, done, 1_000);
      if (performance.now() > deadline) return this.#alone(table, root);
    }
    return new Uint8Array(job.status);
  }

  /** Lets the second thread begin to read the files that a check found changed; null when it would not help. */
  readAhead(table: Table, root: Uint8Array, status: Uint8Array, changed: Int32Array): ReadAhead | null {
    if (this.#helper === null) return null;
    const job = readJob(table, root, { status, changed }, () => {
      this.#bytes ??= new Uint8Array(new SharedArrayBuffer(READ_BYTES));
      return this.#bytes;
    });
    if (job === null) return null;
    this.#helper.send({ read: job });
    return new ReadAhead(job);
  }

  async close(): Promise<void> {
    await this.#helper?.worker.terminate();
  }

  #alone(table: Table, root: Uint8Array): Uint8Array {
    const job = checkJob(table, root);
    workOn(job, this.#reader);
    return new Uint8Array(job.status);
  }
}

function startHelper(): { worker: Worker; send(job: HelperJob): void } {
  const wake = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(workerFile('check-worker'), {
    workerData: { port: port2, wake },
    transferList: [port2],
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
  });
  worker.unref();
  port1.unref();
  return {
    worker,
    send(job) {
      port1.postMessage(job);
      Atomics.add(wake, 0, 1);
      Atomics.notify(wake, 0);
    },
  };
}
