/** Tells a search for secrets across whole home folders or the system from one in a project. Pure. */
import { exactText } from './args.ts';
import type { Effect } from './effect.ts';
import type { Arg, Call } from './program.ts';

const NAMES_SECRETS =
  /AKIA|PRIVATE KEY|passw(?:or)?d|secret|api[_-]?key|access[_-]?key|credential|_token\b|ghp_|xox[bp]/i;

/** Returns that secrets are looked for across whole home folders or the system: what is found is printed. */
export function searchForSecrets(call: Call, patterns: readonly Arg[], places: readonly Arg[]): readonly Effect[] {
  if (!patterns.some((arg) => NAMES_SECRETS.test(exactText(arg) ?? ''))) return [];
  const wide = places
    .map(call.path)
    .filter(
      (target) =>
        target.kind === 'path' &&
        (target.path === call.home || /^\/(?:home|root|Users|etc|var|opt|mnt|srv)?$/.test(target.path)),
    );
  return wide.length === 0 ? [] : [call.effect('secret.read', wide)];
}
