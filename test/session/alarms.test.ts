import { expect, test } from 'vitest';
import { type AlarmParts, Alarms } from '../../src/session/alarms.ts';

const ALARM = { deleted: 100, seconds: 0.3, sample: ['/w/a'] };

type Given = Awaited<ReturnType<AlarmParts['ask']>>;

/** A session's brake, its person and its clock, all by hand. */
function stage() {
  const done: string[] = [];
  const asked: { answer: (given: Given) => void; fail: (why: Error) => void }[] = [];
  const clock = { ms: 0 };
  const alarms = new Alarms({
    ask: () => new Promise((answer, fail) => asked.push({ answer, fail })),
    brake: { stop: () => done.push('stop'), go: () => done.push('go'), end: () => done.push('end') },
    stands: (isStanding) => done.push(isStanding ? 'stands' : 'over'),
    say: () => {},
    now: () => clock.ms,
  });
  return { alarms, done, asked, clock };
}

const YES: Given = { granted: true, muted: false, reason: null };

test('one loss is asked about once: alarms that come meanwhile, and on the heels of a yes, are part of it', async () => {
  const { alarms, done, asked, clock } = stage();
  const first = alarms.raise(ALARM);
  await alarms.raise(ALARM);
  expect(asked.length).toBe(1);
  asked[0]?.answer(YES);
  await first;
  clock.ms += 9_000;
  await alarms.raise(ALARM);
  clock.ms += 9_000;
  await alarms.raise(ALARM);
  expect(done).toEqual(['stands', 'stop', 'stop', 'go', 'over']);
});

test('after the loss has rested, the next is asked about again', async () => {
  const { alarms, asked, clock } = stage();
  const first = alarms.raise(ALARM);
  asked[0]?.answer(YES);
  await first;
  clock.ms += 10_000;
  void alarms.raise(ALARM);
  expect(asked.length).toBe(2);
});

test('what a released command explains goes on, and is no yes to what comes next', async () => {
  const { alarms, done, asked } = stage();
  const first = alarms.raise(ALARM);
  asked[0]?.answer({ granted: true, muted: true, reason: null });
  await first;
  expect(done).toEqual(['stands', 'stop', 'go', 'over']);
  void alarms.raise(ALARM);
  expect(asked.length).toBe(2);
});

test('a no ends the session, and so does an alarm about which nobody can be asked', async () => {
  for (const answer of ['no', 'nobody'] as const) {
    const { alarms, done, asked } = stage();
    const first = alarms.raise(ALARM);
    if (answer === 'no') asked[0]?.answer({ granted: false, muted: false, reason: 'stop' });
    else asked[0]?.fail(new Error('away'));
    await first;
    expect(done).toEqual(['stands', 'stop', 'end', 'over']);
  }
});

test('a session that is over ends nothing for a question that is still open', async () => {
  const { alarms, done, asked } = stage();
  const first = alarms.raise(ALARM);
  alarms.close();
  asked[0]?.fail(new Error('closed'));
  await first;
  expect(done).toEqual(['stands', 'stop', 'over']);
});
