/**
 * What a shell knows while it runs, as far as it can be known before it runs: variables, functions, folders, descriptors.
 * A value is text with holes; where branches differ it is one of several. Cloned for a subshell, joined after branches.
 */
import type { FunctionNode } from '../shell/syntax.ts';
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
  readonly variables: Map<string, Variable>;
  readonly functions: Map<string, FunctionBody>;
  readonly aliases: Map<string, string>;
  readonly descriptors: Map<number, Flow>;
  /** Names that a child would see, of those assigned here. */
  readonly exported: Set<string>;
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
}

/** More alternatives than this become a hole. */
const MAX_OPTIONS = 8;

export const UNSET: Variable = { kind: 'unset' };

/** Returns the state of a shell that has just started in `cwd`. */
export function freshState(cwd: string | null, positional: readonly Value[] | null = [], name = 'bash'): ShellState {
  return {
    variables: new Map(),
    functions: new Map(),
    aliases: new Map(),
    descriptors: new Map(),
    exported: new Set(),
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
  };
}

/** Returns a copy for a subshell or a branch: what it sets does not reach the original. */
export function cloneState(state: ShellState): ShellState {
  return {
    ...state,
    variables: new Map(state.variables),
    functions: new Map(state.functions),
    aliases: new Map(state.aliases),
    descriptors: new Map(state.descriptors),
    exported: new Set(state.exported),
  };
}

/**
 * Makes `state` what it is after one of `branches` ran, whichever. Branches that ended are left out, unless all did.
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
  const names = new Set(from.flatMap((branch) => [...branch.variables.keys()]));
  const joined = new Map<string, Variable>();
  for (const name of names) {
    joined.set(name, either(from.map((branch) => branch.variables.get(name) ?? inherited(name))));
  }
  state.variables.clear();
  for (const [name, variable] of joined) state.variables.set(name, variable);
  for (const branch of from) {
    for (const [name, body] of branch.functions) state.functions.set(name, body);
    for (const [name, text] of branch.aliases) state.aliases.set(name, text);
    for (const [number, flow] of branch.descriptors) state.descriptors.set(number, flow);
    for (const name of branch.exported) state.exported.add(name);
  }
  state.traps = [...new Set(from.flatMap((branch) => branch.traps))];
  state.cwd = first.cwd;
  state.otherCwds = [
    ...new Set(from.flatMap((branch) => [branch.cwd, ...branch.otherCwds, ...branch.failedCwds])),
  ].filter((cwd) => cwd !== first.cwd);
  state.failedCwds = [];
  state.folderStack = first.folderStack;
  state.positional = from.every((branch) => branch.positional === first.positional) ? first.positional : null;
  state.ended = live.length === 0;
  state.stopsOnError = from.every((branch) => branch.stopsOnError);
}

/** Returns a variable that is one of `options`. */
export function either(options: readonly Variable[]): Variable {
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
