/** Tries the rules on their own examples when the daemon has started: what does not hold is told, and the judge is warm for the first agent. */
import { setImmediate as turn } from 'node:timers/promises';
import { checkExamples, failureText } from '../policy/examples.ts';
import type { Policy } from '../policy/load.ts';

/** Calls `tell` with each example that does not hold. Others get a turn after every rule. */
export async function tryRules(policy: Policy, tell: (words: string) => void): Promise<void> {
  for (const rule of policy.rules) {
    for (const failure of checkExamples({ ...policy, rules: [rule] })) tell(failureText(failure));
    await turn();
  }
}
