/** What gpg does to its key rings, gpg(1), GnuPG 2.4. Pure. */
import type { Call, Reading } from './program.ts';
import { flow, text } from './readings.ts';

/** Returns what a call that exports, deletes or takes in keys does, or null when it does none of these. */
export function gpgKeys(call: Call): Reading | null {
  const has = (pattern: RegExp) => call.args.some((arg) => pattern.test(text(arg) ?? ''));
  if (has(/^--export-secret-(sub)?keys?$|^--export-ssh-secret/)) {
    return {
      effects: [call.effect('secret.print', [], { what: 'gpg secret keys' })],
      output: flow(['secret'], [], ['gpg secret keys']),
    };
  }
  if (has(/^--delete-(secret-|secret-and-public-)?keys?$/))
    return { effects: [call.effect('secret.store', [], { verb: 'delete' })] };
  if (has(/^--(import|edit-key|gen-key|full-gen(erate)?-key|quick-gen(erate)?-key|generate-key|import-ownertrust)$/)) {
    return { effects: [call.effect('secret.store', [], { verb: 'write' })] };
  }
  return null;
}
