/**
 * Reads the plain part of YAML that tools write their configuration in: block mappings and sequences, quoted and plain
 * scalars, anchors, and `<<` merges (YAML 1.2, ch. 8). Pure. What it does not read (flow collections with content, block
 * scalars, tags) is null, never a guess; a file that is no such YAML at all is null as a whole.
 */

export type Plain = string | null | readonly Plain[] | { readonly [key: string]: Plain };

interface Line {
  readonly indent: number;
  readonly text: string;
}

/** Of a document; more is not read. */
const MAX_LINES = 5_000;
/** Keys that `<<` may bring in: merges of merges would grow without end. */
const MAX_MERGED = 10_000;
/** A key, quoted or plain, within what a person would write. */
const KEY =
  /^("(?:[^"\\]|\\.){0,300}"|'(?:[^']|''){0,300}'|[^\s#'"[\]{},&*!|>%@`-][^:#]{0,300}?|[^\s#'"[\]{},&*!|>%@`][^:#]{1,300}?|<<) {0,9}:(?:\s+(.*))?$/;

/** Returns the value of a document, or null. */
export function readPlainYaml(text: string): Plain {
  const lines = linesOf(text);
  if (lines === null) return null;
  const reader = new Reader(lines);
  try {
    const value = reader.block(0);
    return reader.isAtEnd() ? value : null;
  } catch {
    return null;
  }
}

function linesOf(text: string): readonly Line[] | null {
  const lines: Line[] = [];
  for (const raw of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    if (/^---(?:\s|$)/.test(raw)) {
      if (lines.length > 0) break; // one document is enough
      continue;
    }
    if (/^\.\.\.\s*$/.test(raw)) break;
    const bare = raw.trimEnd();
    const indent = bare.length - bare.trimStart().length;
    if (bare.trim() === '' || bare.trim().startsWith('#')) continue;
    if (/^ *\t/.test(bare) || lines.length > MAX_LINES) return null;
    lines.push({ indent, text: bare.trim() });
  }
  return lines;
}

class Reader {
  #at = 0;
  #merged = 0;
  readonly #lines: readonly Line[];
  readonly #anchors = new Map<string, Plain>();

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#lines.length;
  }

  /** Reads the mapping or sequence whose lines stand at `least` or deeper. */
  block(least: number, inSequence = false): Plain {
    const first = this.#lines[this.#at];
    if (first === undefined || first.indent < least) return null;
    return isItem(first.text) && !inSequence ? this.#sequence(first.indent) : this.#mapping(first.indent);
  }

  #sequence(indent: number): Plain {
    const items: Plain[] = [];
    for (let line = this.#lines[this.#at]; line?.indent === indent && isItem(line.text); line = this.#lines[this.#at]) {
      const inner = line.text.slice(1).trimStart();
      const column = indent + (line.text.length - inner.length);
      this.#at += 1;
      if (inner === '') items.push(this.block(indent + 1));
      else if (KEY.test(inner)) items.push(this.#mapping(column, inner));
      else items.push(this.#value(inner, indent));
    }
    return items;
  }

  #mapping(indent: number, opening?: string): Plain {
    const found = new Map<string, Plain>();
    let text = opening;
    for (;;) {
      if (text === undefined) {
        const line = this.#lines[this.#at];
        if (line === undefined || line.indent !== indent || isItem(line.text)) break;
        text = line.text;
        this.#at += 1;
      }
      const pair = KEY.exec(text);
      if (pair === null) throw new Error('not a mapping');
      const key = scalar(pair[1] ?? '') ?? '';
      const value = this.#value(pair[2] ?? '', indent);
      if (key === '<<') this.#merge(value, found);
      else found.set(key, value);
      text = undefined;
    }
    const next = this.#lines[this.#at];
    if (next !== undefined && next.indent > indent) throw new Error('indentation that is not understood');
    return Object.fromEntries(found);
  }

  #merge(value: Plain, into: Map<string, Plain>): void {
    const entries = entriesOf(value);
    this.#merged += entries.length;
    if (this.#merged > MAX_MERGED) throw new Error('too much is merged');
    for (const [name, merged] of entries) if (!into.has(name)) into.set(name, merged);
  }

  /** Reads what stands after a key or a dash, on its line or below it. */
  #value(written: string, indent: number): Plain {
    const anchor = /^&(\S+)(?:\s+(.*))?$/.exec(written);
    const text = (anchor === null ? written : (anchor[2] ?? ''))
      .replace(/(?:^|\s)#.*$/, (comment) => (isQuoted(written) ? comment : ''))
      .trim();
    const value = this.#unanchored(text, indent);
    if (anchor?.[1] !== undefined) this.#anchors.set(anchor[1], value);
    return value;
  }

  #unanchored(text: string, indent: number): Plain {
    if (text === '') {
      const next = this.#lines[this.#at];
      // A sequence may stand as deep as the key that it belongs to.
      const isSequence = next !== undefined && next.indent === indent && isItem(next.text);
      return isSequence ? this.#sequence(indent) : this.block(indent + 1);
    }
    if (text.startsWith('*')) return this.#anchors.get(text.slice(1)) ?? null;
    if (/^[|>]/.test(text)) {
      this.#skipDeeper(indent);
      return null;
    }
    if (text === '{}') return {};
    if (text === '[]') return [];
    const value = scalar(text);
    // A plain or quoted scalar may go on below; what is not on one line is not read.
    const next = this.#lines[this.#at];
    if (next === undefined || next.indent <= indent) return value;
    this.#skipDeeper(indent);
    return null;
  }

  #skipDeeper(indent: number): void {
    while ((this.#lines[this.#at]?.indent ?? -1) > indent) this.#at += 1;
  }
}

function isItem(text: string): boolean {
  return text === '-' || text.startsWith('- ');
}

function isQuoted(text: string): boolean {
  return /^(?:&\S+\s+)?["']/.test(text);
}

function entriesOf(value: Plain): readonly (readonly [string, Plain])[] {
  if (Array.isArray(value)) return value.flatMap((one: Plain) => entriesOf(one));
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** A scalar on one line; null for what is none (flow collections, tags) and for YAML's own null. */
function scalar(text: string): string | null {
  const double = /^"((?:[^"\\]|\\.)*)"(?:\s+#.*)?$/.exec(text)?.[1];
  if (double !== undefined) return /\\[^"\\/]/.test(double) ? null : double.replaceAll(/\\(["\\/])/g, '$1');
  const single = /^'((?:[^']|'')*)'(?:\s+#.*)?$/.exec(text)?.[1];
  if (single !== undefined) return single.replaceAll("''", "'");
  if (/^[[{!%@`"'|>&*]/.test(text) || text === '~' || text === 'null') return null;
  return text;
}
