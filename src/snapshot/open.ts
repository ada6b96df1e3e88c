/**
 * The snapshot engine in a thread of its own, so that whoever asks is never blocked. The store's lock is held here, by the
 * process: a thread that dies is started again with the next call, and what it had acknowledged is on disk.
 */

import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BelayError, causeText, isErrorCode } from '../errors.ts';
import { isFull } from './durable.ts';
import { lockStore } from './lock.ts';
import type { Progress, Snapshots } from './snapshot.ts';
import type { FromWorker, OpenOptions, ToWorker } from './worker.ts';
import { workerFile } from './worker-file.ts';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  readonly progress: Progress | undefined;
}

/** Memory of the worker's young objects: more only lets garbage pile up. */
const YOUNG_GENERATION_MB = 8;

/** Opens the store in a worker thread. Throws `snapshot.store-busy`, `snapshot.store-damaged`, `snapshot.store-newer`. */
export async function openSnapshots(options: OpenOptions): Promise<Snapshots> {
  const folder = resolve(options.storeFolder);
  const release = lockedStore(folder);
  const waiting = new Map<number, Waiting>();
  const live: { worker: Worker | null } = { worker: null };
  let calls = 0;
  let closed = false;

  const start = (): Worker => {
    const started = new Worker(workerFile('worker'), {
      workerData: { ...options, storeFolder: folder },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    started.unref();
    started.on('message', (message: FromWorker) => {
      const call = waiting.get(message.call);
      if (message.kind === 'progress') {
        call?.progress?.(message.done);
        return;
      }
      waiting.delete(message.call);
      if (waiting.size === 0) started.unref();
      if (message.kind === 'value') call?.resolve(message.value);
      else call?.reject(revive(message));
    });
    const fail = (why: string): void => {
      if (live.worker === started) live.worker = null;
      for (const call of waiting.values()) call.reject(new BelayError('snapshot.failed', { root: folder, cause: why }));
      waiting.clear();
    };
    started.on('error', (error) => fail(error.message));
    started.on('exit', (code) => fail(`the snapshot thread ended (${code})`));
    return started;
  };

  const ask = <Result>(method: ToWorker['method'], given: readonly unknown[], progress?: Progress): Promise<Result> => {
    if (closed)
      return Promise.reject(new BelayError('snapshot.failed', { root: folder, cause: 'the store is closed' }));
    live.worker ??= start();
    const asked = live.worker;
    const call = ++calls;
    asked.ref();
    return new Promise((fulfil, reject) => {
      waiting.set(call, { resolve: fulfil, reject, progress });
      asked.postMessage({ call, method, given } satisfies ToWorker);
    });
  };

  const snapshots: Snapshots = {
    take: (request, progress) => ask('take', [request], progress),
    list: (filter) => ask('list', [filter]),
    get: (id) => ask('get', [id]),
    plan: (id, asked, progress) => ask('plan', [id, asked], progress),
    rollback: (id, asked, progress) => ask('rollback', [id, asked], progress),
    resume: (progress) => ask('resume', [], progress),
    diff: (id, paths, progress) => ask('diff', [id, paths], progress),
    whereIs: (path) => ask('whereIs', [path]),
    changes: (from, to) => ask('changes', [from, to]),
    verify: (progress) => ask('verify', [], progress),
    prune: (asked) => ask('prune', [asked]),
    usage: () => ask('usage', []),
    async close() {
      if (closed) return;
      if (live.worker !== null) await ask('close', []);
      closed = true;
      await live.worker?.terminate();
      release();
    },
  };
  try {
    await snapshots.list({ limit: 1 });
  } catch (error) {
    closed = true;
    await live.worker?.terminate();
    release();
    throw error;
  }
  return snapshots;
}

function lockedStore(folder: string): () => void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return lockStore(folder);
  } catch (error) {
    if (error instanceof BelayError) throw error;
    const code = isFull(error) ? 'snapshot.no-space' : 'snapshot.store-unusable';
    throw new BelayError(code, { store: folder, cause: causeText(error) }, error);
  }
}

function revive(message: Extract<FromWorker, { kind: 'error' }>): Error {
  const { code, fields } = message;
  return code !== null && isErrorCode(code) ? new BelayError(code, fields) : new Error(message.text);
}
