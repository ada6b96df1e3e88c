import { expect, test } from 'vitest';
import type { Granted } from '../src/approval/releases.ts';
import type { Effect, Prediction } from '../src/effects/effect.ts';
import { BelayError } from '../src/errors.ts';
import type { Evidence, PathEvidence } from '../src/evidence/evidence.ts';
import { answer, type Outcome, type Steps } from '../src/pipeline.ts';
import type { Decision, Verdict } from '../src/policy/verdict.ts';
import type { Request, RequestId } from '../src/protocol/request.ts';

// Promise 1: closed on failure. The steps here only note that they were taken; what they do is tested where they are.
const EFFECT: Effect = {
  kind: 'fs.delete',
  program: 'rm',
  span: { start: 0, end: 2, text: 'rm' },
  targets: [{ kind: 'path', path: '/work/src', glob: false, text: 'src' } as Effect['targets'][number]],
  facts: {},
  via: [],
};
const PREDICTION: Prediction = { effects: [EFFECT], unknowns: [], commands: [] };
const REQUEST: Request = {
  id: 'r-12345678' as RequestId,
  seam: 'shell-shim',
  principal: { uid: 0, pid: 1, startTime: '1', session: null, agent: null },
  action: { kind: 'exec', argv: ['rm', '-r', 'src'], path: null },
  cwd: '/work',
  workspace: '/work',
  home: '/home/me',
  env: {},
  truncated: false,
  lossy: false,
  at: 0,
};

function verdict(decision: Decision, keeps: boolean): Verdict {
  const obligations = keeps ? [{ kind: 'snapshot' as const, paths: ['/work/src'] }] : [];
  return { decision, reasons: [], obligations, grave: false, policy: 'test' };
}

function leadingTo(leadsTo: string | null): Evidence {
  const path = { zone: 'workspace', leadsTo } as PathEvidence;
  return { effects: [{ paths: [path] }] } as unknown as Evidence;
}

interface Plan {
  readonly decision?: Decision;
  readonly keeps?: boolean;
  readonly prediction?: Prediction;
  /** What people answer, in turn. */
  readonly answers?: readonly boolean[];
  /** Where the target leads at each look, in turn; the last one stays. */
  readonly looks?: readonly (string | null)[];
  /** What an earlier daemon's question showed. */
  readonly seen?: Evidence;
  readonly fails?: Partial<Record<keyof Steps, unknown>>;
  readonly observe?: boolean;
  readonly granted?: Granted;
}

interface Run {
  readonly outcome: Outcome | null;
  readonly thrown: unknown;
  readonly taken: readonly string[];
}

async function run(plan: Plan): Promise<Run> {
  const taken: string[] = [];
  const answers = [...(plan.answers ?? [])];
  const looks = [...(plan.looks ?? [null])];
  const step = (name: keyof Steps, detail = ''): void => {
    taken.push(`${name}${detail}`);
    if (plan.fails !== undefined && name in plan.fails) throw plan.fails[name];
  };
  const steps: Steps = {
    derive: () => {
      step('derive');
      return plan.prediction ?? PREDICTION;
    },
    gather: async () => {
      step('gather');
      return leadingTo((looks.length > 1 ? looks.shift() : looks[0]) ?? null);
    },
    decide: (_, prediction) => {
      step('decide');
      const isOpen = prediction.effects.length > 0 || plan.prediction !== undefined;
      return verdict(isOpen ? (plan.decision ?? 'allow') : 'allow', plan.keeps ?? false);
    },
    record: async (_judged, durable) => step('record', durable ? ' durable' : ''),
    wait: async ({ verdict: asked, evidence }) => {
      step('wait', asked.reasons.map((reason) => ` (${reason.rule})`).join(''));
      const granted = answers.shift() ?? false;
      const by = granted ? 'person' : 'timeout';
      return {
        answer: { by, uid: 0, pid: 1, tty: null, granted, reason: null, at: 0 },
        seen: plan.seen ?? evidence,
      };
    },
    keep: async () => {
      step('keep');
      return 'snap-1';
    },
    release: async () => step('release'),
  };
  try {
    const outcome = await answer(REQUEST, plan.granted ?? null, plan.observe ?? false, steps);
    return { outcome, thrown: null, taken };
  } catch (thrown) {
    return { outcome: null, thrown, taken };
  }
}

const ORDERS: readonly [string, Plan, 'run' | 'refuse', readonly string[]][] = [
  ['an allowed one that loses nothing', {}, 'run', ['derive', 'gather', 'decide', 'record']],
  [
    'one without effects',
    { prediction: { effects: [], unknowns: [], commands: [] } },
    'run',
    ['derive', 'decide', 'record'],
  ],
  [
    'an allowed one that must be saved first',
    { keeps: true },
    'run',
    ['derive', 'gather', 'decide', 'record durable', 'keep', 'release'],
  ],
  ['a denied one', { decision: 'deny', keeps: true }, 'refuse', ['derive', 'gather', 'decide', 'record']],
  [
    'one without effects that a rule of yours denies',
    { decision: 'deny', prediction: { effects: [], unknowns: [], commands: [] } },
    'refuse',
    ['derive', 'decide', 'record'],
  ],
  [
    'one without effects that a rule of yours asks about',
    { decision: 'ask', prediction: { effects: [], unknowns: [], commands: [] }, answers: [false] },
    'refuse',
    ['derive', 'decide', 'wait'],
  ],
  [
    'one that is approved: the snapshot comes after the approval',
    { decision: 'ask', keeps: true, answers: [true] },
    'run',
    ['derive', 'gather', 'decide', 'wait', 'gather', 'keep', 'release'],
  ],
  [
    'one that is refused',
    { decision: 'ask', keeps: true, answers: [false] },
    'refuse',
    ['derive', 'gather', 'decide', 'wait'],
  ],
  [
    'one whose target came to lead elsewhere while it waited, which is asked about anew',
    { decision: 'ask', answers: [true, false], looks: [null, '/home/me'] },
    'refuse',
    ['derive', 'gather', 'decide', 'wait', 'gather', 'wait (belay.protection)'],
  ],
  [
    'one whose target moved before a new daemon looked at it',
    { decision: 'ask', answers: [true, true], looks: ['/home/me'], seen: leadingTo(null) },
    'refuse',
    [
      'derive',
      'gather',
      'decide',
      'wait',
      'gather',
      'wait (belay.protection)',
      'gather',
      'wait (belay.protection) (belay.protection)',
    ],
  ],
  ['an observed one', { decision: 'deny', observe: true }, 'run', ['derive', 'gather', 'decide', 'record']],
  [
    'one that a grant covers',
    { decision: 'ask', keeps: true, granted: { request: REQUEST.id, effects: [EFFECT] } },
    'run',
    ['derive', 'gather', 'decide', 'gather', 'decide', 'record durable', 'keep', 'release'],
  ],
];

test.each(ORDERS)('the steps of %s', async (_, plan, kind, taken) => {
  const done = await run(plan);
  expect({ kind: done.outcome?.kind, taken: done.taken, thrown: done.thrown }).toEqual({ kind, taken, thrown: null });
});

const FAULTS: readonly unknown[] = [
  Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }),
  Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }),
  Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }),
  new BelayError('journal.unwritable', { file: 'x', cause: 'full' }),
  new BelayError('snapshot.failed', { root: 'x', cause: 'the snapshot thread ended' }),
  new DOMException('it took too long', 'TimeoutError'),
  new RangeError('Maximum call stack size exceeded'),
  'a string',
  null,
  undefined,
];
const STEPS: readonly (keyof Steps)[] = ['derive', 'gather', 'decide', 'record', 'wait', 'keep', 'release'];
const PLANS: readonly [string, Plan][] = [
  ['allowed', {}],
  ['allowed and saved', { keeps: true }],
  ['approved', { decision: 'ask', answers: [true, false] }],
  ['approved and saved', { decision: 'ask', keeps: true, answers: [true, false] }],
  ['denied', { decision: 'deny' }],
];

test('whatever step fails, and however, nothing runs', async () => {
  let cells = 0;
  for (const [name, plan] of PLANS) {
    for (const step of STEPS) {
      for (const fault of FAULTS) {
        const sound = await run(plan);
        if (!sound.taken.some((taken) => taken.split(' ')[0] === step)) continue;
        cells++;
        const { outcome, taken } = await run({ ...plan, fails: { [step]: fault } });
        expect(outcome?.kind ?? 'thrown', `${name}: ${step} fails with ${String(fault)}`).not.toBe('run');
        expect(taken).not.toContain(step === 'release' ? '' : 'release');
      }
    }
  }
  console.log(`${cells} failures tried, 0 ran`);
  expect(cells).toBeGreaterThanOrEqual(200);
});

test('a snapshot that can not be taken turns an allowed action into a question, and it runs when a person says so', async () => {
  const fails = { keep: new BelayError('snapshot.no-space', { store: '/s', cause: 'full' }) };
  const refused = await run({ keeps: true, fails, answers: [false] });
  expect(refused.taken).toEqual(['derive', 'gather', 'decide', 'record durable', 'keep', 'wait (belay.protection)']);
  expect(refused.outcome?.kind).toBe('refuse');
  const approved = await run({ keeps: true, fails, answers: [true] });
  expect(approved.outcome).toMatchObject({ kind: 'run', snapshot: null });
  expect(approved.taken.slice(4)).toEqual(['keep', 'wait (belay.protection)', 'gather', 'release']);
});
