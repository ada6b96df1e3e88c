import { expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import { type Asked, consume, covers, digestOf, type Grant } from '../../src/policy/grants.ts';
import { builtinPolicy, context, effect, path, predicted } from './support.ts';

const policy = builtinPolicy();
const removal = predicted(effect('fs.delete', [path('src')], { recursive: true }, 'rm'));
const digest = digestOf('rm -rf src', '/w', removal);
const asked: Asked = {
  digest,
  session: 's-1',
  workspace: '/w',
  verdict: decide(removal, null, policy, context()),
  now: 1000,
};
const exact: Grant = {
  id: 'g-1',
  scope: { kind: 'exact', digest },
  once: true,
  session: null,
  expiresAt: null,
  usedAt: null,
};

test('a grant of this exact thing covers it, once', () => {
  expect(covers(exact, asked)).toBe(true);
  expect(covers(consume(exact, 1001), asked)).toBe(false);
});

test('another target, folder or command needs another approval', () => {
  const other = predicted(effect('fs.delete', [path('docs')], { recursive: true }, 'rm'));
  expect(
    new Set([
      digest,
      digestOf('rm -rf src', '/w', other),
      digestOf('rm -rf src', '/v', removal),
      digestOf('rm -fr src', '/w', removal),
    ]).size,
  ).toBe(4);
});

test('a grant for one session does not reach another', () => {
  expect(covers({ ...exact, once: false, session: 's-1' }, asked)).toBe(true);
  expect(covers({ ...exact, once: false, session: 's-2' }, asked)).toBe(false);
});

test('a grant of a kind covers only what its rules ask about, here, until its end', () => {
  const kind: Grant = {
    ...exact,
    once: false,
    scope: { kind: 'rules', rules: ['files.delete.folder'], workspace: '/w' },
    expiresAt: 2000,
  };
  expect(covers(kind, asked)).toBe(true);
  expect(covers(kind, { ...asked, workspace: '/v' })).toBe(false);
  expect(covers(kind, { ...asked, now: 2000 })).toBe(false);
  const more = decide(predicted(...removal.effects, effect('system.power')), null, policy, context());
  expect(covers(kind, { ...asked, verdict: more })).toBe(false);
});

test('a catastrophe is never covered by a kind, and a denial by nothing', () => {
  const above = decide(
    predicted(effect('fs.delete', [path('/home/someone/code/project')], { recursive: true }, 'rm')),
    null,
    policy,
    context(),
  );
  expect(above.grave).toBe(true);
  const kind: Grant = {
    ...exact,
    scope: { kind: 'rules', rules: above.reasons.map((reason) => reason.rule), workspace: '/w' },
  };
  expect(covers(kind, { ...asked, verdict: above })).toBe(false);
  expect(covers({ ...exact, once: false }, { ...asked, verdict: above })).toBe(false);
  expect(covers(exact, { ...asked, verdict: { ...above, decision: 'deny' } })).toBe(false);
});
