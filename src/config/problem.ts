/** What is wrong in a configuration file, in words that name the file, the line, the key and what is allowed. Pure. */
import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { configFile } from './schema.ts';

export interface ConfigProblem {
  readonly file: string;
  /** Dotted, as in the file: `hold.timeout-minutes`, `rule[2].decision`. Null: it is about the whole file. */
  readonly key: string | null;
  readonly line: number | null;
  /** The whole sentence, with file and line. */
  readonly message: string;
  /** False for what is left out and harms nothing: the rest of the file is in force. */
  readonly fatal: boolean;
}

/** Where in a file something stands. */
export interface Place {
  readonly file: string;
  readonly text: string;
}

/** Returns a problem with one key, found again in the file's text where it is written only once. */
export function problemAt(place: Place, path: readonly PropertyKey[], what: string, fatal: boolean): ConfigProblem {
  const key = path.length === 0 ? null : keyText(path);
  const line = lineOf(place.text, path);
  const where = line === null ? place.file : `${place.file}:${line}`;
  return { file: place.file, key, line, message: `${where}: ${key === null ? '' : `${key} `}${what}`, fatal };
}

/** Returns the problems of one finding of the schema: an unknown key is one for each. */
export function problemsOf(place: Place, issue: z.core.$ZodIssue): readonly ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problemAt(place, [...issue.path, key], unknownKey(key, keysAt(issue.path)), true));
  }
  return [problemAt(place, deepest(issue).path, `${whatIsAllowed(deepest(issue))}`, true)];
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = known.length === 0 ? null : closest(key, known);
  const hint = near !== null && distance(key, near) <= Math.max(2, key.length / 3) ? `; did you mean ${near}?` : '';
  return `is not a key that Belay knows${hint}${known.length === 0 ? '' : `${hint === '' ? ';' : ''} here are: ${known.join(', ')}`}`;
}

function whatIsAllowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'invalid_type':
      return issue.input === undefined && issue.message.endsWith('undefined')
        ? 'is missing'
        : `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? 'must not be empty'
        : `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_union':
      return 'must be a text or a list of texts';
    default:
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list in [brackets]',
  object: 'a table',
  date: 'a date, such as 2027-01-31',
};

/** Of a union's branches, the finding that lies deepest says most. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.flat().map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
  return inner.find((one) => one.path.length > issue.path.length) ?? issue;
}

/** The keys that the schema has at `path`. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = configFile;
  for (const part of path) {
    const inner = unwrapped(schema);
    schema = typeof part === 'number' ? inner['element'] : shapeOf(inner)[String(part)];
  }
  return Object.keys(shapeOf(unwrapped(schema)));
}

function unwrapped(schema: unknown): Readonly<Record<string, unknown>> {
  const record = asRecord(schema);
  const inner = asRecord(record['def'])['innerType'];
  return inner === undefined ? record : unwrapped(inner);
}

function shapeOf(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return asRecord(schema['shape']);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}; // zod's own objects
}

function keyText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part + 1}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** The TOML reader keeps no places: a name that stands on the left of just one line is surely that key. */
function lineOf(text: string, path: readonly PropertyKey[]): number | null {
  const name = path.findLast((part) => typeof part === 'string');
  if (name === undefined) return null;
  const lines = text.split('\n').flatMap((line, index) => (namesKey(line, String(name)) ? [index + 1] : []));
  return lines.length === 1 ? (lines[0] ?? null) : null;
}

function namesKey(line: string, name: string): boolean {
  const left = /^\s*\[{0,2}\s*([^=\]#]*?)\s*[=\]]/.exec(line)?.[1] ?? '';
  return left.split('.').some((part) => part.trim().replace(/^["']|["']$/g, '') === name);
}
