/** A kept tree and how it is had back, as values. Types only; `store.ts` has the engine behind them. */

declare const brand: unique symbol;
/** A snapshot's id: `s-` and 10 characters of lower-case base 32, in time order. */
export type SnapshotId = string & { readonly [brand]: 'SnapshotId' };

/** Why and of what a snapshot is taken. */
export interface TakeRequest {
  /** The folder kept as a whole: the workspace. Null: only `paths`. */
  readonly root: string | null;
  /** Paths that the command targets, absolute, kept whole even when regenerable or outside `root`. */
  readonly paths: readonly string[];
  /**
   * Folders that the command is about to delete whole and whose absence it takes without complaint (`rm -rf node_modules`):
   * moved aside at no cost where they lie on the store's device, kept like `paths` otherwise. Afterwards they are gone.
   */
  readonly quarantine?: readonly string[];
  readonly reason: {
    readonly kind: 'baseline' | 'release' | 'burst' | 'before-rollback' | 'manual';
    readonly request: string | null;
    readonly session: string | null;
    /** The command as a person would read it. */
    readonly command: string | null;
  };
}

export interface SnapshotSummary {
  readonly id: SnapshotId;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly root: string | null;
  readonly paths: readonly string[];
  readonly reason: TakeRequest['reason'];
  readonly files: number;
  readonly bytes: number;
  /** Bytes newly stored for it. */
  readonly newBytes: number;
  /** Paths that are not fully kept, with why: unreadable, a socket, changed while read, link tier. Capped at 1,000. */
  readonly notKept: readonly { readonly path: string; readonly why: string }[];
  readonly git: {
    readonly head: string | null;
    readonly branch: string | null;
    readonly operation: string | null;
  } | null;
  readonly ms: number;
}

/** One thing that a rollback would do. Paths are absolute; those that are not UTF-8 are shown escaped. */
export interface RollbackStep {
  readonly kind: 'bring-back' | 'revert' | 'remove' | 'mode';
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link' | 'other';
  readonly bytes: number;
  /** True when it changed after the snapshot by somebody else than the session: left alone unless forced. */
  readonly conflict: boolean;
}

export interface RollbackPlan {
  readonly snapshot: SnapshotId;
  readonly steps: readonly RollbackStep[];
  /** Steps by kind, over all of them (`steps` is capped at 10,000). */
  readonly counts: Readonly<Record<RollbackStep['kind'], number>>;
  readonly conflicts: number;
  /** What changes in git's own state, in words: `branch main a1b2c3 → d4e5f6`. */
  readonly git: readonly string[];
}

export interface RollbackOptions {
  /** Only these absolute paths and what lies below them; empty: everything. */
  readonly paths: readonly string[];
  /** Overwrite what somebody else changed since. */
  readonly force: boolean;
  /** Also remove what the snapshot does not have. */
  readonly removeNew: boolean;
  /** Extract below this folder in place of the original places. */
  readonly to: string | null;
}

export interface RollbackResult {
  /** The snapshot taken before, which undoes this rollback. Null when extracted beside. */
  readonly undo: SnapshotId | null;
  readonly done: number;
  readonly left: readonly { readonly path: string; readonly why: string }[];
  /** Whether a new scan agrees with the snapshot for all that was asked. */
  readonly verified: boolean;
  readonly ms: number;
}

/** How a later snapshot differs from an earlier one, in the trees that both hold. */
export interface SnapshotChanges {
  readonly from: SnapshotId;
  readonly to: SnapshotId;
  /** Files, links and the like, and empty folders; git's own files are not counted. */
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  /** Some of them, at most 20. Absolute paths. */
  readonly sample: readonly { readonly kind: 'added' | 'changed' | 'deleted'; readonly path: string }[];
  /** What changed in git's own state, in words. */
  readonly git: readonly string[];
}

export interface VerifyResult {
  readonly snapshots: number;
  readonly objects: number;
  readonly bytes: number;
  readonly damaged: readonly { readonly snapshot: string; readonly path: string; readonly why: string }[];
}

export interface Usage {
  readonly snapshots: number;
  readonly bytes: number;
  /** The part of `bytes` that folders take which were moved aside whole. */
  readonly asideBytes?: number;
  /** Beside `bytes`: files that the trees hold as well, by hard link. They cost nothing until they are deleted there. */
  readonly sharedBytes?: number;
  readonly budgetBytes: number;
  readonly byRoot: readonly { readonly root: string; readonly snapshots: number; readonly newest: number }[];
}

export interface PruneResult {
  readonly dropped: readonly SnapshotId[];
  readonly freedBytes: number;
}

/** Called with what has been done so far, at most every 100 ms. */
export type Progress = (done: {
  readonly phase: string;
  readonly files: number;
  readonly total: number | null;
}) => void;

/** The engine as the daemon sees it. Every method may take long and never blocks the caller's event loop. */
export interface Snapshots {
  /** Resolves once content and metadata are durable. Throws `snapshot.no-space`, `snapshot.failed`. */
  take(request: TakeRequest, progress?: Progress): Promise<SnapshotSummary>;
  /** Newest first. */
  list(filter: {
    readonly root?: string;
    readonly session?: string;
    readonly limit?: number;
  }): Promise<readonly SnapshotSummary[]>;
  /** Throws `snapshot.unknown` with the nearest ids. `id` may be a unique prefix, or `last`. */
  get(id: string): Promise<SnapshotSummary>;
  plan(id: string, options: RollbackOptions, progress?: Progress): Promise<RollbackPlan>;
  rollback(id: string, options: RollbackOptions, progress?: Progress): Promise<RollbackResult>;
  /** Finishes a rollback that was cut short. Null when there is none. */
  resume(progress?: Progress): Promise<RollbackResult | null>;
  /** A unified diff of text files from the snapshot to the tree now, for `paths` or all that differ; the rest is named. */
  diff(id: string, paths: readonly string[], progress?: Progress): Promise<string>;
  /** The newest snapshots, before `id` or of all, that hold `path`. */
  whereIs(path: string): Promise<readonly SnapshotSummary[]>;
  /** Compares two snapshots; costs what differs. */
  changes(from: string, to: string): Promise<SnapshotChanges>;
  verify(progress?: Progress): Promise<VerifyResult>;
  prune(options: { readonly dryRun: boolean; readonly keep: readonly string[] }): Promise<PruneResult>;
  usage(): Promise<Usage>;
  /** Waits for what is under way, then releases the store's lock. */
  close(): Promise<void>;
}
