/** Words after expansion: made, cut and told apart. Pure. */
import type { Span } from './effect.ts';
import type { Arg } from './program.ts';

/** Returns the argument that is exactly `value`. */
export function literalArg(value: string, span: Span): Arg {
  return { kind: 'literal', value, span };
}

/** Returns the exact text of an argument, or null when it is not known or still a pattern. */
export function exactText(arg: Arg | undefined): string | null {
  return arg?.kind === 'literal' ? arg.value : null;
}

/** Returns what an argument is known to begin with. */
export function knownStart(arg: Arg): string {
  return arg.kind === 'unknown' ? arg.prefix : arg.value;
}

/** Returns the argument without its first `count` characters, which must be known. */
export function dropStart(arg: Arg, count: number): Arg {
  if (arg.kind === 'literal') return { kind: 'literal', value: arg.value.slice(count), span: arg.span };
  if (arg.kind === 'glob') {
    const value = arg.value.slice(count);
    return hasGlob(value) ? { ...arg, value } : literalArg(unescapeGlob(value), arg.span);
  }
  return { ...arg, prefix: arg.prefix.slice(count), empty: arg.empty.slice(count) };
}

/** Returns whether `text` holds a glob character that is not escaped. */
export function hasGlob(text: string): boolean {
  return /(?<!\\)(?:\\\\)*[*?[]/.test(text);
}

/** Returns `text` with its glob characters escaped, so that it stands for itself in a pattern. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

/** Returns the text that an escaped pattern without live glob characters stands for. */
export function unescapeGlob(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}

/** Returns an argument as a person would write it, for sentences and for words handed to another shell. */
export function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
