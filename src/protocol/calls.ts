/** What the command-line tool may ask of the daemon: each method with the schema of its parameters and the type of its answer. */
import { z } from 'zod';
import type { Answer, RequestHistory, StoredRecord } from '../audit/record.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Verdict } from '../policy/verdict.ts';
import type {
  PruneResult,
  RollbackPlan,
  RollbackResult,
  SnapshotChanges,
  SnapshotSummary,
  Usage,
  VerifyResult,
} from '../snapshot/snapshot.ts';
import type { RequestId } from './request.ts';

export const MODES = ['auto', 'observe', 'off'] as const;
export type Mode = (typeof MODES)[number];

/**
 * `session`: this kind here until the session ends. `rule`: this command here, as a rule in the person's file. `kind`: this
 * kind here, as a rule.
 */
export const SCOPES = ['once', 'session', 'rule', 'kind'] as const;
export type ApprovalScope = (typeof SCOPES)[number];

const rollbackOptions = z.strictObject({
  paths: z.array(z.string()),
  force: z.boolean(),
  removeNew: z.boolean(),
  to: z.string().nullable(),
});

export const CALLS = {
  status: z.strictObject({}),
  'session.start': z.strictObject({
    id: z.string().regex(/^[a-z0-9-]{4,40}$/),
    pid: z.int().positive(),
    workspace: z.string().startsWith('/'),
    command: z.array(z.string()),
    agent: z.string().nullable(),
    terminal: z.int().nullable(),
  }),
  'session.end': z.strictObject({ id: z.string(), exit: z.int().nullable(), signal: z.string().nullable() }),
  'session.alarm': z.strictObject({
    id: z.string(),
    deleted: z.int().positive(),
    seconds: z.number().positive(),
    sample: z.array(z.string()).max(20),
  }),
  'session.burst': z.strictObject({ id: z.string() }),
  'held.list': z.strictObject({}),
  'held.follow': z.strictObject({}),
  'held.answer': z.strictObject({
    id: z.string(),
    granted: z.boolean(),
    reason: z.string().max(2_000).nullable(),
    /** For a grave request: its id, typed in full. */
    confirm: z.string().nullable(),
    /** How far the yes goes; left out: this request alone. */
    scope: z.enum(SCOPES).optional(),
    /** When a wider yes ends, in epoch milliseconds; left out: with the session, or when it is taken back. */
    until: z.number().positive().optional(),
  }),
  'grants.list': z.strictObject({}),
  'grants.revoke': z.strictObject({ id: z.string() }),
  'log.query': z.strictObject({
    session: z.string().optional(),
    decision: z.string().optional(),
    since: z.number().optional(),
    before: z.number().optional(),
    limit: z.int().positive().max(10_000).optional(),
  }),
  'log.get': z.strictObject({ id: z.string() }),
  'log.after': z.strictObject({ seq: z.int().nonnegative(), limit: z.int().positive().max(1_000) }),
  'log.newest': z.strictObject({}),
  'log.verify': z.strictObject({}),
  'mode.set': z.strictObject({ mode: z.enum(MODES) }),
  'snapshots.list': z.strictObject({ root: z.string().optional(), limit: z.int().positive().optional() }),
  'snapshots.get': z.strictObject({ id: z.string() }),
  'snapshots.take': z.strictObject({ root: z.string(), paths: z.array(z.string()) }),
  'snapshots.plan': z.strictObject({ id: z.string(), options: rollbackOptions }),
  'snapshots.rollback': z.strictObject({ id: z.string(), options: rollbackOptions, stopSession: z.boolean() }),
  'snapshots.resume': z.strictObject({}),
  'snapshots.diff': z.strictObject({ id: z.string(), paths: z.array(z.string()) }),
  'snapshots.whereIs': z.strictObject({ path: z.string() }),
  'snapshots.changes': z.strictObject({ from: z.string(), to: z.string() }),
  'snapshots.verify': z.strictObject({}),
  'snapshots.prune': z.strictObject({ dryRun: z.boolean() }),
  'snapshots.usage': z.strictObject({}),
  'config.trust': z.strictObject({ file: z.string(), sha256: z.string() }),
  stop: z.strictObject({}),
} as const;

export type Method = keyof typeof CALLS;
export type Params<M extends Method> = z.infer<(typeof CALLS)[M]>;

/** A held request as `belay review` shows it. */
export interface HeldView {
  readonly id: RequestId;
  readonly at: number;
  readonly command: string;
  readonly cwd: string | null;
  readonly session: string | null;
  readonly agent: string | null;
  readonly expiresAt: number | null;
  readonly verdict: Verdict;
  readonly evidence: Evidence | null;
  /** What a yes for the session would cover, in words; null: it can be approved only once. */
  readonly wider: readonly string[] | null;
}

/** A yes that goes beyond one request, as `belay grants` shows it. */
export interface GrantView {
  readonly id: string;
  readonly kind: 'session' | 'rule';
  readonly session: string | null;
  readonly decision: string;
  /** What it is about, in words. */
  readonly about: readonly string[];
  readonly expiresAt: number | null;
  /** Whether `belay grants revoke` can take it back; else it stands in the person's file as they wrote it. */
  readonly isRevocable: boolean;
}

export interface StatusView {
  readonly pid: number;
  readonly version: string;
  readonly mode: Mode;
  readonly profile: string;
  readonly policy: string;
  /** What is wrong with the configuration on disk; the last good one stays in force. */
  readonly configProblems: readonly string[];
  /** What is wrong with the journal, and with the snapshot store; null: nothing. */
  readonly journal: string | null;
  readonly snapshots?: string | null;
  readonly sessions: readonly {
    readonly id: string;
    readonly command: readonly string[];
    readonly workspace: string;
    readonly startedAt: number;
  }[];
  readonly held: number;
  readonly startedAt: number;
  readonly rssBytes: number;
}

export interface Results {
  status: StatusView;
  'session.start': { readonly baseline: boolean };
  'session.end': null;
  'session.alarm': { readonly granted: boolean; readonly muted: boolean; readonly reason: string | null };
  /** `snapshot`: what was kept; null: nothing was, and the session goes on. */
  'session.burst': { readonly snapshot: string | null };
  'held.list': readonly HeldView[];
  'held.follow': null;
  /** `wrote`: the rules that were added to the person's file. */
  'held.answer': {
    readonly request: HeldView;
    readonly answer: Answer;
    readonly wrote: { readonly file: string; readonly text: string } | null;
  };
  'grants.list': readonly GrantView[];
  'grants.revoke': GrantView;
  'log.query': readonly RequestHistory[];
  'log.get': RequestHistory | null;
  'log.after': readonly StoredRecord[];
  'log.newest': { readonly seq: number };
  'log.verify': { readonly rows: number; readonly brokenAt: number | null; readonly why: string | null };
  'mode.set': { readonly mode: Mode; readonly before: Mode };
  'snapshots.list': readonly SnapshotSummary[];
  'snapshots.get': SnapshotSummary;
  'snapshots.take': SnapshotSummary;
  'snapshots.plan': RollbackPlan;
  'snapshots.rollback': RollbackResult;
  'snapshots.resume': RollbackResult | null;
  'snapshots.diff': string;
  'snapshots.whereIs': readonly SnapshotSummary[];
  'snapshots.changes': SnapshotChanges;
  'snapshots.verify': VerifyResult;
  'snapshots.prune': PruneResult;
  'snapshots.usage': Usage;
  'config.trust': null;
  stop: null;
}

/** Returns whether `text` names a method. */
export function isMethod(text: string): text is Method {
  return Object.hasOwn(CALLS, text);
}
