/** Parameter expansion (bash(1), Parameter Expansion): `$x`, `${x:-y}`, `${x%pattern}`, `${x/a/b}`, arrays, indirection. */
import type { Word, WordPart } from '../shell/syntax.ts';
import { runHidden } from './arithmetic.ts';
import { globExpression, isCheap } from './glob.ts';
import { type Frame, spanOf } from './machine.ts';
import { textOf, UNSET, type Value, type Variable } from './shell-state.ts';
import { assign, lookUp, valueOf } from './variables.ts';

type ParameterPart = Extract<WordPart, { type: 'SimpleExpansion' | 'ParameterExpansion' }>;
type Operation = NonNullable<Extract<WordPart, { type: 'ParameterExpansion' }>['operation']>;

/** Why the value of `${{ … }}` is not known: a workflow fills it in, and bash itself refuses it. */
export const WORKFLOW_EXPRESSION = 'an expression that a workflow fills in';

/** What an expansion gives: several items for `$@` and `${a[@]}`. `separate`: they stay apart in quotes too. */
export interface Expanded {
  readonly items: readonly Value[];
  readonly separate: boolean;
}

/** Expands a word inside the braces. */
export type ExpandWord = (frame: Frame, word: Word) => Value;

/** Returns what a parameter expansion stands for. */
export function expandParameter(frame: Frame, part: ParameterPart, expandWord: ExpandWord): Expanded {
  if (part.type === 'SimpleExpansion') return simple(frame, part.text.slice(1));
  if (part.text.startsWith('${{')) return one([{ why: WORKFLOW_EXPRESSION, neverEmpty: true }]);
  const index = part.index === undefined ? null : (textOf(expandWord(frame, part.index)) ?? '');
  if (part.index !== undefined) runHidden(frame, part.index.text, spanOf(frame, part));
  if (part.prefix === '!') return indirect(frame, part, expandWord);
  const all = part.parameter === '@' || part.parameter === '*' || index === '@' || index === '*';
  const variable = lookUp(frame, part.parameter);
  if (part.prefix === '#') return one(length(variable, all));
  if (all && variable.kind === 'array') {
    const items = sliced(frame, part.operation, variable.items, part.parameter, expandWord);
    const done = items.map((item) => operate(frame, part, { kind: 'text', value: item }, expandWord, true));
    return { items: done, separate: part.parameter === '@' || index === '@' };
  }
  return one(operate(frame, part, index === null || all ? variable : element(variable, index), expandWord, false));
}

function simple(frame: Frame, name: string): Expanded {
  const variable = lookUp(frame, name);
  if (variable.kind === 'array' && (name === '@' || name === '*'))
    return { items: variable.items, separate: name === '@' };
  return one(valueOf(variable));
}

function one(value: Value): Expanded {
  return { items: [value], separate: false };
}

function element(variable: Variable, index: string): Variable {
  if (variable.kind === 'unset') return UNSET;
  if (variable.kind !== 'array') return index === '0' ? variable : unknown('an element that is not known');
  const at = /^-?\d+$/.test(index) ? Number(index) : null;
  if (at === null || !variable.complete) return unknown('an element that is not known');
  const value = variable.items.at(at);
  return value === undefined ? UNSET : { kind: 'text', value };
}

function length(variable: Variable, all: boolean): Value {
  if (all && variable.kind === 'array' && variable.complete) return [String(variable.items.length)];
  const text = variable.kind === 'either' ? null : textOf(valueOf(variable));
  return text === null ? [{ why: 'a length that is not known', neverEmpty: true }] : [String([...text].length)];
}

function indirect(
  frame: Frame,
  part: Extract<ParameterPart, { type: 'ParameterExpansion' }>,
  expandWord: ExpandWord,
): Expanded {
  if (part.operation?.type === 'Names') return one([{ why: 'names of variables' }]);
  const name = textOf(valueOf(lookUp(frame, part.parameter)));
  if (name === null || !/^\w+$/.test(name)) return one([{ why: `the variable that $${part.parameter} names` }]);
  return one(operate(frame, part, lookUp(frame, name), expandWord, false));
}

function operate(
  frame: Frame,
  part: Extract<ParameterPart, { type: 'ParameterExpansion' }>,
  variable: Variable,
  expandWord: ExpandWord,
  ofList: boolean,
): Value {
  const operation = part.operation;
  const value = valueOf(variable);
  if (operation === undefined) return value;
  if (operation.type === 'Default') return defaulted(frame, part.parameter, variable, operation, expandWord);
  const text = textOf(value);
  switch (operation.type) {
    case 'Remove': {
      const pattern = textOf(expandWord(frame, operation.operand));
      if (pattern !== null && text !== null && !isCheap(pattern, text.length)) return changed(part.parameter, value);
      if (pattern === null || text === null) return cutUnknown(value, operation.operator, pattern, part.parameter);
      return plain(remove(text, pattern, operation.operator, operation.operand.text));
    }
    case 'Replace': {
      const pattern = textOf(expandWord(frame, operation.pattern));
      const replacement = textOf(expandWord(frame, operation.replacement));
      if (text === null || pattern === null || replacement === null || !isCheap(pattern, text.length))
        return changed(part.parameter, value);
      if (replacement.length * text.length > 1_000_000) return changed(part.parameter, value);
      return plain(replace(text, pattern, replacement, operation.operator));
    }
    case 'Slice': {
      const offset = textOf(expandWord(frame, operation.offset));
      const count = operation.length === undefined ? '' : textOf(expandWord(frame, operation.length));
      if (ofList) return value;
      if (text === null || offset === null || count === null || !/^\s*-?\d+$/.test(offset))
        return changed(part.parameter, value);
      const start = Number(offset) < 0 ? text.length + Number(offset) : Number(offset);
      if (count === '') return plain(text.slice(start));
      if (!/^-?\d+$/.test(count)) return changed(part.parameter, value);
      return plain(Number(count) < 0 ? text.slice(start, Number(count)) : text.slice(start, start + Number(count)));
    }
    case 'CaseModification':
      if (operation.operand !== undefined) expandWord(frame, operation.operand);
      if (text === null) return changed(part.parameter, value);
      if (operation.operator === '^^') return plain(text.toUpperCase());
      if (operation.operator === ',,') return plain(text.toLowerCase());
      return plain(
        (operation.operator === '^' ? text.slice(0, 1).toUpperCase() : text.slice(0, 1).toLowerCase()) + text.slice(1),
      );
    case 'Transform':
      // ${x@P} expands the text once more, as a prompt would be.
      if (text !== null && operation.operand.text === 'P') runHidden(frame, text, spanOf(frame, part));
      if (text !== null && 'UuL'.includes(operation.operand.text)) {
        return plain(
          operation.operand.text === 'L'
            ? text.toLowerCase()
            : operation.operand.text === 'U'
              ? text.toUpperCase()
              : text,
        );
      }
      return changed(part.parameter, value);
    case 'Names':
      return [{ why: 'names of variables' }];
    case 'Unknown':
      return changed(part.parameter, value);
    default:
      return operation satisfies never;
  }
}

function defaulted(
  frame: Frame,
  name: string,
  variable: Variable,
  operation: Extract<Operation, { type: 'Default' }>,
  expandWord: ExpandWord,
): Value {
  const operand = expandWord(frame, operation.operand);
  const value = valueOf(variable);
  const text = variable.kind === 'either' ? null : textOf(value);
  const colon = operation.operator.startsWith(':');
  const isMissing = variable.kind === 'unset' || (colon && text === '');
  // A variable that nothing is known of is most often unset: the default is the reading that shows what may run.
  const isForeign =
    text === null && frame.machine.world.env === null && !frame.state.variables.has(name) && !/^[\d@*]$/.test(name);
  switch (operation.operator) {
    case '-':
    case ':-':
      return isMissing || isForeign ? operand : value;
    case '=':
    case ':=':
      if (!isMissing && !isForeign) return value;
      assign(frame, name, { kind: 'text', value: operand });
      return operand;
    case '+':
    case ':+':
      if (isMissing) return [];
      return text === null ? [{ why: `$${name} is not known` }] : operand;
    case '?':
    case ':?':
      if (isMissing) return [{ why: `$${name} is not set, so the shell stops`, neverEmpty: true }];
      return value.map((piece) => (typeof piece === 'string' || !colon ? piece : { ...piece, neverEmpty: true }));
    default:
      return operation.operator satisfies never;
  }
}

/** What is known of a partly known text once a piece is cut off: `${dir%/}` keeps where it lies. */
function cutUnknown(value: Value, operator: string, pattern: string | null, name: string): Value {
  if (operator.startsWith('%') && pattern !== null && typeof value[0] === 'string' && value.length > 1) {
    const last = value.at(-1);
    if (typeof last !== 'string') return value;
    return [...value.slice(0, -1), ...plain(remove(last, pattern, operator, pattern))];
  }
  if (operator === '%' && pattern !== null) return value;
  return changed(name, value);
}

function changed(name: string, value: Value): Value {
  const hole = value.find((piece) => typeof piece !== 'string');
  const flow = typeof hole === 'object' ? hole.flow : undefined;
  return [{ why: `a part of $${name}`, ...(flow === undefined ? {} : { flow }) }];
}

function sliced(
  frame: Frame,
  operation: Operation | undefined,
  items: readonly Value[],
  name: string,
  expandWord: ExpandWord,
): readonly Value[] {
  if (operation?.type !== 'Slice') return items;
  const offset = textOf(expandWord(frame, operation.offset));
  const count = operation.length === undefined ? null : textOf(expandWord(frame, operation.length));
  if (offset === null || !/^\d+$/.test(offset)) return [[{ why: 'a part of the list' }]];
  const start = Number(offset) - (name === '@' || name === '*' ? 1 : 0);
  const from = Math.max(0, start);
  return count === null || !/^\d+$/.test(count) ? items.slice(from) : items.slice(from, start + Number(count));
}

function remove(text: string, pattern: string, operator: string, source: string): string {
  const expression = globExpression(
    source.startsWith('"') || source.startsWith("'") ? pattern.replace(/[*?[\\]/g, '\\$&') : pattern,
  );
  if (expression === null) return text;
  const fromStart = operator.startsWith('#');
  if (!/[*?[\\]/.test(pattern)) {
    if (fromStart) return text.startsWith(pattern) ? text.slice(pattern.length) : text;
    return text.endsWith(pattern) ? text.slice(0, text.length - pattern.length) : text;
  }
  const lengths = Array.from({ length: text.length + 1 }, (_, index) => index);
  const order = operator.length === 2 ? lengths.reverse() : lengths;
  for (const length of order.slice(0, 4_096)) {
    const piece = fromStart ? text.slice(0, length) : text.slice(text.length - length);
    if (expression.test(piece)) return fromStart ? text.slice(length) : text.slice(0, text.length - length);
  }
  return text;
}

function replace(text: string, pattern: string, replacement: string, operator: string): string {
  if (pattern === '') return text;
  if (/[*?[\\]/.test(pattern)) {
    const expression = globExpression(
      pattern,
      operator === '//' ? 'every' : operator === '/#' ? 'start' : operator === '/%' ? 'end' : 'first',
    );
    return expression === null ? text : text.replace(expression, () => replacement);
  }
  if (operator === '//') return text.replaceAll(pattern, () => replacement);
  if (operator === '/#') return text.startsWith(pattern) ? replacement + text.slice(pattern.length) : text;
  if (operator === '/%') return text.endsWith(pattern) ? text.slice(0, -pattern.length) + replacement : text;
  return text.replace(pattern, () => replacement);
}

function plain(text: string): Value {
  return text === '' ? [] : [text];
}

function unknown(why: string): Variable {
  return { kind: 'text', value: [{ why }] };
}
