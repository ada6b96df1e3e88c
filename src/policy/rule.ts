/** A rule as it is written in TOML, and as it is judged by. The schema is strict: an unknown key is an error that names it. */
import { z } from 'zod';
import { type EffectKind, KINDS } from '../effects/effect.ts';
import { conditions, type Meets } from './condition.ts';
import type { Decision } from './verdict.ts';

/** How reversible risk is treated. */
export const PROFILES = ['careful', 'balanced', 'trusting'] as const;
export type Profile = (typeof PROFILES)[number];

export const decision = z.enum(['allow', 'ask', 'deny']);
export const ruleId = z
  .string()
  .regex(/^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+$/, 'must be dotted lower-case words, such as files.delete.home');
export const effectKind = z.custom<EffectKind>((value) => typeof value === 'string' && Object.hasOwn(KINDS, value), {
  error: (issue) => `there is no effect ${String(issue.input)}`,
});
export const effectKinds = z.union([effectKind, z.array(effectKind).min(1)]);

/** A command that a rule is tried on; `given` overrides facts as evidence would. */
export const example = z.union([
  z.string(),
  z.strictObject({
    command: z.string(),
    given: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  }),
]);

/** A rule of Belay's own files. */
export const writtenRule = z.strictObject({
  id: ruleId,
  risk: ruleId,
  effect: effectKinds,
  when: conditions.optional(),
  unless: conditions.optional(),
  decision: z.union([decision, z.strictObject({ careful: decision, balanced: decision, trusting: decision })]),
  /** A catastrophe: nothing but another mode clears it. */
  grave: z.boolean().default(false),
  /** What it is about must be kept before it runs. */
  snapshot: z.boolean().default(false),
  sentence: z.string().min(1),
  clears: z.string().optional(),
  instead: z.string().optional(),
  match: z.array(example).default([]),
  'not-match': z.array(example).default([]),
});

/** Kinds that are no risk by themselves, each with the reason. */
const harmless = z.strictObject({ effect: effectKinds, why: z.string().min(1) });

export const ruleFile = z.strictObject({
  rule: z.array(writtenRule).default([]),
  harmless: z.array(harmless).default([]),
});

export interface RuleExample {
  readonly command: string;
  readonly given: Readonly<Record<string, string | number | boolean>>;
}

/** Returns an example as rules are tried on it. */
export function exampleOf(written: z.infer<typeof example>): RuleExample {
  return typeof written === 'string'
    ? { command: written, given: {} }
    : { command: written.command, given: written.given ?? {} };
}

/** A rule made ready for judging. */
export interface Rule {
  readonly id: string;
  readonly risk: string;
  readonly effects: readonly EffectKind[];
  readonly meets: Meets;
  readonly decision: Readonly<Record<Profile, Decision>>;
  readonly grave: boolean;
  readonly snapshot: boolean;
  readonly sentence: string;
  readonly clears: string | null;
  readonly instead: string | null;
  readonly match: readonly RuleExample[];
  readonly notMatch: readonly RuleExample[];
  readonly file: string;
}
