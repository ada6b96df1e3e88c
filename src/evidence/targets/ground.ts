/**
 * What readings of a target stand on: the call's own address, and small files of this machine. Reads regular files of
 * bounded size until the deadline; what can't be had is null. Nothing is run, and nothing secret leaves a reading.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { tellsWhere } from '../../effects/address.ts';
import type { Address, Effect } from '../../effects/effect.ts';
import type { Deadline } from '../deadline.ts';
import type { EffectEvidence, Places, Whereabouts } from '../evidence.ts';

/** Configuration is small: what is larger is not read. State files may be larger. */
const MAX_BYTES = 1_048_576;

/** What was found of where an effect would hit. */
export interface FoundPlace extends Whereabouts {
  readonly facts: EffectEvidence['facts'];
}

/** A value, with where it was found in words for a person: `DATABASE_URL in .env`. */
export interface Found {
  readonly value: string;
  readonly from: string;
}

export interface Ground {
  readonly effect: Effect;
  readonly address: Address;
  /** The folder that the call works in. */
  readonly cwd: string | null;
  readonly workspace: string | null;
  readonly home: string | null;
  readonly places: Places;
  readonly disk: Disk;
  /** Whether the session made a file. */
  made(path: string): boolean;
}

/** Small files, each read once. Without a deadline there is no disk: nothing is found. */
export class Disk {
  readonly #deadline: Deadline | null;
  readonly #texts = new Map<string, string | null>();

  constructor(deadline: Deadline | null) {
    this.#deadline = deadline;
  }

  /** Returns the text of a regular file, or null. */
  text(path: string): string | null {
    const read = this.#texts.get(path);
    if (read !== undefined) return read;
    const text = this.#isOver() ? null : textOfSmall(path);
    this.#texts.set(path, text);
    return text;
  }

  /** Returns the size of a regular file, or null when there is none. */
  size(path: string): number | null {
    try {
      const stats = this.#isOver() ? null : statSync(path);
      return stats?.isFile() === true ? stats.size : null;
    } catch {
      return null;
    }
  }

  /** Returns the names in a folder. */
  names(folder: string): readonly string[] {
    try {
      return this.#isOver() ? [] : readdirSync(folder);
    } catch {
      return [];
    }
  }

  #isOver(): boolean {
    return this.#deadline === null || this.#deadline.hasPassed();
  }

  /** Returns the parsed content of a JSON file, or null. */
  json(path: string): unknown {
    try {
      return JSON.parse((this.text(path) ?? '').replace(/^\ufeff/, ''));
    } catch {
      return null;
    }
  }
}

function textOfSmall(path: string): string | null {
  try {
    const stats = statSync(path); // a pipe or a device would never end
    return stats.isFile() && stats.size <= MAX_BYTES ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}

/** Returns a variable of the call's environment: its text, null when it is known to be unset, undefined when not known. */
export function variable(ground: Ground, name: string): string | null | undefined {
  const { env, envKnown } = ground.address;
  const value = env[name];
  if (value !== undefined) return value ?? undefined;
  return envKnown && tellsWhere(name) ? null : undefined;
}

/** Returns the first of `names` that is set. Undefined: one that comes before it is not known. */
export function firstVariable(ground: Ground, names: readonly string[]): Found | null | undefined {
  for (const name of names) {
    const value = variable(ground, name);
    if (value === undefined) return undefined;
    if (value !== null) return { value, from: name };
  }
  return null;
}

/** Returns the path that `text` names for the call: against its folder, `~` as home. */
export function pathOf(ground: Ground, text: string, folder: string | null = ground.cwd): string | null {
  if (text.startsWith('/')) return posix.normalize(text);
  if (text === '~' || text.startsWith('~/'))
    return ground.home === null ? null : posix.join(ground.home, text.slice(1));
  return folder === null ? null : posix.join(folder, text);
}

/** Returns a path as a person knows it: below the call's folder, or below home. */
export function shown(ground: Ground, path: string): string {
  const { cwd, home } = ground;
  if (cwd !== null && path.startsWith(`${cwd}/`)) return path.slice(cwd.length + 1);
  return home !== null && path.startsWith(`${home}/`) ? `~/${path.slice(home.length + 1)}` : path;
}

/** Returns the member of a parsed JSON or YAML value at `keys`, or undefined. */
export function member(value: unknown, ...keys: readonly string[]): unknown {
  let at: unknown = value;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Object.entries(at).find(([name]) => name === key)?.[1];
  }
  return at;
}

/** Returns the text at `keys`, or null. */
export function textAt(value: unknown, ...keys: readonly string[]): string | null {
  const found = member(value, ...keys);
  return typeof found === 'string' && found !== '' ? found : typeof found === 'number' ? String(found) : null;
}
