/** Tries each rule on its own examples: what it must match and what it must not. Pure; reading commands comes from outside. */
import type { Prediction } from '../effects/effect.ts';
import type { Places } from '../evidence/evidence.ts';
import { subjectsOf } from './facts.ts';
import type { Policy } from './load.ts';
import type { Rule, RuleExample } from './rule.ts';

/** Where the examples are taken to be run. */
export const EXAMPLE_PLACES = {
  home: '/home/someone',
  workspace: '/home/someone/code/project',
  temp: ['/tmp', '/var/tmp'],
  belay: ['/home/someone/.local/state/belay', '/home/someone/.config/belay'],
} as const satisfies Places;

export interface ExampleFailure {
  readonly file: string;
  readonly rule: string;
  readonly command: string;
  readonly wanted: 'match' | 'not-match';
}

/** Returns the examples that do not hold. `derive` reads a command as run in `EXAMPLE_PLACES.workspace`. */
export function checkExamples(policy: Policy, derive: (command: string) => Prediction): readonly ExampleFailure[] {
  return policy.rules.flatMap((rule) => [
    ...rule.match
      .filter((example) => !matches(rule, example, derive))
      .map((example) => failure(rule, example, 'match')),
    ...rule.notMatch
      .filter((example) => matches(rule, example, derive))
      .map((example) => failure(rule, example, 'not-match')),
  ]);
}

function matches(rule: Rule, example: RuleExample, derive: (command: string) => Prediction): boolean {
  return derive(example.command).effects.some(
    (effect) =>
      rule.effects.includes(effect.kind) &&
      subjectsOf(effect, null, { places: EXAMPLE_PLACES, agent: null }).some((subject) =>
        rule.meets({ ...subject.facts, ...example.given }),
      ),
  );
}

function failure(rule: Rule, example: RuleExample, wanted: ExampleFailure['wanted']): ExampleFailure {
  return { file: rule.file, rule: rule.id, command: example.command, wanted };
}
