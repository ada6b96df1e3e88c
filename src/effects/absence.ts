/**
 * What a test of a file tells of the commands behind it: after `[ -f x ] ||` nothing stands at `x`. Pure; only plain tests
 * of one known path count.
 */
import type { Statement, TestExpression, Word } from '../shell/syntax.ts';
import { exactText } from './args.ts';
import type { Effect } from './effect.ts';
import { expandWords } from './expand.ts';
import type { Frame } from './machine.ts';
import { resolvePath } from './paths.ts';

type Runnable = Statement['command'];

const WRITES: ReadonlySet<Effect['kind']> = new Set(['fs.write', 'fs.create', 'fs.append']);

/** Returns the path where nothing is when `test` ends as `worked` says, or null when it tells nothing of the kind. */
export function absentPath(frame: Frame, test: Runnable | undefined, worked: boolean): string | null {
  const asked = test === undefined ? null : question(test);
  if (asked === null || asked.negated !== worked || /\$\(|`/.test(asked.word.text)) return null;
  const [arg] = expandWords(frame, [asked.word]);
  const path = exactText(arg);
  return path === null || path === '' ? null : resolvePath(path, frame.state.cwd);
}

/** Runs what comes next, and tells of what it writes at `path` that nothing was there before. */
export function knowingAbsent<T>({ sink }: Frame, path: string | null, run: () => T): T {
  const from = sink.length;
  const result = run();
  for (let index = from; path !== null && index < sink.length; index += 1) {
    const effect = sink[index];
    if (effect === undefined || !WRITES.has(effect.kind) || effect.targets.length === 0) continue;
    if (effect.targets.every((target) => target.kind === 'path' && target.path === path))
      sink[index] = { ...effect, facts: { ...effect.facts, absent: true } };
  }
  return result;
}

interface Question {
  readonly word: Word;
  readonly negated: boolean;
}

function question(node: Runnable): Question | null {
  if (node.type === 'TestCommand') return ofExpression(node.expression);
  if (node.type !== 'Command' || node.name === undefined || node.redirects.length > 0) return null;
  const words = node.args.flatMap((part) => (part.type === 'Word' ? [part] : []));
  const name = node.name.value;
  if (name === '[' && words.at(-1)?.value === ']') return ofWords(words.slice(0, -1));
  return name === 'test' ? ofWords(words) : null;
}

function ofWords(words: readonly Word[]): Question | null {
  const negated = words[0]?.value === '!';
  const [operator, word, ...rest] = negated ? words.slice(1) : words;
  return (operator?.value === '-f' || operator?.value === '-e') && word !== undefined && rest.length === 0
    ? { word, negated }
    : null;
}

function ofExpression(expression: TestExpression): Question | null {
  if (expression.type === 'TestUnary')
    return expression.operator === '-f' || expression.operator === '-e'
      ? { word: expression.operand, negated: false }
      : null;
  const inner =
    expression.type === 'TestNot'
      ? ofExpression(expression.operand)
      : expression.type === 'TestGroup'
        ? ofExpression(expression.expression)
        : null;
  return inner === null || expression.type === 'TestGroup' ? inner : { ...inner, negated: !inner.negated };
}
