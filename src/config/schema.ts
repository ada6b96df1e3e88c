/** The keys of `config.toml` and `.belay.toml`, what each takes, and what holds where it is left out. Strict: an unknown key is an error. */
import { z } from 'zod';
import { PROFILES } from '../policy/rule.ts';
import { userRule } from '../policy/user-rule.ts';

const programName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/, 'must be the name of a program, without a folder')
  .describe('The name of a program, without its folder.');
const pathGlob = z.string().min(1, 'must not be empty');
const branchGlob = z.string().min(1, 'must not be empty').describe('A branch, or a glob over branches.');

const hold = z
  .strictObject({
    'timeout-minutes': z
      .number()
      .min(0)
      .max(10_080)
      .optional()
      .describe('After so many minutes without an answer a held request is refused. 0: it waits for ever. Default: 0.'),
  })
  .describe('How long a request waits for a person.');

const snapshots = z
  .strictObject({
    'budget-gb': z
      .number()
      .positive()
      .max(100_000)
      .optional()
      .describe('The most that snapshots may take. Default: 10.'),
    'keep-days': z.int().min(1).max(3_650).optional().describe('How long snapshots are kept. Default: 30.'),
    regenerable: z
      .array(pathGlob)
      .optional()
      .describe('More folders that can be made again, such as node_modules: they are kept by hard links only.'),
  })
  .describe('What is saved before something risky runs.');

const watch = z
  .strictObject({
    deletions: z.int().min(1).max(1_000_000).optional().describe('So many deleted files ... Default: 100.'),
    seconds: z
      .number()
      .positive()
      .max(3_600)
      .optional()
      .describe('... within so many seconds stop the session. Default: 10.'),
  })
  .describe('When a session is stopped for deleting too much too fast.');

const notify = z
  .strictObject({ bell: z.boolean().optional().describe('Ring the terminal when a request is held. Default: true.') })
  .describe('How a person is told.');

const shims = z
  .strictObject({
    extra: z.array(programName).optional().describe('More programs to judge when they are started from scripts.'),
    skip: z.array(programName).optional().describe('Programs that get no shim of their own.'),
  })
  .describe('Which programs stand in PATH for the real ones.');

export const configFile = z
  .strictObject({
    profile: z
      .enum(PROFILES)
      .optional()
      .describe(
        'How reversible risk is treated: careful holds it, balanced lets small and regenerable loss through, trusting whatever a snapshot brings back. Default: balanced.',
      ),
    'protected-branches': z
      .array(branchGlob)
      .optional()
      .describe('Branches that nobody pushes to by force, beside main, master, release and the like.'),
    hold: hold.optional(),
    snapshots: snapshots.optional(),
    watch: watch.optional(),
    notify: notify.optional(),
    shims: shims.optional(),
    rule: z.array(userRule).optional().describe('Your own rules: allow, ask or deny.'),
  })
  .describe('The configuration of Belay.');

/** A file as it was written. */
export type ConfigFile = z.infer<typeof configFile>;

/** The settings in force. The keys are those of the file. Rules are not among them: `policy/` reads them from the text. */
export interface Config {
  readonly profile: (typeof PROFILES)[number];
  readonly 'protected-branches': readonly string[];
  readonly hold: { readonly 'timeout-minutes': number };
  readonly snapshots: {
    readonly 'budget-gb': number;
    readonly 'keep-days': number;
    readonly regenerable: readonly string[];
  };
  readonly watch: { readonly deletions: number; readonly seconds: number };
  readonly notify: { readonly bell: boolean };
  readonly shims: { readonly extra: readonly string[]; readonly skip: readonly string[] };
}

export const DEFAULTS: Config = {
  profile: 'balanced',
  'protected-branches': [],
  hold: { 'timeout-minutes': 0 },
  snapshots: { 'budget-gb': 10, 'keep-days': 30, regenerable: [] },
  watch: { deletions: 100, seconds: 10 },
  notify: { bell: true },
  shims: { extra: [], skip: [] },
};
