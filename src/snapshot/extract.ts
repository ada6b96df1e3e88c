/** Puts what a snapshot keeps below another folder, beside the original. Overwrites nothing, shares nothing with the store. */

import { lstatSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Applier, temporaryName } from './apply.ts';
import { compare, storedSide } from './compare.ts';
import { canonical } from './coverage.ts';
import { KIND } from './kinds.ts';
import { requirePaths } from './lookup.ts';
import { namesPath, shownPath } from './path-bytes.ts';
import { type Lost, Planner } from './plan.ts';
import type { KeptRoot, SnapshotRecord } from './record.ts';
import type { RollbackTools } from './rollback.ts';
import type { Progress, RollbackOptions, RollbackResult } from './snapshot.ts';

/** Extracts `record` below `to`: the workspace at its top, other trees under their whole paths. */
export function extract(
  tools: RollbackTools,
  record: SnapshotRecord,
  options: RollbackOptions,
  to: string,
  progress?: Progress,
): RollbackResult {
  const started = performance.now();
  const { store, native } = tools;
  requirePaths(store, record, options.paths.map(canonical));
  const folder = resolve(to);
  mkdirSync(folder, { recursive: true });
  const planner = new Planner(false, [], () => false);
  const there: Lost[] = [];
  const side = storedSide(store);
  for (const root of record.roots) {
    const top = targetOf(root, folder);
    compare(top, root.entry, side, null, side, {
      interest: (path) => {
        const original = Buffer.concat([root.path, path.subarray(top.length)]);
        if (options.paths.length === 0 || options.paths.some((text) => namesPath(text, original))) return 'whole';
        const shown = shownPath(original);
        return options.paths.some((text) => text.startsWith(`${shown}/`)) ? 'below' : 'none';
      },
      expand: () => null,
      damaged: (path, why) => void there.push({ path, why }),
      visit(difference) {
        const found = lstatSync(difference.path, { throwIfNoEntry: false });
        if (found === undefined || (found.isDirectory() && difference.was?.kind === KIND.folder))
          planner.add(difference);
        else there.push({ path: difference.path, why: 'something is there already' });
      },
    });
  }
  planner.finish(() => false);
  const applier = new Applier({
    store,
    native,
    temporaryName: temporaryName(record.summary.id),
    aside: `${store.folder}/quarantine/${record.summary.id}`,
    copies: true,
    progress: (files, total) => progress?.({ phase: 'extracting', files, total }),
  });
  applier.run(planner.operations);
  const left = [...there, ...planner.lost, ...applier.lost].map(({ path, why }) => ({ path: shownPath(path), why }));
  return { undo: null, done: applier.done, left, verified: left.length === 0, ms: performance.now() - started };
}

function targetOf(root: KeptRoot, folder: string): Buffer {
  if (root.role === 'root') return Buffer.from(folder);
  return Buffer.concat([Buffer.from(folder), root.path]);
}
