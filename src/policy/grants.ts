/**
 * What a person's *yes* covers: this exact thing once, this exact thing for a session, or this kind of thing here until a
 * day. Pure. A catastrophe is only ever granted once and exactly.
 */
import { createHash } from 'node:crypto';
import type { Prediction, Target } from '../effects/effect.ts';
import type { Verdict } from './verdict.ts';

/** What a grant is about. */
export type GrantScope =
  /** The same command in the same folder on the same targets. */
  | { readonly kind: 'exact'; readonly digest: string }
  /** Whatever these rules ask about, in this workspace. */
  | { readonly kind: 'rules'; readonly rules: readonly string[]; readonly workspace: string };

export interface Grant {
  readonly id: string;
  readonly scope: GrantScope;
  /** Used up by one release. */
  readonly once: boolean;
  /** Only for this session; null: for any. */
  readonly session: string | null;
  /** Epoch milliseconds; null: until it is taken back. */
  readonly expiresAt: number | null;
  /** When it was used up, or null. */
  readonly usedAt: number | null;
}

/** One request, as grants are asked about it. */
export interface Asked {
  readonly digest: string;
  readonly session: string | null;
  readonly workspace: string | null;
  readonly verdict: Verdict;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Returns the digest of an exact thing: another command, folder or target has another one. */
export function digestOf(command: string, cwd: string | null, prediction: Prediction): string {
  const hash = createHash('sha256');
  const effects = prediction.effects.map((effect) => [
    effect.kind,
    effect.program,
    effect.targets.map(targetWords),
    effect.facts,
  ]);
  hash.update(JSON.stringify([command, cwd, effects]));
  return `d-${hash.digest('hex').slice(0, 32)}`;
}

/** Returns the first grant that covers what is asked, or null. */
export function coveringGrant(grants: readonly Grant[], asked: Asked): Grant | null {
  return grants.find((grant) => covers(grant, asked)) ?? null;
}

/** Returns whether `grant` covers what is asked. */
export function covers(grant: Grant, asked: Asked): boolean {
  if (grant.usedAt !== null || hasExpired(grant, asked.now)) return false;
  if (grant.session !== null && grant.session !== asked.session) return false;
  if (asked.verdict.decision === 'deny') return false;
  const { scope } = grant;
  switch (scope.kind) {
    case 'exact':
      return scope.digest === asked.digest && (!asked.verdict.grave || grant.once);
    case 'rules':
      return (
        !asked.verdict.grave &&
        scope.workspace === asked.workspace &&
        asked.verdict.reasons.every((reason) => reason.decision !== 'ask' || scope.rules.includes(reason.rule))
      );
    default:
      return scope satisfies never;
  }
}

/** Returns whether a grant is past its end. */
export function hasExpired(grant: Grant, now: number): boolean {
  return grant.expiresAt !== null && now >= grant.expiresAt;
}

/** Returns the grant as it stands after a release used it. */
export function consume(grant: Grant, now: number): Grant {
  return grant.once ? { ...grant, usedAt: now } : grant;
}

function targetWords(target: Target): string {
  switch (target.kind) {
    case 'path':
      return `path ${target.glob} ${target.path}`;
    case 'unknown-path':
      return `path? ${target.text}`;
    case 'name':
      return `${target.noun} ${target.name}`;
    case 'unknown-name':
      return `${target.noun}? ${target.text}`;
    default:
      return target satisfies never;
  }
}
