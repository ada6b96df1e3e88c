import { expect, test } from 'vitest';
import { answeredText } from '../../src/cli/answer.ts';
import { scopeOf, untilOf } from '../../src/cli/answer-scope.ts';
import { formatGrant } from '../../src/cli/grants.ts';
import { AT, id, verdictOf } from './builders.ts';

const DAY = 86_400_000;

test.each([
  [{}, 'once'],
  [{ session: true }, 'session'],
  [{ session: true, until: '2h' }, 'session'],
  [{ rule: true }, 'rule'],
  [{ rule: true, kind: true, until: '7d' }, 'kind'],
] as const)('the options %o approve %s', (flags, scope) => {
  expect(scopeOf(flags)).toBe(scope);
});

test.each([[{ session: true, rule: true }], [{ kind: true }], [{ until: '7d' }], [{ session: true, kind: true }]])(
  'options that do not go together are refused: %o',
  (flags) => {
    expect(() => scopeOf(flags)).toThrow(/--/);
  },
);

test('an end is a span from now, or a day to come', () => {
  expect(['30m', '12h', '7d', '2w'].map((text) => untilOf(text, AT) - AT)).toEqual([
    1_800_000,
    12 * 3_600_000,
    7 * DAY,
    14 * DAY,
  ]);
  expect(untilOf('2027-01-31', AT)).toBe(Date.UTC(2027, 0, 31));
  for (const text of ['soon', '7', '-1d', '2020-01-01', '2027-13-01', '']) expect(() => untilOf(text, AT)).toThrow();
});

const request = {
  id: id('r-4kq2abcd'),
  at: AT,
  command: 'rm -rf src\x1b[2J',
  cwd: '/w',
  session: 'z-1',
  agent: null,
  expiresAt: null,
  verdict: verdictOf('ask', []),
  evidence: null,
  wider: ['rm in /w (files.delete.folder)'],
};
const answer = { by: 'person', uid: 1, pid: 1, tty: null, granted: true, reason: null, at: AT } as const;

test('who approves is told what it changes from now on, and how to take it back', () => {
  expect(answeredText({ request, answer, wrote: null })).toBe('approved r-4kq2abcd: rm -rf src\\x1b[2J');
  expect(answeredText({ request, answer: { ...answer, scope: 'session', grant: 'g-4kq2abcd' }, wrote: null })).toBe(
    `approved r-4kq2abcd: rm -rf src\\x1b[2J
for the rest of session z-1 this runs unasked:
  rm in /w (files.delete.folder)
take it back with: belay grants revoke g-4kq2abcd`,
  );
  const wrote = { file: '/h/config.toml', text: '[[rule]]\nid = "grant.4kq2abcd"\n' };
  expect(answeredText({ request, answer: { ...answer, scope: 'rule', grant: 'grant.4kq2abcd' }, wrote })).toBe(
    `approved r-4kq2abcd: rm -rf src\\x1b[2J
added to /h/config.toml:
  [[rule]]
  id = "grant.4kq2abcd"
take it back with: belay grants revoke grant.4kq2abcd`,
  );
});

test('a grant is listed with what it covers and how long it holds', () => {
  const grant = {
    id: 'g-1',
    kind: 'session',
    session: 'z-1',
    decision: 'allow',
    about: request.wider,
    isRevocable: true,
  } as const;
  expect(formatGrant({ ...grant, expiresAt: null }, false, AT)).toBe(
    'g-1\n  holds  while session z-1 runs\n  allow  rm in /w (files.delete.folder)',
  );
  const own = { ...grant, id: 'my.own', kind: 'rule', session: null, isRevocable: false } as const;
  expect(formatGrant({ ...own, expiresAt: AT - DAY }, false, AT)).toContain('(1 day ago: it is over)');
  expect(formatGrant({ ...own, expiresAt: AT + DAY }, false, AT)).toContain('written  by you');
});
