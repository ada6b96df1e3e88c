/**
 * Makes any text harmless to a terminal: what is shown is one line, in reading order, and nothing in it is unseen. Pure.
 * Commands, paths and models' words come from others, and escape sequences, bidi marks or look-alike blanks in them lie.
 */

/**
 * Control and format characters (escape, bidi, zero-width, tags), lone surrogates, line and paragraph separators, blanks
 * other than the space (a shell takes a no-break space for a letter), and letters that print nothing.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]|(?! )\p{Zs}/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Returns `text` as one line with nothing in it that a terminal acts on or hides: `\n`, `\x1b`, `\u{202e}` in its place. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (character) => NAMED[character] ?? codeOf(character));
}

/** Returns the same, no longer than `max` characters, cut in the middle with a mark. */
export function escapeShort(text: string, max: number): string {
  const safe = [...escapeText(text.length > max * 4 ? `${text.slice(0, max * 2)}${text.slice(-max * 2)}` : text)];
  if (safe.length <= max) return safe.join('');
  const tail = Math.floor(max / 4);
  return `${safe.slice(0, max - tail - 1).join('')}…${tail === 0 ? '' : safe.slice(-tail).join('')}`;
}

function codeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
