/** The thread that owns the store: takes calls one message at a time and answers each with a value, or an error as data. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { BelayError, causeText } from '../errors.ts';
import { type Engine, openEngine, type SnapshotOptions } from './engine.ts';
import { loadNative } from './native.ts';
import type { Progress, Snapshots, TakeRequest } from './snapshot.ts';

export type OpenOptions = Omit<SnapshotOptions, 'helper' | 'locked' | 'now' | 'between'>;

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
  let engine: Engine | null = null;
  /** Calls that came while a tree was looked at and that have to wait until it is through. */
  const later: ToWorker[] = [];

  /** Lets what is about to run somewhere else be kept at once: it need not wait for another's tree to be read. */
  const between = (): void => {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      const asked: ToWorker = next.message;
      const request = urgentTake(asked);
      const value = request === null ? null : (engine?.takeBetween(request) ?? null);
      if (value === null) later.push(asked);
      else port.postMessage({ kind: 'value', call: asked.call, value });
    }
  };

  const answer = async ({ call, method, given }: ToWorker): Promise<void> => {
    const started = performance.now();
    const progress: Progress = (done) => port.postMessage({ kind: 'progress', call, done });
    try {
      engine ??= openEngine({ ...options, helper: true, locked: true, between });
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
    for (const waiting of later.splice(0)) void answer(waiting);
  };
  port.on('message', (asked: ToWorker) => void answer(asked));
}

/** The take that a call asks for before something runs, or null. */
function urgentTake({ method, given: [request] }: ToWorker): TakeRequest | null {
  if (method !== 'take') return null;
  const asked = request as TakeRequest; // what `open.ts` sent
  return asked.reason.kind === 'release' || asked.reason.kind === 'manual' ? asked : null;
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
