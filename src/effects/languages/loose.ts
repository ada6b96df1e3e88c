/**
 * A tolerant parser over tokens for languages of the Perl and Ruby kind: it takes calls, strings, names, lists, blocks and
 * assignments for what they are, and passes over the rest. It is never sure: what it misses stays unsaid.
 */
import { type Expr, NOTHING, type Step } from './code.ts';
import { unescape } from './escapes.ts';
import type { Token } from './tokens.ts';

export interface LooseDialect {
  /** The operator that joins texts. */
  readonly concat: string;
  /** How texts hold values: Perl's `$name`, Ruby's `#{expression}`, or not at all. */
  readonly interpolation: 'sigil' | 'braces' | 'none';
  /** A line's end ends a statement. */
  readonly lines: boolean;
  /** Functions that take their arguments without parentheses. */
  isCommand(name: string): boolean;
}

const STOPS = new Set([
  ...';})]',
  'end',
  'if',
  'unless',
  'for',
  'foreach',
  'while',
  'until',
  'do',
  'then',
  'and',
  'or',
  'die',
  'return',
  'else',
  'elsif',
  'elseif',
  'rescue',
  'ensure',
  'when',
]);
const DECLARES = new Set([
  'my',
  'our',
  'local',
  'var',
  'state',
  'not',
  '!',
  '\\',
  '@',
  '%',
  '&',
  '-',
  'use',
  'require',
  'package',
  'new',
]);

/** Returns the steps that `tokens` read as. */
export function parseLoosely(tokens: readonly Token[], dialect: LooseDialect): readonly Step[] {
  return new LooseParser(tokens, dialect).steps(new Set());
}

class LooseParser {
  readonly #tokens: readonly Token[];
  readonly #dialect: LooseDialect;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], dialect: LooseDialect) {
    this.#tokens = tokens;
    this.#dialect = dialect;
  }

  get #token(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #word(): string | undefined {
    return this.#token?.text;
  }

  steps(ends: ReadonlySet<string>): Step[] {
    const found: Step[] = [];
    while (this.#token !== undefined && !ends.has(this.#token.text)) {
      const from = this.#at;
      found.push(...this.#statement());
      if (this.#at === from) this.#at += 1;
    }
    this.#at += 1;
    return found;
  }

  #statement(): Step[] {
    const word = this.#token?.text ?? '';
    if (word === 'def' || word === 'sub' || word === 'function') return this.#definition();
    if (word === 'foreach' || word === 'for') return this.#loop();
    if (word === '{') {
      this.#at += 1;
      return [{ kind: 'branch', body: this.steps(new Set(['}'])) }];
    }
    if (word === 'return') {
      this.#at += 1;
      return [{ kind: 'return', value: this.#expression() }];
    }
    if (STOPS.has(word) || word === 'BEGIN' || word === 'END') {
      this.#at += 1;
      return [];
    }
    const value = this.#expression();
    // `statement for list`: Perl's way to write a loop.
    if (/^(?:for|foreach)$/.test(this.#token?.text ?? '') && this.#token?.opensLine === false) {
      this.#at += 1;
      return [
        { kind: 'each', to: { kind: 'name', name: '$_' }, of: this.#expression(), body: [{ kind: 'do', value }] },
      ];
    }
    return [{ kind: 'do', value }];
  }

  #definition(): Step[] {
    this.#at += 1;
    let name = '';
    while (this.#token !== undefined && !/^[({;]$/.test(this.#token.text) && !(this.#token.opensLine && name !== '')) {
      name = this.#token.text;
      this.#at += 1;
    }
    const params: Expr[] = [];
    if (this.#word() === '(') {
      this.#at += 1;
      while (this.#token !== undefined && this.#token.text !== ')') {
        if (/^[$@%]?\w+$/.test(this.#token.text)) params.push({ kind: 'name', name: this.#token.text });
        this.#at += 1;
      }
      this.#at += 1;
    }
    if (this.#token?.text === '{') this.#at += 1;
    return [{ kind: 'define', name, params, body: this.steps(new Set(['}', 'end'])) }];
  }

  #loop(): Step[] {
    this.#at += 1;
    let to: Expr = { kind: 'name', name: '$_' };
    while (
      this.#token !== undefined &&
      this.#token.text !== '(' &&
      this.#token.text !== 'in' &&
      !this.#token.opensLine
    ) {
      if (/^[$@%]?\w+$/.test(this.#token.text) && this.#token.text !== 'my')
        to = { kind: 'name', name: this.#token.text };
      this.#at += 1;
    }
    if (this.#token?.text === 'in') this.#at += 1;
    const of = this.#expression();
    if (/^(?:\{|do)$/.test(this.#token?.text ?? '')) this.#at += 1;
    return [{ kind: 'each', to, of, body: this.steps(new Set(['}', 'end'])) }];
  }

  #expression(): Expr {
    if (++this.#depth > 60) {
      this.#at += 1;
      this.#depth -= 1;
      return NOTHING;
    }
    let left = this.#postfix(this.#primary());
    for (;;) {
      const token = this.#token;
      if (token === undefined || this.#ends(token) || token.text === ',' || token.text === '=>') break;
      const operator = token.text;
      if (operator === '=' || operator === '||=' || operator === '+=' || operator === '.=' || operator === '<<') {
        this.#at += 1;
        left = {
          kind: 'assign',
          to: left,
          value:
            operator === '.=' || operator === '<<'
              ? { kind: 'join', parts: [left, this.#expression()], separator: '' }
              : this.#expression(),
        };
      } else if (operator === this.#dialect.concat) {
        this.#at += 1;
        left = { kind: 'join', parts: [left, this.#postfix(this.#primary())], separator: '' };
      } else if (/^(?:\?|:|\|\||\/\/|&&|and|or)$/.test(operator)) {
        this.#at += 1;
        left = { kind: 'either', options: [left, this.#expression()] };
      } else if (/^[-+*/%<>=!~.|&^x]+$/.test(operator)) {
        this.#at += 1;
        left = { kind: 'other', parts: [left, this.#postfix(this.#primary())] };
      } else break;
    }
    this.#depth -= 1;
    return left;
  }

  #ends(token: Token): boolean {
    return (
      (STOPS.has(token.text) && token.text !== 'or' && token.text !== 'and') ||
      (this.#dialect.lines && token.opensLine && !/^[.)\]}]/.test(token.text))
    );
  }

  #primary(): Expr {
    const token = this.#token;
    if (token === undefined || /^[)\]};,]$/.test(token.text)) return NOTHING;
    if (DECLARES.has(token.text)) {
      this.#at += 1;
      return this.#primary();
    }
    if (/^(?:`|qx\b|%x)/.test(token.text)) {
      this.#at += 1;
      return {
        kind: 'shell',
        text: this.#text(token.text.replace(/^(?:`|qx\W|%x\W)/, '').replace(/.$/, ''), token.text.endsWith('#{')),
      };
    }
    if (token.style.startsWith('string') && !/^(?:s|y|tr|m)\W/.test(token.text)) return this.#string(token);
    if (token.text === '(' || token.text === '[') {
      this.#at += 1;
      return { kind: 'list', items: this.#list(token.text === '(' ? ')' : ']') };
    }
    if (token.text === '{') {
      this.#at += 1;
      return this.#block(new Set(['}']));
    }
    if (/^\d/.test(token.text)) {
      this.#at += 1;
      return { kind: 'text', text: token.text };
    }
    if (/^[<>]/.test(token.text) || !/[\w$@%]/.test(token.text)) {
      this.#at += 1;
      return NOTHING;
    }
    this.#at += 1;
    const name = token.text;
    const path = name.split(/\.|::/).filter((part) => part !== '');
    const [first = name, ...rest] = path;
    let expr: Expr = { kind: 'name', name: first };
    for (const part of rest) expr = { kind: 'member', of: expr, name: part };
    return expr;
  }

  #postfix(start: Expr): Expr {
    let expr = start;
    for (let rounds = 0; rounds < 200; rounds++) {
      const token = this.#token;
      if (token === undefined || (this.#dialect.lines && token.opensLine && !token.text.startsWith('.'))) break;
      const next = this.#tokens[this.#at + 1];
      if (
        /^(?:\.|->|::|:|&\.)$/.test(token.text) &&
        next !== undefined &&
        /^\w+[?!]?$/.test(next.text) &&
        (token.text !== '.' || this.#dialect.concat !== '.') &&
        (token.text !== ':' || this.#dialect.concat === '..')
      ) {
        this.#at += 2;
        expr = { kind: 'member', of: expr, name: next.text };
      } else if (token.text === '->' && (next?.text === '[' || next?.text === '{')) this.#at += 1;
      else if (token.text === '(' && isCallable(expr)) {
        this.#at += 1;
        expr = { kind: 'call', callee: expr, args: this.#list(')').map((value) => ({ value })) };
      } else if (token.text === '[' && expr !== NOTHING) {
        this.#at += 1;
        const [index = NOTHING] = this.#list(']');
        expr = { kind: 'member', of: expr, name: index };
      } else if (
        (token.text === '{' || token.text === 'do') &&
        (expr.kind === 'call' || expr.kind === 'member') &&
        this.#dialect.interpolation === 'braces'
      ) {
        this.#at += 1;
        const block = this.#block(new Set([token.text === '{' ? '}' : 'end']));
        expr =
          expr.kind === 'call'
            ? { ...expr, args: [...expr.args, { value: block }] }
            : { kind: 'call', callee: expr, args: [{ value: block }] };
      } else if (isCallable(expr) && startsArgument(token) && this.#takesArguments(expr)) {
        const items: Expr[] = [];
        for (;;) {
          items.push(this.#expression());
          // Perl's `open my $h, …`, Ruby's `key: value`.
          if (this.#token?.text !== ',' && this.#token?.text !== '=>') break;
          this.#at += 1;
        }
        expr = { kind: 'call', callee: expr, args: items.map((value) => ({ value })) };
      } else break;
    }
    // Ruby calls a method by its name alone.
    if (
      this.#dialect.interpolation === 'braces' &&
      expr.kind === 'member' &&
      typeof expr.name === 'string' &&
      this.#word() !== '='
    )
      return { kind: 'call', callee: expr, args: [] };
    return expr;
  }

  #takesArguments(expr: Expr): boolean {
    if (expr.kind === 'name') return this.#dialect.isCommand(expr.name);
    return expr.kind === 'member' && this.#dialect.interpolation === 'braces' && typeof expr.name === 'string';
  }

  #list(end: string): Expr[] {
    const items: Expr[] = [];
    while (this.#token !== undefined && this.#token.text !== end) {
      const from = this.#at;
      if (this.#token.text === ',' || this.#token.text === '=>' || this.#token.text === ';') this.#at += 1;
      else items.push(this.#expression());
      if (this.#at === from) this.#at += 1;
    }
    this.#at += 1;
    return items;
  }

  #block(ends: ReadonlySet<string>): Expr {
    const params: Expr[] = [];
    if (this.#token?.text === '|') {
      this.#at += 1;
      while (this.#token !== undefined && this.#token.text !== '|') {
        if (/^\w+$/.test(this.#token.text)) params.push({ kind: 'name', name: this.#token.text });
        this.#at += 1;
      }
      this.#at += 1;
    }
    return {
      kind: 'function',
      params: params.length === 0 ? [{ kind: 'name', name: '$_' }] : params,
      body: this.steps(ends),
    };
  }

  #string(token: Token): Expr {
    this.#at += 1;
    const quoted = /^(?:qq?|qw|%[qQwWi])(\W)([\s\S]*)$/.exec(token.text);
    const isWords = /^(?:qw|%[wWi])/.test(token.text);
    const open = quoted === null ? token.text[0] : quoted[1];
    const body = quoted === null ? token.text.slice(1) : (quoted[2] ?? '');
    const goesOn = this.#dialect.interpolation === 'braces' && token.text.endsWith('#{');
    const plain = goesOn ? body : body.slice(0, -1);
    if (isWords)
      return {
        kind: 'list',
        items: plain
          .split(/\s+/)
          .filter((word) => word !== '')
          .map((text) => ({ kind: 'text', text })),
      };
    if (open === "'" || /^(?:q\W|%q)/.test(token.text))
      return { kind: 'text', text: plain.replace(/\\(['\\])/g, '$1') };
    return this.#text(plain, goesOn);
  }

  /** A text with what is put into it. With `goesOn` its next piece follows after an expression. */
  #text(body: string, goesOn: boolean): Expr {
    if (this.#dialect.interpolation === 'braces') {
      const parts: Expr[] = [{ kind: 'text', text: unescape(body.replace(/#\{$/, '')) }];
      let more = goesOn;
      while (more && this.#token !== undefined) {
        parts.push(this.#expression());
        while (
          this.#token !== undefined &&
          !(this.#token.style.startsWith('string') && this.#token.text.startsWith('}'))
        )
          this.#at += 1;
        const piece: string = this.#token?.text ?? '}';
        this.#at += 1;
        more = piece.endsWith('#{');
        parts.push({ kind: 'text', text: unescape(piece.slice(1).replace(more ? /#\{$/ : /.$/, '')) });
      }
      return { kind: 'join', parts, separator: '' };
    }
    if (this.#dialect.interpolation === 'none') return { kind: 'text', text: unescape(body) };
    const parts: Expr[] = [];
    let last = 0;
    for (const match of body.matchAll(/(?<!\\)[$@](?:\{(\w+)\}|([A-Za-z_]\w*))/g)) {
      parts.push(
        { kind: 'text', text: unescape(body.slice(last, match.index)) },
        { kind: 'name', name: `${body[match.index]}${match[1] ?? match[2]}` },
      );
      last = match.index + match[0].length;
    }
    return { kind: 'join', parts: [...parts, { kind: 'text', text: unescape(body.slice(last)) }], separator: '' };
  }
}

function isCallable(expr: Expr): boolean {
  return (expr.kind === 'name' && /^\w/.test(expr.name)) || expr.kind === 'member';
}

function startsArgument(token: Token): boolean {
  return /^(?:string|variable|number|def|tag|builtin|meta|keyword|atom)/.test(token.style) ||
    /^[$@%[\\]/.test(token.text)
    ? !STOPS.has(token.text)
    : false;
}
