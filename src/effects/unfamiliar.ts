/**
 * Programs that no table knows, and verbs that a tool's rows do not name: told by what nearly every command line says alike.
 * A verb of destruction among its first words, a mining pool's address, the system's own passwords. Pure.
 */
import { exactText } from './args.ts';
import type { Effect } from './effect.ts';
import type { Arg, Call } from './program.ts';

/** Verbs by which command lines take away what is theirs. `clear`, `clean` and `reset` are left out: caches are cleared. */
const DESTROYS =
  /^(?:[\w-]+[:.])?(?:delete|destroy|terminate|purge|drop|wipe|erase|undefine|obliterate|unpublish|deregister)(?:[-_:]?(?:all|db|database|site|topic|queue|stack|cluster|project|volume|bucket|table|instances?|vm)|[A-Z]\w*)?$|^(?:Delete|Destroy|Terminate)[A-Z]\w*$/;
/** Verbs that mean as much only when they are told not to ask, or to take all. */
const REMOVES = /^(?:rm|remove|uninstall|empty|flush|truncate)$/;
const UNASKED =
  /^(?:-y|--force|--yes|--all|--purge|-purge|--assume-yes|--no-confirm|--auto-approve|-recurse|--recursive)$/;
const LOOKS =
  /^(?:-h|--help|help|--dry-run|--dryrun|-n|--plan|--check|--what-if|--simulate|list|ls|show|describe|get|status)$/;
/** Programs whose verbs are names that a project gives. */
const RUNNERS =
  /^(?:npm|pnpm|yarn|bun|bunx|npx|deno|just|task|nx|turbo|lerna|composer|poetry|pdm|hatch|uv|cargo|go|gradlew?|mvn|rake|mix|xcrun|hyperfine)$/;
/** Programs that so take away what their own last run left: figures, and machines made for one test. */
const OWN_LEFTOVERS = /^(?:coverage3?|molecule|kitchen)$/;
const WORD = /^[A-Za-z][\w:.-]*$/;
const PASSWORDS = /^\/etc\/(?:shadow|gshadow|master\.passwd|sudoers)-?$/;
const POOL = /^(?:stratum\d?\+(?:tcp|ssl|tls)|stratum):\/\//;

/** Returns what the words of a program without a table say that it does. */
export function readUnfamiliar(call: Call): readonly Effect[] {
  const effects = [...destruction(call, call.args)];
  const passwords = call.args.filter((arg) => PASSWORDS.test(exactText(arg) ?? ''));
  if (passwords.length > 0) effects.push(call.effect('secret.read', passwords.map(call.path)));
  if (call.args.some((arg) => POOL.test(exactText(arg) ?? '')))
    effects.push(call.effect('machine.flood', [], { what: 'mining' }));
  return effects;
}

/** Returns the effect of a verb of destruction among the first plain words of `args`, if there is one. */
export function destruction(call: Call, args: readonly Arg[]): readonly Effect[] {
  const texts = args.map((arg) => exactText(arg) ?? '');
  if (RUNNERS.test(call.name) || OWN_LEFTOVERS.test(call.name) || texts.some((word) => LOOKS.test(word))) return [];
  const plain = texts.filter((word) => WORD.test(word)).slice(0, 4);
  const unasked = texts.some((word) => UNASKED.test(word));
  const verb = plain.find((word) => DESTROYS.test(word) || (unasked && REMOVES.test(word)));
  if (verb === undefined) return [];
  return [call.effect('service.write', [], { service: call.name, verb, destructive: true })];
}
