/** The answer to a request, as values. Types, and the one order that decisions have. */
import type { Span } from '../effects/effect.ts';

/** In order of strictness. */
export type Decision = 'allow' | 'ask' | 'deny';

/** What must be done before it may run. */
export type Obligation = { readonly kind: 'snapshot'; readonly paths: readonly string[] };

/** One rule's part in a verdict, in words for a person. */
export interface Reason {
  /** The rule's stable id: `files.delete.only-copy`. */
  readonly rule: string;
  /** The risk's stable id: `loss.files`. */
  readonly risk: string;
  readonly decision: Decision;
  /** One sentence, without control characters. */
  readonly sentence: string;
  /** The effect's kind, and the piece of the text it comes from. */
  readonly effect: string;
  readonly span: Span;
  /** What was found on this machine that decided, as short lines. */
  readonly evidence: readonly string[];
  /** What would make Belay let it through, or null. */
  readonly clears: string | null;
  /** A safer command that Belay itself lets through, or null. */
  readonly instead: string | null;
  /** The person's rule that turned the question into an `allow`. */
  readonly allowedBy?: string;
}

export interface Verdict {
  readonly decision: Decision;
  /** The strictest first. Empty for an `allow` that no rule spoke to. */
  readonly reasons: readonly Reason[];
  readonly obligations: readonly Obligation[];
  /** True when one key must not be enough to approve it: the person types a word. */
  readonly grave: boolean;
  /** The digest of the policy that judged. */
  readonly policy: string;
}

const STRICTNESS: Readonly<Record<Decision, number>> = { allow: 0, ask: 1, deny: 2 };

/** Returns the strictest of `decisions`; of none it is `allow`: an effect that no rule speaks to is no risk by itself. */
export function strictest(decisions: readonly Decision[]): Decision {
  return decisions.reduce<Decision>((worst, next) => (STRICTNESS[next] > STRICTNESS[worst] ? next : worst), 'allow');
}
