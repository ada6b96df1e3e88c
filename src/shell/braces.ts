/** Brace expansion (bash(1), Brace Expansion) on a word's source text: pure text to texts, quotes respected. */

/** More words than this are not made. */
const MAX_WORDS = 64;

/** Returns the source texts that `text` expands to, or null when there are too many. `[text]` when nothing expands. */
export function expandBraces(text: string): readonly string[] | null {
  const brace = firstBrace(text, 0);
  if (brace === null) return [text];
  const before = text.slice(0, brace.start);
  const rests = expandBraces(text.slice(brace.end));
  if (rests === null) return null;
  const words: string[] = [];
  for (const choice of brace.choices) {
    const inner = brace.nested ? expandBraces(choice) : [choice];
    if (inner === null) return null;
    for (const one of inner) {
      for (const rest of rests) words.push(before + one + rest);
    }
    if (words.length > MAX_WORDS) return null;
  }
  return words;
}

interface Brace {
  readonly start: number;
  readonly end: number;
  readonly choices: readonly string[];
  readonly nested: boolean;
}

function firstBrace(text: string, from: number): Brace | null {
  for (let at = from; at < text.length; at = skip(text, at)) {
    if (text[at] !== '{') continue;
    const choices: string[] = [];
    let depth = 0;
    let begin = at + 1;
    for (let inner = at + 1; inner < text.length; inner = skip(text, inner)) {
      const letter = text[inner];
      if (letter === '{') depth += 1;
      else if (letter === ',' && depth === 0) {
        choices.push(text.slice(begin, inner));
        begin = inner + 1;
      } else if (letter === '}') {
        if (depth > 0) {
          depth -= 1;
          continue;
        }
        const last = text.slice(begin, inner);
        if (choices.length > 0) return { start: at, end: inner + 1, choices: [...choices, last], nested: true };
        const sequence = sequenceOf(last);
        if (sequence !== null) return { start: at, end: inner + 1, choices: sequence, nested: false };
        break;
      }
    }
  }
  return null;
}

/** Returns the offset after the character, quotation or substitution at `at`. */
function skip(text: string, at: number): number {
  const letter = text[at];
  if (letter === '\\') return at + 2;
  if (letter === "'") return after(text, text.indexOf("'", at + 1));
  if (letter === '`') return after(text, text.indexOf('`', at + 1));
  if (letter === '"') {
    let end = at + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    return end + 1;
  }
  if (letter === '$' && (text[at + 1] === '{' || text[at + 1] === '(')) {
    let depth = 0;
    for (let end = at + 1; end < text.length; end += 1) {
      if (text[end] === '{' || text[end] === '(') depth += 1;
      else if (text[end] === '}' || text[end] === ')') depth -= 1;
      if (depth === 0) return end + 1;
    }
    return text.length;
  }
  return at + 1;
}

function after(text: string, end: number): number {
  return end === -1 ? text.length : end + 1;
}

function sequenceOf(inner: string): readonly string[] | null {
  const match = /^(?:(-?\d{1,9})\.\.(-?\d{1,9})|([A-Za-z])\.\.([A-Za-z]))(?:\.\.(-?\d{1,9}))?$/.exec(inner);
  if (match === null) return null;
  const [, low, high, first, last, by] = match;
  const start = low === undefined ? (first ?? '').charCodeAt(0) : Number(low);
  const end = high === undefined ? (last ?? '').charCodeAt(0) : Number(high);
  const width =
    low !== undefined && high !== undefined && /^-?0\d/.test(`${low} ${high}`) ? Math.max(low.length, high.length) : 0;
  const stride = Math.max(1, Math.abs(Number(by ?? 1)));
  const words: string[] = [];
  for (let value = start; start <= end ? value <= end : value >= end; value += start <= end ? stride : -stride) {
    words.push(low === undefined ? String.fromCharCode(value) : String(value).padStart(width, '0'));
    if (words.length > MAX_WORDS) return words;
  }
  return words;
}
