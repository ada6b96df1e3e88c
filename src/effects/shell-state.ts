/**
 * What a shell knows while it runs, as far as it can be known before it runs: variables, functions, folders, descriptors.
 * A value is text with holes; where branches differ it is one of several. Cloned for a subshell, joined after branches.
 */
import type { FunctionNode } from '../shell/syntax.ts';
import { Layer } from './layer.ts';
import type { Flow } from './program.ts';

/** A part of a text that can't be known before it runs. */
export interface Hole {
  readonly why: string;
  readonly flow?: Flow;
  /** True when it can't be empty (`${X:?}`, a number). */
  readonly neverEmpty?: boolean;
}

/** A text with holes, in order. `[]` is the empty text. */
export type Value = readonly (string | Hole)[];

export type Variable =
  | { readonly kind: 'text'; readonly value: Value }
  | { readonly kind: 'array'; readonly items: readonly Value[]; readonly complete: boolean }
  | { readonly kind: 'either'; readonly options: readonly Variable[] }
  | { readonly kind: 'unset' };

/** A function's body, with the text that its offsets index. */
export interface FunctionBody {
  readonly node: FunctionNode;
  readonly source: string;
  readonly dialect: 'bash' | 'sh' | 'zsh';
}

export interface ShellState {
  readonly variables: Layer<string, Variable>;
  readonly functions: Layer<string, FunctionBody>;
  readonly aliases: Layer<string, string>;
  readonly descriptors: Layer<number, Flow>;
  /** Names that a child would see, of those assigned here. */
  readonly exported: Layer<string, true>;
  traps: readonly string[];
  /** `$1`, `$2` …; null: not known. */
  positional: readonly Value[] | null;
  name: string;
  cwd: string | null;
  /** Where it may be instead, when an earlier `cd` failed. */
  otherCwds: readonly (string | null)[];
  /** Where it is if the `cd` of this very list failed. */
  failedCwds: readonly (string | null)[];
  folderStack: readonly (string | null)[];
  /** True once this branch has left (exit, return): what it set does not reach what follows. */
  ended: boolean;
  stopsOnError: boolean;
  /** False when nothing of the caller's environment is seen (`env -i`). */
  inherits: boolean;
  /** What is set is exported (`set -a`). */
  exportsAll: boolean;
}

/** More alternatives than this become a hole. */
const MAX_OPTIONS = 8;

export const UNSET: Variable = { kind: 'unset' };

/** Returns the state of a shell that has just started in `cwd`. */
export function freshState(cwd: string | null, positional: readonly Value[] | null = [], name = 'bash'): ShellState {
  return {
    variables: new Layer(),
    functions: new Layer(),
    aliases: new Layer(),
    descriptors: new Layer(),
    exported: new Layer(),
    traps: [],
    positional,
    name,
    cwd,
    otherCwds: [],
    failedCwds: [],
    folderStack: [],
    ended: false,
    stopsOnError: false,
    inherits: true,
    exportsAll: false,
  };
}

/** Returns a state for a subshell or a branch: what it sets does not reach `state`, which must rest meanwhile. */
export function cloneState(state: ShellState): ShellState {
  return {
    ...state,
    variables: state.variables.over(),
    functions: state.functions.over(),
    aliases: state.aliases.over(),
    descriptors: state.descriptors.over(),
    exported: state.exported.over(),
  };
}

/**
 * Makes `state` what it is after one of `branches`, which are clones of it, ran. Branches that ended are left out, unless all did.
 * `inherited` tells what a variable holds that a branch did not set.
 */
export function joinStates(
  state: ShellState,
  branches: readonly ShellState[],
  inherited: (name: string) => Variable,
): void {
  const live = branches.filter((branch) => !branch.ended);
  const from = live.length > 0 ? live : branches;
  const first = from[0];
  if (first === undefined) return;
  const names = new Set(from.flatMap((branch) => [...branch.variables.changed()]));
  for (const name of names) {
    state.variables.set(name, either(from.map((branch) => branch.variables.get(name) ?? inherited(name))));
  }
  for (const branch of from) {
    adopt(state.functions, branch.functions);
    adopt(state.aliases, branch.aliases);
    adopt(state.descriptors, branch.descriptors);
    adopt(state.exported, branch.exported);
  }
  state.traps = [...new Set(from.flatMap((branch) => branch.traps))];
  state.cwd = first.cwd;
  state.otherCwds = [...new Set(from.flatMap((branch) => [branch.cwd, ...branch.otherCwds, ...branch.failedCwds]))]
    .filter((cwd) => cwd !== first.cwd)
    .slice(0, MAX_OPTIONS);
  state.failedCwds = [];
  state.folderStack = first.folderStack;
  state.positional = from.every((branch) => branch.positional === first.positional) ? first.positional : null;
  state.ended = live.length === 0;
  state.stopsOnError = from.every((branch) => branch.stopsOnError);
}

function adopt<Key, Value>(into: Layer<Key, Value>, from: Layer<Key, Value>): void {
  for (const key of from.changed()) {
    const value = from.get(key);
    if (value !== undefined) into.set(key, value);
  }
}

/** Returns a variable that is one of `options`. */
export function either(options: readonly Variable[]): Variable {
  const [one] = options;
  if (one !== undefined && options.every((option) => option === one)) return one;
  const different: Variable[] = [];
  for (const option of options.flatMap((one) => (one.kind === 'either' ? one.options : [one]))) {
    if (!different.some((other) => isSame(other, option))) different.push(option);
  }
  const [only] = different;
  if (different.length === 1 && only !== undefined) return only;
  if (different.length > MAX_OPTIONS) return { kind: 'text', value: [{ why: 'it may hold many things' }] };
  return { kind: 'either', options: different };
}

/** Returns a variable holding exactly `text`. */
export function known(text: string): Variable {
  return { kind: 'text', value: text === '' ? [] : [text] };
}

/** Returns a variable of which only `why` it is not known is known. */
export function unknownVariable(why: string, flow?: Flow): Variable {
  return { kind: 'text', value: [flow === undefined ? { why } : { why, flow }] };
}

/** Returns the text of a value without holes, or null. */
export function textOf(value: Value): string | null {
  if (value.length === 1) return typeof value[0] === 'string' ? value[0] : null;
  let text = '';
  for (const piece of value) {
    if (typeof piece !== 'string') return null;
    text += piece;
  }
  return text;
}

function isSame(one: Variable, other: Variable): boolean {
  if (one === other) return true;
  if (one.kind === 'unset' || other.kind === 'unset') return one.kind === other.kind;
  if (one.kind === 'text' && other.kind === 'text') return isSameValue(one.value, other.value);
  if (one.kind === 'array' && other.kind === 'array') {
    return (
      one.complete === other.complete &&
      one.items.length === other.items.length &&
      one.items.every((item, index) => isSameValue(item, other.items[index] ?? []))
    );
  }
  return false;
}

function isSameValue(one: Value, other: Value): boolean {
  return (
    one.length === other.length &&
    one.every((piece, index) => {
      const twin = other[index];
      return typeof piece === 'string' || typeof twin === 'string' ? piece === twin : piece.why === twin?.why;
    })
  );
}
