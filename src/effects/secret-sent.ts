/** Secrets that one command reads and carries to another machine in one go: copies, uploads, backups. Pure. */
import type { Effect } from './effect.ts';

/** Returns whether the effect takes what its command reads off this machine. */
function carriesAway({ kind, facts }: Effect): boolean {
  if (kind === 'remote.copy') return facts.direction === 'to';
  return kind === 'net.send' && facts.local !== true && facts.what === 'file';
}

/**
 * Returns that `secrets`, read by a command whose effects are `said`, leave with what it sends. `depth`: how many wrappers
 * it stands in, since what a wrapped command sends was told where it was met.
 */
export function sentAlong(said: readonly Effect[], secrets: readonly string[], depth: number): readonly Effect[] {
  if (secrets.length === 0 || said.some((effect) => effect.kind === 'secret.send')) return [];
  const sending = said.find((effect) => effect.via.length === depth && carriesAway(effect));
  return sending === undefined ? [] : [{ ...sending, kind: 'secret.send', facts: { what: secrets.join(', ') } }];
}
