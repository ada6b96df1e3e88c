/** The second checking thread: sleeps until a job comes, works on it beside the first, sleeps again. Ends when it is terminated. */

import { MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { workOn } from './check.ts';
import type { HelperJob } from './checker.ts';
import { loadNative } from './native.ts';
import { readFiles } from './read-ahead.ts';
import { StatReader } from './stat.ts';

const { port, wake } = startData(workerData);
const reader = new StatReader(loadNative());

let seen = 0;
for (;;) {
  for (let message = receiveMessageOnPort(port); message !== undefined; message = receiveMessageOnPort(port)) {
    const job: HelperJob = message.message;
    if ('check' in job) workOn(job.check, reader);
    else readFiles(job.read, reader);
  }
  Atomics.wait(wake, 0, seen);
  seen = Atomics.load(wake, 0);
}

function startData(given: unknown): { port: MessagePort; wake: Int32Array } {
  if (typeof given === 'object' && given !== null && 'port' in given && 'wake' in given) {
    if (given.port instanceof MessagePort && given.wake instanceof Int32Array)
      return { port: given.port, wake: given.wake };
  }
  throw new Error('a checking thread was started without its port');
}
