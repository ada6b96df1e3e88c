/** What the journal holds, as values. Types only; `journal.ts` stores them. */
import type { Evidence } from '../evidence/evidence.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Action, Principal, RequestId, Seam } from '../protocol/request.ts';

/** Who answered a held request, and how. */
export interface Answer {
  readonly by: 'person' | 'timeout' | 'caller-gone' | 'daemon';
  readonly uid: number | null;
  readonly pid: number | null;
  /** The terminal it came from, or null. */
  readonly tty: string | null;
  readonly granted: boolean;
  readonly reason: string | null;
  readonly at: number;
  /** How far the yes goes beyond this request; absent: not at all. */
  readonly scope?: 'session' | 'rule';
  /** The grant that was given with it, or by which it was given. */
  readonly grant?: string;
}

/** One row of the journal. `kind` says which step of a request's way it records. */
export type JournalRecord =
  | {
      readonly kind: 'session-start';
      readonly session: string;
      readonly command: readonly string[];
      readonly workspace: string;
      readonly agent: string | null;
      readonly pid: number;
    }
  | {
      readonly kind: 'session-end';
      readonly session: string;
      readonly exit: number | null;
      readonly signal: string | null;
    }
  | {
      readonly kind: 'verdict';
      readonly request: RequestId;
      readonly seam: Seam;
      readonly principal: Principal;
      readonly action: Action;
      readonly cwd: string | null;
      readonly verdict: Verdict;
      readonly evidence: Evidence | null;
      readonly mode: 'auto' | 'observe' | 'off';
    }
  | { readonly kind: 'held'; readonly request: RequestId; readonly details: HeldDetails }
  | { readonly kind: 'answer'; readonly request: RequestId; readonly answer: Answer }
  | { readonly kind: 'release'; readonly request: RequestId; readonly snapshot: string | null }
  | {
      readonly kind: 'outcome';
      readonly request: RequestId;
      readonly exit: number | null;
      readonly signal: string | null;
      readonly ms: number;
    }
  | {
      readonly kind: 'rollback';
      readonly snapshot: string;
      readonly undo: string | null;
      readonly paths: readonly string[];
      readonly verified: boolean;
    }
  | { readonly kind: 'alarm'; readonly session: string; readonly rule: string; readonly sentence: string }
  | { readonly kind: 'mode'; readonly mode: 'auto' | 'observe' | 'off'; readonly pid: number | null };

/** What a held request needs to come back after a restart of the daemon. */
export interface HeldDetails {
  readonly digest: string;
  readonly session: string | null;
  readonly cwd: string | null;
  readonly command: string;
  readonly expiresAt: number | null;
}

/** A record as stored: numbered, dated and chained. */
export interface StoredRecord {
  readonly seq: number;
  readonly at: number;
  readonly record: JournalRecord;
  readonly hash: string;
}

/** All that the journal knows of one request, folded from its records. */
export interface RequestHistory {
  readonly request: RequestId;
  readonly at: number;
  readonly verdict: Extract<JournalRecord, { kind: 'verdict' }>;
  readonly held: HeldDetails | null;
  readonly answer: Answer | null;
  readonly release: { readonly at: number; readonly snapshot: string | null } | null;
  readonly outcome: { readonly exit: number | null; readonly signal: string | null; readonly ms: number } | null;
}

/** The journal as the daemon sees it. */
export interface Journal {
  /** Appends without waiting for the disk: for verdicts that let nothing risky run. Never throws; failures show in `health`. */
  note(record: JournalRecord): void;
  /** Resolves once the record, and all before it, are on the disk. Throws `journal.unwritable`. */
  append(record: JournalRecord): Promise<void>;
  /** Newest first, at most `limit`. Sees what was noted and not yet written. */
  history(filter: {
    readonly session?: string;
    readonly decision?: string;
    readonly since?: number;
    readonly before?: number;
    readonly limit?: number;
  }): Promise<readonly RequestHistory[]>;
  get(request: string): Promise<RequestHistory | null>;
  /**
   * What a new daemon takes up again: held requests that were not answered since, and those that a person granted and that
   * were not released since. `answer` is null for the former.
   */
  pending(): Promise<readonly RequestHistory[]>;
  /** The number of the newest record; 0 when there is none. */
  newest(): Promise<number>;
  /** Records after `seq`, in order, for following. */
  after(seq: number, limit: number): Promise<readonly StoredRecord[]>;
  /** Checks the hash chain from the first row to the last. */
  verifyChain(): Promise<{ readonly rows: number; readonly brokenAt: number | null; readonly why: string | null }>;
  /** Drops the records older than `beforeMs`, but none that a held request needs. Resolves to how many. */
  prune(beforeMs: number): Promise<number>;
  /** Null when writing works; else a sentence on why it does not. */
  health(): string | null;
  close(): Promise<void>;
}
