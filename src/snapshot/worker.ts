/** The thread that owns the store: takes calls one message at a time and answers each with a value, or an error as data. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { BelayError, causeText } from '../errors.ts';
import { openEngine, type SnapshotOptions } from './engine.ts';
import { loadNative } from './native.ts';
import type { Progress, Snapshots } from './snapshot.ts';

export type OpenOptions = Omit<SnapshotOptions, 'helper' | 'locked' | 'now'>;

/** A call of one method of the engine. */
export interface ToWorker {
  readonly call: number;
  readonly method: keyof Snapshots;
  readonly given: readonly unknown[];
}

export type FromWorker =
  | { readonly kind: 'value'; readonly call: number; readonly value: never }
  | {
      readonly kind: 'error';
      readonly call: number;
      readonly code: string | null;
      readonly fields: Readonly<Record<string, string>>;
      readonly text: string;
    }
  | { readonly kind: 'progress'; readonly call: number; readonly done: Parameters<Progress>[0] };

/** Methods whose last parameter is told of progress. */
const REPORTING = new Set<keyof Snapshots>(['take', 'plan', 'rollback', 'resume', 'diff', 'verify']);

/** A call this long has made garbage that an idle thread would keep for ever. */
const LONG_MS = 1_000;

const port = parentPort;
if (port !== null) {
  const options: SnapshotOptions = workerData;
  let engine: Snapshots | null = null;
  port.on('message', async ({ call, method, given }: ToWorker) => {
    const started = performance.now();
    const progress: Progress = (done) => port.postMessage({ kind: 'progress', call, done });
    try {
      engine ??= openEngine({ ...options, helper: true, locked: true });
      const act: (...all: readonly unknown[]) => Promise<unknown> = engine[method].bind(engine) as never;
      const value = await act(...given, ...(REPORTING.has(method) ? [progress] : []));
      port.postMessage({ kind: 'value', call, value });
      if (performance.now() - started > LONG_MS) collect();
    } catch (error) {
      const known = error instanceof BelayError ? error : null;
      port.postMessage({
        kind: 'error',
        call,
        code: known?.code ?? null,
        fields: known?.fields ?? {},
        text: causeText(error),
      });
    }
  });
}

/**
 * Collects garbage now and gives its memory back: V8 has no other way to ask for it from inside, and an idle thread would keep
 * it for ever. The second time finds what the first one let go of (measured: 20 MB of a daemon's 150).
 */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc !== 'function') return;
  gc();
  gc();
  loadNative()?.trimMemory();
}
