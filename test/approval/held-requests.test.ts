import { expect, test } from 'vitest';
import { type HeldListener, type HeldRequest, HeldRequests } from '../../src/approval/held-requests.ts';
import type { Answer, JournalRecord } from '../../src/audit/record.ts';
import type { RequestId } from '../../src/protocol/request.ts';

// Promise 7: an approval is for that request, once.
class Records {
  readonly all: JournalRecord[] = [];
  fault: Error | null = null;
  append(record: JournalRecord): Promise<void> {
    if (this.fault !== null) return Promise.reject(this.fault);
    this.all.push(record);
    return Promise.resolve();
  }
  note(record: JournalRecord): void {
    this.all.push(record);
  }
}

function heldRequest(id: string, expiresAt: number | null = null): HeldRequest {
  return {
    id: id as RequestId,
    at: 0,
    details: { digest: `digest of ${id}`, session: 's', cwd: '/', command: 'rm -rf src', expiresAt },
    verdict: { decision: 'ask', reasons: [], obligations: [], grave: false, policy: 'p' },
    evidence: null,
    seam: 'shell-shim',
    agent: null,
    pid: 7,
    startTime: '100',
  };
}

const YES: Answer = { by: 'person', uid: 0, pid: 1, tty: null, granted: true, reason: null, at: 1 };
const never = new AbortController().signal;

test('of a thousand that would consume one approval, one does', async () => {
  const records = new Records();
  const requests = new HeldRequests(records);
  const one = heldRequest('r-abcdefgh');
  requests.takeUp(one, null);
  await requests.answer(one.id, YES);
  const tries = Array.from({ length: 1_000 }, () => requests.wait(one, never));
  let granted = 0;
  for (const tried of tries) void tried.then(({ answer }) => (granted += answer.granted ? 1 : 0)).catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  expect(granted).toBe(1);
  requests.close();
});

test('two cannot wait for the same request', async () => {
  const requests = new HeldRequests(new Records());
  const one = heldRequest('r-abcdefgh');
  const first = requests.wait(one, never);
  await expect(requests.wait(one, never)).rejects.toMatchObject({ code: 'request.not-held' });
  await requests.answer(one.id, YES);
  expect((await first).answer).toEqual(YES);
});

test('an answer that the journal does not take is no answer: the request is still held', async () => {
  const records = new Records();
  const requests = new HeldRequests(records);
  const one = heldRequest('r-abcdefgh');
  let isAnswered = false;
  void requests.wait(one, never).then(() => {
    isAnswered = true;
  });
  records.fault = new Error('no space left');
  await expect(requests.answer(one.id, YES)).rejects.toThrow('no space left');
  expect([isAnswered, requests.list().length]).toEqual([false, 1]);
  records.fault = null;
  await requests.answer(one.id, YES);
  expect(requests.list()).toEqual([]);
});

test('a request expires when its time is over, also when that was before it was taken up', async () => {
  const records = new Records();
  const requests = new HeldRequests(records);
  const waited = await requests.wait(heldRequest('r-aaaaaaaa', Date.now() + 5), never);
  expect(waited.answer).toMatchObject({ by: 'timeout', granted: false });
  const late = heldRequest('r-bbbbbbbb', 1);
  requests.takeUp(late, null);
  await new Promise<void>((resolve) => {
    const stop = requests.listen(((event) => {
      if (event === 'answered') {
        stop();
        resolve();
      }
    }) as HeldListener);
  });
  await expect(requests.answer(late.id, YES)).rejects.toMatchObject({ code: 'request.not-held' });
  expect((await requests.wait(late, never)).answer).toMatchObject({ by: 'timeout', granted: false });
  expect(records.all.map((record) => record.kind)).toEqual(['answer', 'answer']);
});

test('a daemon that stops cancels nothing: its callers ask the next one', async () => {
  const records = new Records();
  const requests = new HeldRequests(records);
  const gone = new AbortController();
  void requests.wait(heldRequest('r-abcdefgh'), gone.signal);
  requests.close();
  gone.abort();
  expect(records.all).toEqual([]);
});

test('a caller finds its request again by command, session, process and its start', () => {
  const requests = new HeldRequests(new Records());
  const one = heldRequest('r-abcdefgh');
  requests.takeUp(one, null);
  const caller = { digest: one.details.digest, session: 's', pid: 7, startTime: '100' };
  expect(requests.find(caller)).toEqual(one);
  for (const other of [{ digest: 'x' }, { session: null }, { pid: 8 }, { startTime: '101' }])
    expect(requests.find({ ...caller, ...other })).toBe(null);
});

test('what nobody comes back for is ended, and a grant that was not used is recorded as not run', () => {
  const records = new Records();
  const requests = new HeldRequests(records);
  requests.takeUp(heldRequest('r-aaaaaaaa'), null);
  requests.takeUp(heldRequest('r-bbbbbbbb'), YES);
  requests.dropGone(() => true);
  expect(requests.list()).toEqual([]);
  expect(records.all).toMatchObject([
    { kind: 'answer', request: 'r-aaaaaaaa', answer: { by: 'caller-gone', granted: false } },
    { kind: 'outcome', request: 'r-bbbbbbbb', exit: null, signal: null },
  ]);
});
