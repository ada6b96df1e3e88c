/**
 * The places where unbash 6.0.4 reads bash otherwise than bash does without saying so, node by node. Pure.
 * Found by comparing it with bash over 60,000 commands and 100,000 generated ones (2026-11); each is a case in the tests.
 */
import type { Dialect } from './parse.ts';
import type { SyntaxNode } from './syntax.ts';

interface NodeGap {
  readonly why: string;
  readonly start: number;
  readonly end: number;
}

const NONE: readonly NodeGap[] = [];

/** Returns what is uncertain about `node` itself; its children are asked about on their own. `source` is what its offsets index. */
export function gapsOfNode(node: SyntaxNode, source: string, dialect: Dialect): readonly NodeGap[] {
  switch (node.type) {
    case 'Script':
      return [
        ...(node.errors ?? [])
          .filter((error) => !isRefused(node, error, source))
          .map((error) => ({ why: error.message, start: error.pos, end: error.pos + 1 })),
        ...continuations(source, node.pos, node.end),
      ];
    case 'Command':
      return gluedWords(node, source);
    case 'Redirect':
      return redirect(node);
    case 'Word':
      if (dialect === 'zsh' && ZSH_ONLY.test(node.text)) return [gap(node, 'it is read differently by zsh')];
      return node.parts === undefined && PROCESS_SUBSTITUTION.test(node.text)
        ? [gap(node, 'a process substitution inside a word')]
        : NONE;
    case 'Literal':
      return PROCESS_SUBSTITUTION.test(node.text) && !isQuotedText(source, node)
        ? [gap(node, 'a process substitution inside a word')]
        : NONE;
    case 'ExtendedGlob':
      // To zsh these are qualifiers, of which `e` and `+` run a command.
      return dialect === 'zsh' && /e[^\w\s]|\+/.test(node.pattern)
        ? [gap(node, 'it is read differently by zsh')]
        : NONE;
    case 'AnsiCQuoted':
      if (node.text.includes('\\\n')) return [gap(node, "a continued line inside $'…'")];
      // A shell without $'…' ends the string at \' and runs the rest.
      return dialect === 'sh' && node.text.includes("\\'") ? [gap(node, "$'…' is read differently by sh")] : NONE;
    case 'ParameterExpansion': {
      const head = node.operation === undefined ? node.text : node.text.slice(0, node.operation.operatorEnd - node.pos);
      if (head.includes('\\\n')) return [gap(node, 'a continued line inside ${…}')];
      // `${{ … }}` is a workflow's expression: bash refuses it, and nothing inside it is expanded.
      if (node.text.startsWith('${{') && !/\$\(|`/.test(node.text)) return NONE;
      return node.operation?.type === 'Unknown' ? [gap(node, 'an unknown operator in ${…}')] : NONE;
    }
    default:
      return NONE;
  }
}

/**
 * A substitution of one line that begins with a pipe or ends in a redirection to nowhere: every shell refuses all of it,
 * nothing of it runs, and the line around it goes on. Prose in backticks is written so.
 */
function isRefused(
  node: { readonly pos: number; readonly end: number },
  error: { readonly message: string; readonly pos: number },
  source: string,
): boolean {
  const before = source.slice(Math.max(0, node.pos - 2), node.pos);
  const own = source.slice(node.pos, node.end);
  if (!(before.endsWith('`') || before === '$(') || own.includes('\n')) return false;
  if (error.message === 'expected redirect target') return source.slice(error.pos, node.end).trim().length <= 1;
  return error.message === "unexpected token '|'" && source.slice(node.pos, error.pos).trim() === '';
}

const PROCESS_SUBSTITUTION = /(?:^|[^\\])[<>]\(/;
const ZSH_ONLY = /(?:^|[^$<>?*+@!(])\([^)]*:|\$~|\$\{\(/;

/** A line continued between the characters of an operator: `$\⏎{x}`, `${\⏎y:-$(cmd)}`, `<\⏎(cmd)`. Only where no quote could hold it. */
function continuations(source: string, start: number, end: number): NodeGap[] {
  const found: NodeGap[] = [];
  let from = source.indexOf('\\\n', start);
  for (; from !== -1 && from < end && found.length < 8; from = source.indexOf('\\\n', from + 2)) {
    const before = source[from - 1] ?? '';
    const after = source[from + 2] ?? '';
    // `cmd && \⏎ next` is everyday and safe: the operator is whole and a blank follows it.
    const splits = before === '$' || ((before === '<' || before === '>') && after === '(');
    if (splits) found.push({ why: 'a continued line inside an operator', start: from, end: from + 2 });
    else if ('<>|&;(){}!`'.includes(before) && before !== '' && '<>|&;(){}!`'.includes(after) && after !== '') {
      found.push({ why: 'a continued line inside an operator', start: from, end: from + 2 });
    }
  }
  return found;
}

/** Two words that touch are one word to bash: `f=<(cmd) rm` assigns f and runs rm. */
function gluedWords(node: Extract<SyntaxNode, { type: 'Command' }>, source: string): readonly NodeGap[] {
  let end = -1;
  for (const part of [...node.prefix, ...(node.name === undefined ? [] : [node.name]), ...node.suffix]) {
    if (part.type !== 'Word' && part.type !== 'Assignment') {
      end = -1;
      continue;
    }
    if (part.pos === end && source[end - 1] !== undefined) return [gap(node, 'a process substitution inside a word')];
    end = part.end;
  }
  return NONE;
}

function redirect(node: Extract<SyntaxNode, { type: 'Redirect' }>): readonly NodeGap[] {
  if ((node.operator !== '>&' && node.operator !== '<&') || node.target === undefined) return NONE;
  const text = node.target.text;
  if (/^-./s.test(text)) return [gap(node, 'a word glued to >&-, which is a word of its own to bash')];
  if (/^\d+-./s.test(text)) return [gap(node, 'an odd descriptor')];
  if (/[$`]/.test(text) && !/^"?\$\{?\w+(?:\[\w+\])?\}?"?$/.test(text)) {
    return [gap(node, 'the target of >& is expanded twice by bash, even in quotes')];
  }
  return NONE;
}

function isQuotedText(source: string, node: { readonly pos: number }): boolean {
  return source[node.pos - 1] === '"';
}

function gap(node: { readonly pos: number; readonly end: number }, why: string): NodeGap {
  return { why, start: node.pos, end: node.end };
}
