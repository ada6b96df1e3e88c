/** Escapes in string literals. Pure. */

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};

/** Returns `text` with escapes resolved as Python and JavaScript do. */
export function unescape(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-f]{2})|u\{([0-9a-f]+)\}|u([0-9a-f]{4})|U([0-9a-f]{8})|([0-7]{2,3})|([\s\S]))/gi,
    (whole, hex, braced, short, long, octal, other) => {
      const digits = hex ?? braced ?? short ?? long;
      if (digits !== undefined) return codePoint(Number.parseInt(digits, 16), whole);
      if (octal !== undefined) return codePoint(Number.parseInt(octal, 8), whole);
      return ESCAPES[other] ?? (/[\\'"`$]/.test(other) ? other : whole);
    },
  );
}

function codePoint(code: number, otherwise: string): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : otherwise;
}
