import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeShort, escapeText } from '../../src/cli/format/escape.ts';
import { formatHeld } from '../../src/cli/format/held.ts';
import { formatFields, formatTable } from '../../src/cli/format/table.ts';
import { formatVerdict } from '../../src/cli/format/verdict.ts';
import { reason, verdictOf } from './builders.ts';

// R14: output can't lie.
const lies: [string, string, string][] = [
  ['an escape sequence', '\x1b[2Jls\x07', '\\x1b[2Jls\\x07'],
  ['one byte control sequences', '\x9b31m', '\\x9b31m'],
  ['a carriage return that overwrites', 'rm -rf src\recho ok', 'rm -rf src\\recho ok'],
  ['line breaks of all sorts', 'a\nb\u2028c\u0085d\ve', 'a\\nb\\u{2028}c\\x85d\\x0be'],
  ['right-to-left overrides', 'evil\u202efdp.sh', 'evil\\u{202e}fdp.sh'],
  ['isolates', 'a\u2066b\u2069', 'a\\u{2066}b\\u{2069}'],
  ['unseen characters', 'r\u200bm \ufeff\u{e0041}\u3164', 'r\\u{200b}m \\u{feff}\\u{e0041}\\u{3164}'],
  ['a blank that a shell takes for a letter', 'rm\u00a0-rf', 'rm\\xa0-rf'],
  ['half of a character', 'x\ud83d', 'x\\u{d83d}'],
  ['honest text in any language', 'naïve 北京 🎉 עברית', 'naïve 北京 🎉 עברית'],
];
test.each(lies)('%s is shown for what it is', (_what, text, shown) => {
  expect(escapeText(text)).toBe(shown);
});

const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('\x1b[', '\x9b', '\u202e', '\r', '\n', '\u2066', 'rm ', '\u200b', '\x07', '中'))
    .map((all) => all.join('')),
);

test('no control, bidi or escape character of any text reaches a terminal, whatever prints it', () => {
  fc.assert(
    fc.property(hostile, hostile, fc.nat(30), (command, words, start) => {
      const text = command.slice(start, start + 10);
      const span = { start, end: start + text.length, text };
      const verdict = verdictOf('ask', [
        reason({ sentence: words, span, evidence: [words], clears: words, instead: command, rule: words }),
      ]);
      const details = { digest: 'd', session: null, cwd: words, command, expiresAt: null };
      const printed = [
        formatVerdict(verdict, command, { color: false }),
        formatHeld({ id: 'r-1' as never, details, verdict }),
        formatTable([[command, words]]),
        formatFields([[`label`, [command, words]]], (label) => label),
      ];
      for (const out of [escapeText(command), ...printed]) expect(UNSEEN.test(out)).toBe(false);
      expect(escapeText(command)).not.toContain('\n');
    }),
    { numRuns: 500 },
  );
});

test('a long text keeps its head and its tail, and never grows', () => {
  expect(escapeShort('rm -rf a b c d e f g h', 12)).toBe('rm -rf a…g h');
  expect(escapeShort('short', 12)).toBe('short');
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 4, max: 50 }), (text, max) => [...escapeShort(text, max)].length <= max),
  );
});
