/** What the rows of hosting platforms have in common: deploys, secrets, deletions, names. Pure. */
import type { Program } from './program.ts';
import { type Does, production, type Row, subcommands, type Tool, type Use } from './subcommands.ts';

/** Returns the effect of a deploy to `to`; production when `isProduction` says so. */
export const deploys = (to: string, isProduction: (use: Use) => true | undefined = production): Does => ({
  effect: 'deploy',
  facts: { to, production: isProduction },
});
/** Returns the effect of deleting what the verbs name. */
export const deletes = (provider: string): Does => ({
  effect: 'cloud.delete',
  noun: 'resource',
  facts: { provider, service: (use) => use.verbs[0], verb: (use) => use.verbs.at(-1) },
});
/** Returns the effect of changing what the verbs name. */
export const changes = (provider: string): Does => ({
  effect: 'cloud.change',
  noun: 'resource',
  facts: { provider, service: (use) => use.verbs[0], verb: (use) => use.verbs.join(' ') },
});
/** Returns the effect of granting access. */
export const permits = (provider: string): Does => ({
  effect: 'cloud.permission',
  noun: 'resource',
  facts: { provider, verb: (use) => use.verbs.join(' ') },
});
/** Writes a secret or an environment variable on the platform. */
export const storesSecret: Does = { effect: 'secret.store', facts: { verb: 'write' } };
/** Removes one. */
export const removesSecret: Does = { effect: 'secret.store', noun: 'secret', facts: { verb: 'delete' } };
/** Prints one. */
export const printsSecret = (what: string): Does => ({ effect: 'secret.print', facts: { what } });
/** Returns the effect of changing names or certificates. */
export const dns = (provider: string): Does => ({ effect: 'cloud.dns', noun: 'name', facts: { provider } });
/** Returns the effect of emptying a database. */
export const resets = (tool: string): Does => ({ effect: 'db.drop', facts: { tool, production } });
/** A condition that always holds. */
export const always = (): true => true;

export interface Platform extends Partial<Tool> {
  readonly rows: readonly Row[];
  readonly examples: Tool['examples'];
}

/** Returns the program of a hosting platform. */
export const platform = (names: readonly string[], manual: string, rest: Platform): Program =>
  subcommands({ names, manual, flow: 'network', dryRun: ['--dry-run'], ...rest });
