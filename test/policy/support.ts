/** Builders of effects, evidence and policies for the tests of judgement. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Effect, EffectKind, Fact, Prediction, Target } from '../../src/effects/effect.ts';
import type { EffectEvidence, Evidence, PathEvidence } from '../../src/evidence/evidence.ts';
import { known, notKnown } from '../../src/evidence/evidence.ts';
import type { DecideContext } from '../../src/policy/decide.ts';
import { EXAMPLE_PLACES } from '../../src/policy/examples.ts';
import { loadPolicy, type Policy, type PolicyText } from '../../src/policy/load.ts';

const RULES = new URL('../../src/policy/rules/', import.meta.url);

export function builtinTexts(): readonly PolicyText[] {
  return readdirSync(RULES)
    .filter((file) => file.endsWith('.toml'))
    .sort()
    .map((file) => ({ file, text: readFileSync(new URL(file, RULES), 'utf8') }));
}

export function builtinPolicy(user?: string, repository?: { text: string; trusted: boolean }): Policy {
  return loadPolicy(
    builtinTexts(),
    user === undefined ? null : { file: 'config.toml', text: user },
    repository === undefined ? null : { file: '.belay.toml', ...repository },
  );
}

export function context(change: Partial<DecideContext> = {}): DecideContext {
  return { profile: 'balanced', agent: null, places: EXAMPLE_PLACES, command: null, now: 0, ...change };
}

export function path(name: string, glob = false): Target {
  return { kind: 'path', path: name.startsWith('/') ? name : `${EXAMPLE_PLACES.workspace}/${name}`, glob };
}

export function effect(
  kind: EffectKind,
  targets: readonly Target[] = [],
  facts: Record<string, Fact> = {},
  program = 'prog',
): Effect {
  return { kind, program, targets, facts, via: [], span: { start: 0, end: 4, text: program } };
}

export function predicted(...effects: readonly Effect[]): Prediction {
  return { effects, unknowns: [], commands: [] };
}

export function evidenceOf(...effects: readonly EffectEvidence[]): Evidence {
  return { effects, ms: 1, cutOff: false };
}

export function onPath(change: Partial<PathEvidence>): EffectEvidence {
  const no = notKnown('not asked');
  return {
    paths: [
      {
        zone: 'in-workspace',
        fileClass: 'ordinary',
        exists: known(true),
        files: no,
        bytes: no,
        sample: [],
        git: no,
        regenerable: known(null),
        leadsTo: null,
        mountPoint: false,
        sessionMade: known(false),
        unkeepable: [],
        ...change,
      },
    ],
    repository: null,
    facts: {},
  };
}
