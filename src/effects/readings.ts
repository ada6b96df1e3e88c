/**
 * Readings of single words that program tables share: known text, names as targets, paths joined, readings put together.
 * Pure, and never pretends: what a word leaves unknown stays unknown in what is built from it.
 */
import type { Span, Target } from './effect.ts';
import type { Arg, Call, Flow, FlowLabel, Reading } from './program.ts';

/** Has no effect; its output is a filter's. */
export const NOTHING: Reading = { effects: [] };

/** Returns the word's text when it is known; a glob's pattern counts as known. */
export function text(arg: Arg | undefined): string | undefined {
  return arg === undefined || arg.kind === 'unknown' ? undefined : arg.value;
}

/** Returns a word that is exactly `value`, standing where `span` stands. */
export function literal(value: string, span: Span): Arg {
  return { kind: 'literal', value, span };
}

/** Returns what was written, for showing: the text when known, else the source. */
export function shown(arg: Arg): string {
  return text(arg) ?? arg.span.text;
}

/** Returns a target of the sort `noun` named by a word. */
export function named(noun: string, arg: Arg): Target {
  return arg.kind === 'unknown'
    ? { kind: 'unknown-name', noun, text: arg.span.text }
    : { kind: 'name', noun, name: arg.value };
}

/** Returns a target of the sort `noun` with a known name. */
export function name(noun: string, value: string): Target {
  return { kind: 'name', noun, name: value };
}

/** Returns the readings' effects in order; the output of the last that has one. */
export function together(...readings: readonly Reading[]): Reading {
  const output = readings.findLast((reading) => reading.output !== undefined)?.output;
  const effects = readings.flatMap((reading) => reading.effects);
  return output === undefined ? { effects } : { effects, output };
}

/** Returns the words before and after a lone `--`; `after` is null when there is none. */
export function atDashes(args: readonly Arg[]): {
  readonly before: readonly Arg[];
  readonly after: readonly Arg[] | null;
} {
  const index = args.findIndex((arg) => arg.kind === 'literal' && arg.value === '--');
  return index < 0 ? { before: args, after: null } : { before: args.slice(0, index), after: args.slice(index + 1) };
}

/** Returns the word without a known beginning (`of=` of `of=/dev/sda`), or null when it does not begin so. */
export function afterPrefix(arg: Arg, prefix: string): Arg | null {
  if (arg.kind === 'unknown') {
    if (!arg.prefix.startsWith(prefix)) return null;
    return { ...arg, prefix: arg.prefix.slice(prefix.length), empty: arg.empty.slice(prefix.length) };
  }
  return arg.value.startsWith(prefix)
    ? { kind: arg.kind, value: arg.value.slice(prefix.length), span: arg.span }
    : null;
}

/** Returns the word for `arg` as seen from `folder`: absolute words stay as they are. */
export function within(folder: Arg | null, arg: Arg): Arg {
  if (folder === null) return arg;
  const start = arg.kind === 'unknown' ? arg.prefix : arg.value;
  if (start.startsWith('/') || (arg.kind === 'literal' && arg.tilde === true)) return arg;
  if (arg.kind === 'unknown' && start === '') return arg;
  if (folder.kind === 'unknown') {
    const rest = `/${arg.kind === 'unknown' ? arg.empty : arg.value}`;
    return { ...folder, suffix: folder.suffix + rest, empty: folder.empty + rest };
  }
  if (arg.kind === 'unknown') {
    return { ...arg, prefix: `${folder.value}/${arg.prefix}`, empty: `${folder.value}/${arg.empty}` };
  }
  if (arg.kind === 'glob') return { ...arg, value: `${escapeGlob(folder)}/${arg.value}` };
  return { ...arg, value: `${folder.value}/${arg.value}`, ...(tildeOf(folder) ? { tilde: true } : {}) };
}

/** Returns the last part of a path's text. */
export function basename(path: string): string {
  return path.replace(/\/+$/, '').split('/').pop() ?? path;
}

/** Returns the words as one shell line that means the same, or null when one is unknown. */
export function shellLine(args: readonly Arg[]): string | null {
  const words = args.map((arg) => (arg.kind === 'literal' ? quote(arg.value) : arg.kind === 'glob' ? arg.value : null));
  return words.some((word) => word === null) ? null : words.join(' ');
}

/** Returns the words joined by blanks as they stand, the way ssh and eval do, or null when one is unknown. */
export function joined(args: readonly Arg[]): string | null {
  const words = args.map((arg) => text(arg));
  return words.some((word) => word === undefined) ? null : words.join(' ');
}

/** Derives what a text given as an option's value runs; a value that can't be known is code that can't be known. */
export function runText(call: Call, arg: Arg | undefined, via: string): Reading {
  if (arg === undefined) return NOTHING;
  const script = text(arg);
  if (script === undefined) return { effects: [call.effect('run.code', [], { language: 'shell', from: 'variable' })] };
  return script.trim() === '' ? NOTHING : call.script(script, via);
}

/** Derives what a shell text would do when it starts in `folder`, which is absolute. */
export function scriptIn(call: Call, folder: string, script: string, via: string): Reading {
  if (folder === call.cwd) return call.script(script, via, { dialect: 'sh' });
  const words = ['sh', '-c', script].map((word) => literal(word, call.span));
  return call.run(words, via, call.stdin, { cwd: folder });
}

/** Returns a flow with no known text. */
export function flow(
  labels: readonly FlowLabel[],
  paths: readonly Target[] = [],
  sources: readonly string[] = [],
): Flow {
  return { text: null, labels: new Set(labels), sources, paths };
}

/** True for a path that is a device to be written as such, and not a sink like /dev/null. */
export function isDevice(target: Target): boolean {
  if (target.kind !== 'path') return false;
  return (
    target.path.startsWith('/dev/') &&
    !/^\/dev\/(null|zero|full|tty|std(in|out|err)|fd\/|shm\/|pts\/|random|urandom)/.test(target.path)
  );
}

function tildeOf(arg: Arg): boolean {
  return arg.kind === 'literal' && arg.tilde === true;
}

function escapeGlob(arg: Extract<Arg, { kind: 'literal' | 'glob' }>): string {
  return arg.kind === 'glob' ? arg.value : arg.value.replace(/[\\*?[\]]/g, '\\$&');
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Returns the blank-separated words of `line`: how long lists of options stay readable in tables. */
export function words(line: string): readonly string[] {
  return line.split(' ');
}
