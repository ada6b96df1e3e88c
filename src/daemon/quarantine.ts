/**
 * What `rm -rf` removes of folders that can be made again: the one case in which a snapshot may move its target away, which
 * costs nothing at any size, since the command is content to find nothing there. Reads only.
 */
import { lstatSync } from 'node:fs';
import type { Effect, Prediction } from '../effects/effect.ts';
import type { Evidence } from '../evidence/evidence.ts';

/** Returns the folders that `rm -rf`, called by its bare name, would remove whole and that can be made again. */
export function removedBulk(prediction: Prediction, evidence: Evidence | null): readonly string[] {
  return prediction.effects.flatMap((effect, index) => {
    if (!isForcedRemoval(effect)) return [];
    return effect.targets.flatMap((target, at) => {
      if (target.kind !== 'path' || target.glob) return [];
      const found = evidence?.effects[index]?.paths[at];
      const isBulk =
        found?.fileClass === 'regenerable' || (found?.regenerable.known === true && found.regenerable.value !== null);
      return isBulk && found.leadsTo === null && !found.mountPoint && isFolder(target.path) ? [target.path] : [];
    });
  });
}

/** By an absolute path, rm passes its shim by, and would not be met again below a shell. */
function isForcedRemoval({ kind, program, facts, span, via }: Effect): boolean {
  return (
    kind === 'fs.delete' &&
    program === 'rm' &&
    facts['recursive'] === true &&
    facts['force'] === true &&
    via.length <= 1 &&
    /^rm\s/.test(span.text)
  );
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
