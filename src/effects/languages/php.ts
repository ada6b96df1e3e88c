/** Reads PHP: Lezer's tree, translated into steps. Code given with `-r` has no opening tag. Never throws. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/php';
import type { Call, Reading } from '../program.ts';
import { type Expr, NOTHING, type Program, type Step, UNREAD } from './code.ts';
import { unescape } from './escapes.ts';
import { type Dialect, evaluate } from './evaluate.ts';
import { CodeMachine } from './machine.ts';
import { PHP_ACTS, phpMember } from './php-calls.ts';
import { isClean, kids, kidsOf, parseWithin, sourceOf } from './tree.ts';
import { unparsed } from './unparsed.ts';

const DIALECT: Dialect = { acts: PHP_ACTS, risky: /^$/, member: phpMember };

/** Returns what PHP code would do. */
export function readPhp(text: string, call: Call): Reading {
  const machine = new CodeMachine(call, 'php');
  const program = parsePhp(/<\?/.test(text) ? text : `<?php ${text}`, call);
  evaluate(program, machine, DIALECT);
  if (!program.clean) unparsed(machine, text);
  return { effects: machine.finish() };
}

function parsePhp(text: string, call: Call): Program {
  const tree = parseWithin(parser, text, call.spend);
  if (tree === null) return UNREAD;
  return { steps: kids(tree.topNode).flatMap((node) => step(node, text)), clean: isClean(tree) };
}

function step(node: SyntaxNode, text: string): Step[] {
  const parts = kids(node);
  switch (node.name) {
    case 'FunctionDefinition':
    case 'MethodDeclaration': {
      const name = parts.find((part) => part.name === 'Name');
      const list = node.getChild('ParamList');
      const params =
        list === null ? [] : kidsOf(list, 'Parameter').flatMap((one) => kidsOf(one, 'VariableName').slice(0, 1));
      return [
        {
          kind: 'define',
          name: name === undefined ? '' : sourceOf(name, text),
          params: params.map((one): Expr => ({ kind: 'name', name: sourceOf(one, text) })),
          body: kidsOf(node, 'Block').flatMap((block) => kids(block).flatMap((part) => step(part, text))),
        },
      ];
    }
    case 'ForeachStatement': {
      const spec = node.getChild('ForSpec');
      const [of = NOTHING, ...names] =
        spec === null
          ? []
          : kids(spec)
              .filter(isExpression)
              .map((part) => expr(part, text));
      const body = parts.at(-1);
      return [{ kind: 'each', to: names.at(-1) ?? NOTHING, of, body: body === undefined ? [] : step(body, text) }];
    }
    case 'IfStatement':
    case 'WhileStatement':
    case 'ForStatement':
    case 'TryStatement':
    case 'SwitchStatement':
    case 'Block':
      return parts.flatMap((part): Step[] =>
        isExpression(part) ? [{ kind: 'do', value: expr(part, text) }] : [{ kind: 'branch', body: step(part, text) }],
      );
    case 'ReturnStatement':
      return [{ kind: 'return', value: parts.filter(isExpression).map((part) => expr(part, text))[0] ?? NOTHING }];
    case 'EchoStatement':
      return [
        {
          kind: 'do',
          value: {
            kind: 'call',
            callee: { kind: 'name', name: 'print' },
            args: parts.filter(isExpression).map((part) => ({ value: expr(part, text) })),
          },
        },
      ];
    default:
      if (isExpression(node)) return [{ kind: 'do', value: expr(node, text) }];
      return parts.flatMap((part) => step(part, text));
  }
}

function expr(node: SyntaxNode, text: string): Expr {
  const parts = kids(node);
  const source = sourceOf(node, text);
  const inner = () => parts.filter(isExpression).map((part) => expr(part, text));
  switch (node.name) {
    case 'VariableName':
    case 'Name':
      return { kind: 'name', name: source.replace(/^\\/, '') };
    case 'QualifiedName':
      return { kind: 'name', name: source.split('\\').at(-1) ?? source };
    case 'String':
    case 'HeredocString':
      return string(node, text);
    case 'Integer':
    case 'Float':
    case 'Boolean':
      return { kind: 'text', text: source };
    case 'ShellExpression': {
      const whole = string(node, text);
      return { kind: 'shell', text: whole };
    }
    case 'CallExpression':
    case 'NewExpression': {
      const callee = parts.find((part) => isExpression(part) || part.name === 'Name');
      const list = node.getChild('ArgList');
      const args =
        list === null
          ? []
          : kids(list)
              .filter(isExpression)
              .map((part) => ({ value: expr(part, text) }));
      // `$f('x')` calls what its value names.
      const target: Expr =
        callee === undefined
          ? NOTHING
          : callee.name === 'VariableName' || callee.name === 'DynamicVariable'
            ? { kind: 'member', of: { kind: 'name', name: 'function' }, name: expr(callee, text) }
            : expr(callee, text);
      return { kind: 'call', callee: target, args };
    }
    case 'MemberExpression':
    case 'ScopedExpression':
    case 'SubscriptExpression': {
      const [of] = parts;
      const name = parts.at(-1)?.name === ']' ? parts.at(-2) : parts.at(-1);
      if (of === undefined || name === undefined) return NOTHING;
      const isPlain = name.name === 'Name' || name.name === 'ClassMemberName';
      return { kind: 'member', of: expr(of, text), name: isPlain ? sourceOf(name, text) : expr(name, text) };
    }
    case 'BinaryExpression': {
      const op = parts.find((part) => part.name.endsWith('Op'));
      const operator = op === undefined ? '' : sourceOf(op, text);
      if (operator === '.') return { kind: 'join', parts: inner(), separator: '' };
      return operator === '??' || operator === '||'
        ? { kind: 'either', options: inner() }
        : { kind: 'other', parts: inner() };
    }
    case 'AssignmentExpression': {
      const [to = NOTHING, value = NOTHING] = inner();
      const op = parts.find((part) => part.name === 'AssignOp');
      return {
        kind: 'assign',
        to,
        value:
          op !== undefined && sourceOf(op, text) === '.=' ? { kind: 'join', parts: [to, value], separator: '' } : value,
      };
    }
    case 'ArrayExpression':
      if (parts.some((part) => part.name === 'Pair'))
        return { kind: 'record', entries: kidsOf(node, 'Pair').map((pair) => entry(pair, text)) };
      return { kind: 'list', items: inner() };
    case 'ConditionalExpression':
      return { kind: 'either', options: inner().slice(1) };
    case 'FunctionExpression':
    case 'ArrowFunction':
      return {
        kind: 'function',
        params: [],
        body: kidsOf(node, 'Block').flatMap((block) => kids(block).flatMap((part) => step(part, text))),
      };
    case 'IncludeExpression':
      return { kind: 'call', callee: { kind: 'name', name: 'include' }, args: inner().map((value) => ({ value })) };
    case 'ParenthesizedExpression':
    case 'UnaryExpression':
      return inner()[0] ?? NOTHING;
    default:
      return { kind: 'other', parts: inner() };
  }
}

/** A text with the variables that double quotes, backticks and here-documents put in. */
function string(node: SyntaxNode, text: string): Expr {
  const source = sourceOf(node, text);
  if (source.startsWith("'")) return { kind: 'text', text: source.slice(1, -1).replace(/\\(['\\])/g, '$1') };
  const heredoc = /^<<<\s*(['"]?)(\w+)\1[^\n]*\n/.exec(source);
  const from = node.from + (heredoc?.[0].length ?? 1);
  const to = heredoc === null ? node.to - 1 : node.from + Math.max(heredoc[0].length, source.lastIndexOf('\n'));
  if (heredoc?.[1] === "'") return { kind: 'text', text: text.slice(from, to) };
  const parts: Expr[] = [];
  let at = from;
  for (const part of kids(node)) {
    if (!isExpression(part) && part.name !== 'Interpolation') continue;
    if (part.from > at) parts.push({ kind: 'text', text: unescape(text.slice(at, part.from)) });
    const value = part.name === 'Interpolation' ? kids(part).find(isExpression) : part;
    parts.push(value === undefined ? NOTHING : expr(value, text));
    at = part.to;
  }
  if (to > at) parts.push({ kind: 'text', text: unescape(text.slice(at, to)) });
  return { kind: 'join', parts, separator: '' };
}

/** `'key' => value`; a key that is no plain text names nothing. */
function entry(pair: SyntaxNode, text: string): { readonly key: string | null; readonly value: Expr } {
  const [key, value] = kids(pair).filter(isExpression);
  const source = key === undefined ? '' : sourceOf(key, text);
  return {
    key: /^(['"])[\w-]+\1$/.test(source) ? source.slice(1, -1) : null,
    value: value === undefined ? NOTHING : expr(value, text),
  };
}

function isExpression(node: SyntaxNode): boolean {
  return /^(?:VariableName|DynamicVariable|Name|QualifiedName|String|HeredocString|Integer|Float|Boolean|ArrowFunction)$|Expression$/.test(
    node.name,
  );
}
