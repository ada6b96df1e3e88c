/**
 * The way of one request, on one page: derive, gather, decide, wait for a person, keep what could be lost, release.
 * Every step is in the journal before the next one starts when it lets something risky run. Any failure refuses.
 *
 *   Request ─▶ derive ─▶ gather ─▶ decide ─┬─ deny ─────────────────────────────▶ refused
 *                                          ├─ ask ──▶ held ──▶ answer ── no ────▶ refused
 *                                          │                    │ yes
 *                                          └─ allow ────────────┴─▶ snapshot ──▶ released
 */
import type { Answered } from './approval/held-requests.ts';
import { type Granted, isCovered } from './approval/releases.ts';
import type { Answer } from './audit/record.ts';
import type { Effect, Prediction } from './effects/effect.ts';
import { BelayError, causeText } from './errors.ts';
import type { Evidence } from './evidence/evidence.ts';
import type { Reason, Verdict } from './policy/verdict.ts';
import type { Request } from './protocol/request.ts';

/** A request with what it would do, what this machine says of that, and what the rules say of both. */
export interface Judged {
  readonly request: Request;
  readonly prediction: Prediction;
  readonly evidence: Evidence | null;
  readonly verdict: Verdict;
}

/** The parts that the pipeline calls, one per step. */
export interface Steps {
  /** Pure: what it would do. */
  derive(request: Request): Prediction;
  /** Reads this machine, within its own time limit. Null when nothing needs looking at. */
  gather(request: Request, prediction: Prediction): Promise<Evidence | null>;
  /** Pure: the strictest of what the rules say. */
  decide(request: Request, prediction: Prediction, evidence: Evidence | null): Verdict;
  /**
   * Resolves once a person, time or the caller has answered; verdict, wait and answer are in the journal then. `seen` is the
   * evidence that the answer is about: older than `evidence` when an earlier daemon had asked.
   */
  wait(judged: Judged): Promise<Answered>;
  /** Resolves to the id of a durable snapshot, or null when the tool that the line runs will ask for one itself. */
  keep(judged: Judged): Promise<string | null>;
  /** Journals a verdict that lets something run; `durable` waits for the disk. */
  record(judged: Judged, durable: boolean): Promise<void> | void;
  /** Journals the release; durable. */
  release(judged: Judged, snapshot: string | null): Promise<void>;
}

export type Outcome =
  /** Run it. `watch`: report how it ended. `granted`: what a person said yes to. */
  | {
      readonly kind: 'run';
      readonly watch: boolean;
      readonly snapshot: string | null;
      readonly granted: readonly Effect[];
      readonly verdict: Verdict;
    }
  | { readonly kind: 'refuse'; readonly verdict: Verdict; readonly answer: Answer | null };

/** Resolves to what becomes of a request. `granted` is what a person already said yes to for an ancestor of the caller. */
export async function answer(
  request: Request,
  granted: Granted | null,
  observe: boolean,
  steps: Steps,
): Promise<Outcome> {
  const prediction = steps.derive(request);
  const evidence = prediction.effects.length === 0 ? null : await steps.gather(request, prediction);
  const verdict = steps.decide(request, prediction, evidence);
  const judged: Judged = { request, prediction, evidence, verdict };
  if (observe) {
    await steps.record(judged, false);
    return { kind: 'run', watch: false, snapshot: null, granted: [], verdict };
  }
  if (verdict.decision === 'deny') {
    await steps.record(judged, false);
    return { kind: 'refuse', verdict, answer: null };
  }
  if (verdict.decision === 'allow') return keepAndRelease(judged, steps);

  const open = withoutCovered(prediction, granted);
  const asked = open === prediction ? verdict : steps.decide(request, open, await steps.gather(request, open));
  if (asked.decision === 'allow') {
    return keepAndRelease({ ...judged, verdict: { ...verdict, decision: 'allow', reasons: asked.reasons } }, steps);
  }
  return ask(judged, steps);
}

async function ask(judged: Judged, steps: Steps): Promise<Outcome> {
  const { request, prediction, verdict } = judged;
  const { answer: given, seen } = await steps.wait(judged);
  if (!given.granted) return { kind: 'refuse', verdict, answer: given };
  const now = seen === null ? null : await steps.gather(request, prediction);
  const moved = whatMoved(prediction, seen, now);
  if (moved !== null) return ask({ ...judged, evidence: now, verdict: withReason(verdict, prediction, moved) }, steps);
  const current = { ...judged, evidence: now ?? judged.evidence };
  const kept = await keep(current, steps);
  if (kept.fault !== null)
    return ask({ ...judged, evidence: now, verdict: unprotected(verdict, prediction, kept.fault) }, steps);
  await steps.release(current, kept.id);
  return { kind: 'run', watch: true, snapshot: kept.id, granted: prediction.effects, verdict };
}

async function keepAndRelease(judged: Judged, steps: Steps): Promise<Outcome> {
  const { prediction, verdict } = judged;
  const granted = allowedByPerson(prediction, verdict);
  if (verdict.obligations.length === 0) {
    await steps.record(judged, false);
    return { kind: 'run', watch: false, snapshot: null, granted, verdict };
  }
  await steps.record(judged, true);
  const kept = await keep(judged, steps);
  if (kept.fault !== null) return ask({ ...judged, verdict: unprotected(verdict, prediction, kept.fault) }, steps);
  await steps.release(judged, kept.id);
  return { kind: 'run', watch: true, snapshot: kept.id, granted, verdict };
}

interface Kept {
  readonly id: string | null;
  /** Why there is no snapshot though there should be one, and what to do. */
  readonly fault: { readonly why: string; readonly next: string } | null;
}

async function keep(judged: Judged, steps: Steps): Promise<Kept> {
  if (judged.verdict.obligations.length === 0) return { id: null, fault: null };
  try {
    return { id: await steps.keep(judged), fault: null };
  } catch (thrown) {
    const next = thrown instanceof BelayError ? ` ${thrown.next}` : '';
    return { id: null, fault: { why: causeText(thrown), next } };
  }
}

/** A snapshot that can't be taken turns an action into a question: it never runs unprotected unasked. */
function unprotected(verdict: Verdict, prediction: Prediction, { why, next }: NonNullable<Kept['fault']>): Verdict {
  const sentence = `What it would destroy could not be saved first (${why}), so this can't be undone.${next}`;
  return { ...withReason(verdict, prediction, sentence), obligations: [] };
}

/** Returns in words what leads elsewhere than when the person looked at it, or null. */
function whatMoved(prediction: Prediction, before: Evidence | null, now: Evidence | null): string | null {
  for (const [index, effect] of prediction.effects.entries()) {
    const old = before?.effects[index]?.paths ?? [];
    for (const [at, was] of old.entries()) {
      if (was === null) continue;
      const path = now?.effects[index]?.paths[at] ?? null;
      if (path !== null && path.zone === was.zone && path.leadsTo === was.leadsTo) continue;
      const target = effect.targets[at];
      return `While it waited, ${target !== undefined && 'path' in target ? target.path : 'a target'} came to lead elsewhere.`;
    }
  }
  return null;
}

function withReason(verdict: Verdict, prediction: Prediction, sentence: string): Verdict {
  const span = prediction.effects[0]?.span ?? { start: 0, end: 0, text: '' };
  const reason: Reason = {
    rule: 'belay.protection',
    risk: 'loss.files',
    decision: 'ask',
    sentence,
    effect: prediction.effects[0]?.kind ?? 'opaque',
    span,
    evidence: [],
    clears: null,
    instead: null,
  };
  return { ...verdict, decision: 'ask', reasons: [reason, ...verdict.reasons] };
}

/** What a rule of the person's own allowed was theirs to allow, and covers the tools under the line as an answer does. */
function allowedByPerson(prediction: Prediction, verdict: Verdict): readonly Effect[] {
  const allowed = verdict.reasons.filter((reason) => reason.allowedBy !== undefined);
  if (allowed.length === 0) return [];
  return prediction.effects.filter(({ kind, span }) =>
    allowed.some(
      (reason) => reason.effect === kind && reason.span.start === span.start && reason.span.text === span.text,
    ),
  );
}

function withoutCovered(prediction: Prediction, granted: Granted | null): Prediction {
  if (granted === null) return prediction;
  const effects = prediction.effects.filter((effect) => !isCovered(effect, granted.effects));
  return effects.length === prediction.effects.length ? prediction : { ...prediction, effects };
}
