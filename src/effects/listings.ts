/** Files that a listing names, outside the work at hand: written to one by one, they are whatever lies below the folder listed. Pure. */
import type { Effect, Target } from './effect.ts';
import { isInside } from './paths.ts';
import type { Arg } from './program.ts';

const LISTED = 'a file that a listing names';

/** Returns `target` as lying below the folder whose listing `arg` comes out of, when that is in none of `inside`. */
export function belowListing(target: Target, arg: Arg, inside: readonly (string | null)[]): Target {
  if (target.kind !== 'unknown-path' || arg.kind !== 'unknown' || arg.prefix !== '') return target;
  if (arg.flow?.labels.has('files') !== true) return target;
  const known = [...inside, '/tmp', '/var/tmp'].filter((folder) => folder !== null && folder !== '/');
  const folder = arg.flow.paths.find(
    (path) => path.kind === 'path' && !known.some((one) => one !== null && isInside(path.path, one)),
  );
  return folder?.kind === 'path' ? { ...target, prefix: folder.path, why: LISTED } : target;
}

/** Returns whether the effect is on files that a listing elsewhere names, whatever the folder it is met in. */
export function isOfListing(effect: Effect): boolean {
  return effect.targets.some(isListed);
}

function isListed(target: Target): boolean {
  return target.kind === 'unknown-path' && target.why === LISTED;
}

/** Returns the effect with the folder listed as its target, where it writes to the files that are listed. */
export function ofListing(effect: Effect): Effect {
  if (effect.kind !== 'fs.write' && effect.kind !== 'fs.edit') return effect;
  if (!isOfListing(effect)) return effect;
  const targets = effect.targets.map(
    (target): Target =>
      target.kind === 'unknown-path' && isListed(target) && target.prefix !== null
        ? { kind: 'path', path: target.prefix, glob: false }
        : target,
  );
  return { ...effect, targets, facts: { ...effect.facts, listed: true } };
}
