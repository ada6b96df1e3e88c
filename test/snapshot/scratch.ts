/** Scratch trees and engines for the snapshot tests: real folders, real git, a fixed identity, nothing of the user's. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, type SnapshotOptions } from '../../src/snapshot/engine.ts';
import type { RollbackOptions, Snapshots, TakeRequest } from '../../src/snapshot/snapshot.ts';

export interface Scratch {
  readonly folder: string;
  readonly tree: string;
  readonly outside: string;
  readonly store: string;
  open(options?: Partial<SnapshotOptions>): Snapshots;
  /** Runs `script` in bash inside the tree, or `cwd`. */
  bash(script: string, cwd?: string): string;
  /** Closes what is open and removes everything. */
  end(): Promise<void>;
}

export function scratch(): Scratch {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'belay-snapshot-')));
  const tree = join(folder, 'w');
  const outside = join(folder, 'outside');
  const store = join(folder, 'store');
  for (const path of [tree, outside, join(folder, 'home')]) mkdirSync(path);
  const open: Snapshots[] = [];
  return {
    folder,
    tree,
    outside,
    store,
    open(options = {}) {
      const engine = openEngine({ storeFolder: store, freeFloorBytes: 0, ...options });
      open.push(engine);
      return engine;
    },
    bash: (script, cwd = tree) => runBash(script, cwd, { W: tree, OUT: outside, HOME: join(folder, 'home') }),
    async end() {
      for (const engine of open) await engine.close().catch(() => {});
      execFileSync('chmod', ['-R', 'u+rwX', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const EVERYTHING: RollbackOptions = { paths: [], force: false, removeNew: true, to: null };

/** A request to take `root` before a command of a session. */
export function release(
  root: string | null,
  paths: readonly string[] = [],
  session: string | null = 'session-a',
): TakeRequest {
  return { root, paths, reason: { kind: 'release', request: null, session, command: null } };
}

function runBash(script: string, cwd: string, variables: Readonly<Record<string, string>>): string {
  const env = {
    PATH: process.env['PATH'] ?? '',
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
    GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
    GIT_EDITOR: 'true',
    ...variables,
  };
  return execFileSync('/bin/bash', ['-c', script], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
