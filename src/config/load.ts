/**
 * Makes the settings in force of the user's file and the repository's. Pure; never throws: what is wrong comes back as
 * problems, and a key with a problem counts as left out. A repository may only tighten until the user trusts its file.
 */
import { createHash } from 'node:crypto';
import { parse, TomlError } from 'smol-toml';
import { causeText } from '../errors.ts';
import { PROFILES } from '../policy/rule.ts';
import { type ConfigProblem, type Place, problemAt, problemsOf } from './problem.ts';
import { type Config, type ConfigFile, configFile, DEFAULTS } from './schema.ts';

export type { Config } from './schema.ts';

export interface ConfigSources {
  readonly user: Place | null;
  readonly repository: (Place & { readonly trusted: boolean }) | null;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly problems: readonly ConfigProblem[];
  /** Of both texts and whether the repository's is trusted: `c-` and 16 hexadecimal digits. */
  readonly digest: string;
}

/** Returns the settings of these texts, with all that is wrong in them. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const user = readFile(sources.user);
  const base = merge(DEFAULTS, user.written);
  const repository = readFile(sources.repository);
  const own = sources.repository;
  if (own === null) return { config: base, problems: user.problems, digest: digestOf(sources) };
  const bounded = own.trusted
    ? { written: repository.written, problems: [] }
    : tightening(own, repository.written, base);
  return {
    config: merge(base, bounded.written),
    problems: [...user.problems, ...repository.problems, ...bounded.problems],
    digest: digestOf(sources),
  };
}

interface Read {
  readonly written: ConfigFile;
  readonly problems: readonly ConfigProblem[];
}

function readFile(place: Place | null): Read {
  if (place === null) return { written: {}, problems: [] };
  try {
    return readTable(place, parse(place.text));
  } catch (thrown) {
    return { written: {}, problems: [syntaxProblem(place, thrown)] };
  }
}

function syntaxProblem(place: Place, thrown: unknown): ConfigProblem {
  const line = thrown instanceof TomlError ? thrown.line : null;
  const [first] = causeText(thrown).split('\n');
  const what = (first ?? '').replace('Invalid TOML document', 'it is not TOML');
  const where = line === null ? place.file : `${place.file}:${line}`;
  return { file: place.file, key: null, line, message: `${where}: ${what}`, fatal: true };
}

/** Takes out what has problems until the rest holds. Each round takes out at least one key. */
function readTable(place: Place, table: Record<string, unknown>): Read {
  const problems: ConfigProblem[] = [];
  for (;;) {
    const result = configFile.safeParse(table);
    if (result.success) return { written: result.data, problems };
    problems.push(...result.error.issues.flatMap((issue) => problemsOf(place, issue)));
    for (const issue of result.error.issues) {
      const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
      // A rule with a problem goes as a whole: half a rule might allow more than was meant.
      if (issue.path[0] === 'rule') delete table['rule'];
      else if (keys.length > 0) for (const key of keys) remove(table, [...issue.path, key]);
      else remove(table, issue.path);
    }
  }
}

function remove(table: Record<string, unknown>, path: readonly PropertyKey[]): void {
  const [first, ...rest] = path.filter((part) => typeof part === 'string');
  if (first === undefined) return;
  const inner = table[first];
  if (rest.length === 0 || typeof inner !== 'object' || inner === null || Array.isArray(inner)) delete table[first];
  else remove(inner as Record<string, unknown>, rest); // a TOML table
}

/** Returns what of an untrusted repository's file makes things stricter than `base`; the rest are problems that harm nothing. */
function tightening(place: Place, written: ConfigFile, base: Config): Read {
  const problems: ConfigProblem[] = [];
  const ignore = (...path: string[]) =>
    problems.push(problemAt(place, path, 'is ignored until you trust this file: belay config trust', false));
  const kept: ConfigFile = {};
  if (written.profile !== undefined) {
    if (PROFILES.indexOf(written.profile) <= PROFILES.indexOf(base.profile)) kept.profile = written.profile;
    else ignore('profile');
  }
  if (written['protected-branches'] !== undefined) kept['protected-branches'] = written['protected-branches'];
  if (written.shims?.extra !== undefined) kept.shims = { extra: written.shims.extra };
  if (written.shims?.skip !== undefined) ignore('shims', 'skip');
  const { deletions, seconds } = written.watch ?? {};
  if (deletions !== undefined && deletions <= base.watch.deletions) kept.watch = { deletions };
  else if (deletions !== undefined) ignore('watch', 'deletions');
  if (seconds !== undefined && seconds >= base.watch.seconds) kept.watch = { ...kept.watch, seconds };
  else if (seconds !== undefined) ignore('watch', 'seconds');
  for (const table of ['hold', 'snapshots', 'notify'] as const) {
    for (const key of Object.keys(written[table] ?? {})) ignore(table, key);
  }
  return { written: kept, problems };
}

/** Later settings win; lists that add something add up. */
function merge(base: Config, written: ConfigFile): Config {
  const { hold, snapshots, watch, notify, shims } = written;
  return {
    profile: written.profile ?? base.profile,
    'protected-branches': union(base['protected-branches'], written['protected-branches']),
    hold: { 'timeout-minutes': hold?.['timeout-minutes'] ?? base.hold['timeout-minutes'] },
    snapshots: {
      'budget-gb': snapshots?.['budget-gb'] ?? base.snapshots['budget-gb'],
      'keep-days': snapshots?.['keep-days'] ?? base.snapshots['keep-days'],
      regenerable: union(base.snapshots.regenerable, snapshots?.regenerable),
    },
    watch: {
      deletions: watch?.deletions ?? base.watch.deletions,
      seconds: watch?.seconds ?? base.watch.seconds,
    },
    notify: { bell: notify?.bell ?? base.notify.bell },
    shims: { extra: union(base.shims.extra, shims?.extra), skip: union(base.shims.skip, shims?.skip) },
  };
}

function union(base: readonly string[], more: readonly string[] | undefined): readonly string[] {
  return [...new Set([...base, ...(more ?? [])])];
}

function digestOf({ user, repository }: ConfigSources): string {
  const parts = [user?.text ?? null, repository?.text ?? null, repository?.trusted ?? null];
  return `c-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)}`;
}
