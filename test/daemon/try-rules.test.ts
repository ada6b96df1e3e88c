import { expect, test } from 'vitest';
import { tryRules } from '../../src/daemon/try-rules.ts';
import { builtinPolicy } from '../policy/support.ts';

test('the rules hold their examples, and one that does not is told', async () => {
  const told: string[] = [];
  const policy = builtinPolicy();
  await tryRules(policy, (words) => told.push(words));
  expect(told).toEqual([]);
  const [first] = policy.rules;
  if (first === undefined) throw new Error('there are no rules');
  await tryRules({ ...policy, rules: [{ ...first, match: [{ command: 'ls', given: {} }] }] }, (words) =>
    told.push(words),
  );
  expect(told).toEqual([`${first.file}: ${first.id} does not meet ls`]);
});
