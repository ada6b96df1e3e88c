/**
 * What readings of a target stand on: the call's own address, and small files of this machine. Reads regular files of
 * bounded size until the deadline; what can't be had is null. Nothing is run, and nothing secret leaves a reading.
 */
import { readdirSync, statSync } from 'node:fs';
import { posix } from 'node:path';

import type { Address, Effect } from '../../effects/effect.ts';
import { tellsWhere } from '../../effects/where-variables.ts';
import type { Deadline } from '../deadline.ts';
import type { EffectEvidence, Places, Whereabouts } from '../evidence.ts';
import { textOf } from '../files.ts';
import type { Area } from './line-changes.ts';

/** Configuration is small: what is larger is not read. What is parsed by itself (JSON) may be larger: state files are. */
const MAX_BYTES = 262_144;
const MAX_JSON_BYTES = 4_194_304;

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
  /** Commands of the line that switch an area's settings: what the files say now does not hold after them. */
  switches(area: Area): readonly string[];
  /** Whether the session made a file. */
  made(path: string): boolean;
}

/** Small files, each read once. Without a deadline there is no disk: nothing is found. */
export class Disk {
  readonly #deadline: Deadline | null;
  readonly #isChanged: (path: string) => boolean;
  readonly #texts = new Map<string, string | null>();
  #isUnsure = false;

  /** `isChanged`: whether the line itself changes what stands at a path. */
  constructor(deadline: Deadline | null, isChanged: (path: string) => boolean) {
    this.#deadline = deadline;
    this.#isChanged = isChanged;
  }

  /** Returns what `read` finds, or null when something that it looked at could not be told: absent is not the same. */
  sure<T>(read: () => T | null): T | null {
    this.#isUnsure = false;
    const found = read();
    return this.#isUnsure ? null : found;
  }

  /** Returns the text of a regular file, or null. */
  text(path: string, maxBytes = MAX_BYTES): string | null {
    const size = this.size(path);
    const read = this.#texts.get(path);
    if (read !== undefined || size === null) return read ?? null;
    const text = size <= maxBytes ? textOf(path) : null;
    if (text === null) this.#isUnsure = true;
    this.#texts.set(path, text);
    return text;
  }

  /** Returns the size of a regular file, or null when there is none. */
  size(path: string): number | null {
    if (!this.#canLook(path)) return null;
    try {
      const stats = statSync(path);
      // A pipe or a device would never end.
      if (!stats.isFile() && !stats.isDirectory()) this.#isUnsure = true;
      return stats.isFile() ? stats.size : null;
    } catch (thrown) {
      if (!isAbsent(thrown)) this.#isUnsure = true;
      return null;
    }
  }

  /** Returns the names in a folder. */
  names(folder: string): readonly string[] {
    try {
      return this.#canLook(folder) ? readdirSync(folder) : [];
    } catch {
      return [];
    }
  }

  #canLook(path: string): boolean {
    if (this.#deadline === null) return false;
    const can = !this.#deadline.hasPassed() && !this.#isChanged(path);
    if (!can) this.#isUnsure = true;
    return can;
  }

  /** Returns the parsed content of a JSON file, or null. */
  json(path: string): unknown {
    try {
      return JSON.parse((this.text(path, MAX_JSON_BYTES) ?? '').replace(/^\ufeff/, ''));
    } catch {
      return null;
    }
  }
}

function isAbsent(thrown: unknown): boolean {
  const code = textAt(thrown, 'code');
  return code === 'ENOENT' || code === 'ENOTDIR';
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
