/** Evaluates arithmetic where it is literal or over known variables; anything else is a number that is not known. */
import type { ArithmeticExpression, Word, WordPart } from '../shell/syntax.ts';
import { type Frame, spanOf, step } from './machine.ts';
import { known, textOf, unknownVariable } from './shell-state.ts';
import { assign, lookUp, valueOf } from './variables.ts';

/** How the caller runs what stands inside: the substitutions of a word's parts. */
export type RunParts = (frame: Frame, parts: readonly WordPart[]) => void;

/**
 * Returns the expression's value, or null. Assignments in it reach the frame's state. Text held by a variable is evaluated
 * as an expression by bash, substitutions included: such text is run.
 */
export function evaluate(
  frame: Frame,
  expression: ArithmeticExpression | undefined,
  runParts: RunParts,
): number | null {
  if (expression === undefined || !step(frame, spanOf(frame, expression))) return null;
  switch (expression.type) {
    case 'ArithmeticGroup':
      return evaluate(frame, expression.expression, runParts);
    case 'ArithmeticWord':
      if (expression.parts !== undefined) runParts(frame, expression.parts);
      return wordNumber(frame, expression.value, spanOf(frame, expression));
    case 'ArithmeticCommandExpansion':
      frame.machine.engine.substitution(frame, expression.script, spanOf(frame, expression), frame.stdin);
      return null;
    case 'ArithmeticTernary': {
      const test = evaluate(frame, expression.test, runParts);
      const yes = evaluate(frame, expression.consequent, runParts);
      const no = evaluate(frame, expression.alternate, runParts);
      return test === null ? null : test !== 0 ? yes : no;
    }
    case 'ArithmeticUnary': {
      const value = evaluate(frame, expression.operand, runParts);
      if (expression.operator === '++' || expression.operator === '--') {
        const next = value === null ? null : value + (expression.operator === '++' ? 1 : -1);
        setNumber(frame, expression.operand, next);
        return expression.prefix ? next : value;
      }
      if (value === null) return null;
      return expression.operator === '-'
        ? -value
        : expression.operator === '!'
          ? Number(value === 0)
          : expression.operator === '~'
            ? ~value
            : value;
    }
    case 'ArithmeticBinary': {
      const right = evaluate(frame, expression.right, runParts);
      if (/^(?:[-+*/%&|^]|<<|>>)?=$/.test(expression.operator)) {
        const left = expression.operator === '=' ? 0 : evaluate(frame, expression.left, runParts);
        const value = expression.operator === '=' ? right : combine(expression.operator.slice(0, -1), left, right);
        if (expression.left.type === 'ArithmeticWord' && expression.left.parts !== undefined)
          runParts(frame, expression.left.parts);
        setNumber(frame, expression.left, value);
        return value;
      }
      return combine(expression.operator, evaluate(frame, expression.left, runParts), right);
    }
    default:
      return expression satisfies never;
  }
}

/** Runs the substitutions that a text would run when bash evaluates it as arithmetic or as a subscript. */
export function runHidden(
  frame: Frame,
  text: string,
  place: { readonly start: number; readonly end: number; readonly text: string },
): void {
  if (!/\$\(|`|\$\{/.test(text)) return;
  frame.machine.engine.text(
    { ...frame, depth: frame.depth + 1 },
    `: "${text.replaceAll('"', '\\"')}"`,
    place,
    frame.stdin,
  );
}

/** Runs what hides in the text that a word is, or that a variable named by it holds. */
export function runHiddenIn(frame: Frame, word: Word): void {
  const span = spanOf(frame, word);
  runHidden(frame, word.value, span);
  if (!/^\w+$/.test(word.value)) return;
  const text = textOf(valueOf(lookUp(frame, word.value)));
  if (text !== null) runHidden(frame, text, span);
}

function wordNumber(frame: Frame, text: string, place: { start: number; end: number; text: string }): number | null {
  const plain =
    text.startsWith('${') && text.endsWith('}') ? text.slice(2, -1) : text.startsWith('$') ? text.slice(1) : text;
  if (/^(?:0|[1-9]\d*)$/.test(plain) && plain === text) return Number(plain);
  if (/^0[xX][\da-fA-F]+$/.test(text)) return Number(text);
  if (/^0\d+$/.test(text)) return Number.parseInt(text, 8);
  if (!/^\w+$/.test(plain)) return null;
  const held = textOf(valueOf(lookUp(frame, plain)));
  if (held === null) return null;
  if (/^-?\d{1,15}$/.test(held)) return Number(held);
  runHidden(frame, held, place);
  return held === '' ? 0 : null;
}

function setNumber(frame: Frame, target: ArithmeticExpression, value: number | null): void {
  if (target.type !== 'ArithmeticWord') return;
  const name = /^\w+/.exec(target.value)?.[0];
  if (name === undefined || /^\d/.test(name)) return;
  assign(
    frame,
    name,
    value === null ? unknownVariable(`$${name} is a number that is not known`) : known(String(value)),
  );
}

function combine(operator: string, left: number | null, right: number | null): number | null {
  if (left === null || right === null) return null;
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? null : Math.trunc(left / right);
    case '%':
      return right === 0 ? null : left % right;
    case '**':
      return right < 0 || right > 60 ? null : left ** right;
    case '<<':
      return left * 2 ** right;
    case '>>':
      return Math.floor(left / 2 ** right);
    case '<':
      return Number(left < right);
    case '>':
      return Number(left > right);
    case '<=':
      return Number(left <= right);
    case '>=':
      return Number(left >= right);
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case '&&':
      return Number(left !== 0 && right !== 0);
    case '||':
      return Number(left !== 0 || right !== 0);
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case ',':
      return right;
    default:
      return null;
  }
}
