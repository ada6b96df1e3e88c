/**
 * What the verb of a cloud command does, told by its first word, as the providers name theirs: `describe-instances`,
 * `deleteBucket`, `add-iam-policy-binding`. Pure. What no list knows counts as a change.
 */
import type { Effect } from './effect.ts';
import type { Reading } from './program.ts';
import { flowOf, known, names, type Use, words } from './subcommands.ts';

const READS = new Set(
  words(`
  list ls describe get head show check validate lookup search view wait help test estimate filter tail diff log logs
  info status print version inspect query scan batch preview simulate select watch whoami export download open browse
  read exists top report usage metrics price calculate detect verify env-list docs explain doctor dig
`),
);
const DELETES = new Set(
  words(
    'delete del rm remove destroy terminate purge deregister release empty drop wipe undeploy uninstall schedule-key-deletion reset',
  ),
);
const PERMISSION =
  /iam-policy|policy-binding|bucket-policy|bucket-acl|object-acl|resource-policy|(?:add|remove|put|set).*permission|public-access-block|security-group-(?:in|e)gress|role-(?:assignment|definition)|access-grant|make-public|allow-unauthenticated/;

export type VerbClass = 'read' | 'change' | 'delete' | 'permission';

/** Returns what sort of act `verb` is. */
export function classOf(verb: string): VerbClass {
  if (PERMISSION.test(verb) && !READS.has(verb.split('-')[0] ?? '')) return 'permission';
  const whole = verb.toLowerCase();
  const first = verb.split(/[-:_]|(?=[A-Z])/)[0]?.toLowerCase() ?? '';
  if (first === 'batch')
    return /delete/.test(whole) ? 'delete' : /get|detect|check|describe|list/.test(whole) ? 'read' : 'change';
  if (READS.has(whole) || READS.has(first)) return 'read';
  if (DELETES.has(whole) || DELETES.has(first)) return 'delete';
  return 'change';
}

/** Returns whether `word` reads as the verb of a command rather than as the name of a service or resource. */
export function isVerb(word: string): boolean {
  return VERBS.has(word) || VERBS.has(word.split('-')[0] ?? '');
}

const VERBS = new Set([
  ...READS,
  ...DELETES,
  ...words(`
  create update set add enable disable deploy start stop restart resize patch import submit promote scale run invoke apply
  attach detach move rename copy upload sync restore clone failover rollback replace revoke grant publish cancel
  suspend resume undelete put assign unassign register associate disassociate modify reboot rotate regenerate
  recover renew swap publish connect ssh scp bind unbind lock unlock upgrade downgrade configure init link unlink
`),
]);

/** Returns the effects of an act on a cloud that no row tells more closely. */
export function cloudReading(
  use: Use,
  provider: string,
  service: string,
  verb: string,
  resources = use.operands,
): Reading {
  const output = flowOf('network', [provider]);
  const targets = names(`${provider} ${service}`.trim(), resources);
  const effects: Effect[] = [];
  switch (classOf(verb)) {
    case 'read':
      break;
    case 'delete':
      effects.push(use.call.effect('cloud.delete', targets, { provider, service, verb }));
      break;
    case 'permission':
      effects.push(use.call.effect('cloud.permission', targets, { provider, verb }));
      break;
    case 'change':
      effects.push(use.call.effect('cloud.change', targets, { provider, service, verb }));
      break;
  }
  return { effects, output };
}

/** Returns the operands' leading path up to its verb: `compute instances delete NAME` has the verb at 2; -1 if none. */
export function verbAt(use: Use): number {
  return use.operands.findIndex((arg, index) => index > 0 && isVerb(known(arg) ?? ''));
}
