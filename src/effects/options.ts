/**
 * Tells a program's options from its operands as getopt_long(3) does: clusters, glued values, `--name=value`, unique
 * abbreviations of long options, `--`. Pure.
 */
import { dropStart, knownStart } from './args.ts';
import type { Arg, OptionSpec, Options } from './program.ts';

type Takes = 'value' | 'optional' | 'nothing';

interface Table {
  readonly takes: ReadonlyMap<string, Takes>;
  readonly longs: readonly string[];
}

const tables = new WeakMap<OptionSpec, Table>();

/** Returns `args` told apart by `spec`. Letters that the spec does not list count as options without a value. */
export function parseOptions(spec: OptionSpec, args: readonly Arg[]): Options {
  const table = tableOf(spec);
  const seen = new Map<string, Arg[]>();
  const operands: Arg[] = [];
  const unknown: Arg[] = [];
  let uncertain = false;
  const see = (name: string, value: Arg | undefined) => {
    const values = seen.get(name) ?? [];
    if (value !== undefined) values.push(value);
    seen.set(name, values);
  };

  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index];
    if (arg === undefined) break;
    const start = knownStart(arg);
    if (arg.kind === 'unknown' && start === '') uncertain = true;
    if (!start.startsWith('-') || start === '-') {
      operands.push(arg);
      if (spec.stopAtOperand === true) {
        operands.push(...args.slice(index + 1));
        break;
      }
      continue;
    }
    if (start === '--' && arg.kind === 'literal') {
      operands.push(...args.slice(index + 1));
      break;
    }
    if (start.startsWith('--') || spec.singleDash === true) {
      const equals = start.indexOf('=');
      const written = equals === -1 ? start : start.slice(0, equals);
      const name = longName(table, written, spec.singleDash === true);
      if (name === null || (arg.kind === 'unknown' && equals === -1)) {
        unknown.push(arg);
        if (arg.kind === 'unknown') uncertain = true;
        see(written, equals === -1 ? undefined : dropStart(arg, equals + 1));
      } else if (equals !== -1) {
        see(name, dropStart(arg, equals + 1));
      } else if (table.takes.get(name) === 'value') {
        index += 1;
        see(name, args[index]);
      } else {
        see(name, undefined);
      }
      continue;
    }
    if (shortCluster(arg, start, table, see, unknown, args[index + 1])) index += 1;
    if (arg.kind === 'unknown') uncertain = true;
  }
  return {
    has: (...names) => names.some((name) => seen.has(name)),
    value: (...names) => names.flatMap((name) => seen.get(name) ?? []).at(-1),
    values: (...names) => names.flatMap((name) => seen.get(name) ?? []),
    operands,
    unknown,
    uncertain,
  };
}

/** Takes `-abc` apart. Returns whether the next word was taken as a value. */
function shortCluster(
  arg: Arg,
  start: string,
  table: Table,
  see: (name: string, value: Arg | undefined) => void,
  unknown: Arg[],
  next: Arg | undefined,
): boolean {
  for (let at = 1; at < start.length; at += 1) {
    const name = `-${start[at]}`;
    const takes = table.takes.get(name);
    const rest = at + 1 < start.length || arg.kind === 'unknown';
    if (takes === undefined && at === 1) unknown.push(arg);
    if (takes === 'value' || takes === 'optional') {
      if (rest) {
        see(name, dropStart(arg, at + 1));
        return false;
      }
      see(name, takes === 'value' ? next : undefined);
      return takes === 'value' && next !== undefined;
    }
    see(name, undefined);
  }
  return false;
}

/** Returns the listed long option that `written` is or abbreviates, or null. */
function longName(table: Table, written: string, singleDash: boolean): string | null {
  if (table.takes.has(written)) return written;
  if (singleDash) {
    const other = written.startsWith('--') ? written.slice(1) : `-${written}`;
    return table.takes.has(other) ? other : null;
  }
  let match: string | null = null;
  for (const name of table.longs) {
    if (!name.startsWith(written)) continue;
    if (match !== null) return null;
    match = name;
  }
  return match;
}

function tableOf(spec: OptionSpec): Table {
  const known = tables.get(spec);
  if (known !== undefined) return known;
  const takes = new Map<string, Takes>();
  for (const name of spec.flags ?? []) takes.set(name, 'nothing');
  for (const name of spec.optionalValues ?? []) takes.set(name, 'optional');
  for (const name of spec.values ?? []) takes.set(name, 'value');
  const table = { takes, longs: [...takes.keys()].filter((name) => name.startsWith('--')) };
  tables.set(spec, table);
  return table;
}
