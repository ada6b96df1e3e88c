import { describe, expect, test } from 'vitest';
import { known } from '../../src/evidence/evidence.ts';
import { decide } from '../../src/policy/decide.ts';
import { builtinPolicy, context, effect, evidenceOf, onPath, path, predicted } from './support.ts';

const policy = builtinPolicy();
const removal = predicted(effect('fs.delete', [path('src')], { recursive: true, force: true }, 'rm'));

describe('the same removal is judged by what it would lose', () => {
  test.each([
    [
      'git holds all of it',
      { git: known({ clean: 12, modified: 0, untracked: 0, ignored: 0 }), files: known(12) },
      'allow',
    ],
    [
      'three files are changed',
      { git: known({ clean: 9, modified: 3, untracked: 0, ignored: 0 }), files: known(12) },
      'ask',
    ],
    ['it is the only copy', { git: known(null), files: known(12) }, 'ask'],
    ['nothing is there', { exists: known(false), files: known(0) }, 'allow'],
    ['the session made it', { sessionMade: known(true), git: known(null) }, 'allow'],
    ['a manifest makes it again', { regenerable: known('npm ci'), git: known(null) }, 'allow'],
    [
      'it is a folder of a thousand files in git',
      { git: known({ clean: 1000, modified: 0, untracked: 0, ignored: 0 }), files: known(1000) },
      'ask',
    ],
  ] as const)('when %s', (_, found, decision) => {
    expect(decide(removal, evidenceOf(onPath(found)), policy, context()).decision).toBe(decision);
  });

  test('and is held when nothing could be looked at', () => {
    expect(decide(removal, null, policy, context()).decision).toBe('ask');
  });
});

test('a reason says in one sentence what would be lost, and shows what was found', () => {
  const verdict = decide(
    removal,
    evidenceOf(
      onPath({
        files: known(12),
        bytes: known(49_152),
        git: known({ clean: 9, modified: 2, untracked: 1, ignored: 0 }),
      }),
    ),
    policy,
    context(),
  );
  expect(verdict.reasons[0]).toMatchObject({
    rule: 'files.delete.folder',
    risk: 'loss.files',
    sentence: 'rm would remove /home/someone/code/project/src: 12 files, 48 KB; 3 of them git could not bring back',
    evidence: ['/home/someone/code/project/src: 12 files, 48 KB, 2 changed, 1 untracked'],
    instead: 'git status --short -- /home/someone/code/project/src',
  });
});

test('what is removed and let through is kept in a snapshot first', () => {
  const verdict = decide(
    removal,
    evidenceOf(onPath({ files: known(2), git: known({ clean: 2, modified: 0, untracked: 0, ignored: 0 }) })),
    policy,
    context(),
  );
  expect(verdict).toMatchObject({
    decision: 'allow',
    obligations: [{ kind: 'snapshot', paths: ['/home/someone/code/project/src'] }],
  });
});

test('a home folder is never taken away, whatever the profile and whatever the person allows', () => {
  const all = builtinPolicy('[[rule]]\ndecision = "allow"\nrisk = "*.*"\n');
  const home = predicted(effect('fs.delete', [path('/home/someone')], { recursive: true }, 'rm'));
  for (const profile of ['careful', 'balanced', 'trusting'] as const) {
    expect(decide(home, null, all, context({ profile }))).toMatchObject({
      decision: 'deny',
      grave: true,
      obligations: [],
    });
  }
});

test('the strictest of all effects counts, and stands first', () => {
  const verdict = decide(
    predicted(effect('git.push', [], { force: 'force' }, 'git push'), effect('guard.approve', [], {}, 'belay')),
    null,
    policy,
    context(),
  );
  expect(verdict.decision).toBe('deny');
  expect(verdict.reasons.map((reason) => reason.rule)).toEqual(['guard.approve', 'git.push.force']);
});

test('an effect that no rule speaks to is allowed without a word', () => {
  expect(decide(predicted(effect('fs.read', [path('a')])), null, policy, context())).toMatchObject({
    decision: 'allow',
    reasons: [],
    obligations: [],
    grave: false,
  });
});

test('a sentence never carries control characters of hostile text', () => {
  const name = 'a\u001b[2Jb\u202ec\nd';
  const verdict = decide(
    predicted(effect('fs.delete', [path(`/home/someone/${name}`)], { recursive: true }, 'rm')),
    null,
    policy,
    context(),
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(verdict.reasons[0]?.sentence).not.toMatch(/[\u0000-\u001f\u202e]/);
});

describe('profiles treat what can be undone differently', () => {
  test.each([
    ['careful', 'ask'],
    ['balanced', 'ask'],
    ['trusting', 'allow'],
  ] as const)('%s', (profile, decision) => {
    expect(decide(removal, null, policy, context({ profile })).decision).toBe(decision);
  });
});
