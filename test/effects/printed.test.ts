import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { deriveLine, targetText } from './world.ts';

// bash prints a function that it has parsed in its own words (`declare -f`): other spaces, line breaks and brackets, and
// here-documents moved. What a line would do must not hang on how it is written. Nothing is run: functions are only named.
const LINES = readFileSync(new URL('../corpus/ordinary-day.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((row): string => JSON.parse(row).command);

const MARK = '#-- next --#';

/** Returns each line as bash prints it, and null for one that is not whole. */
function printed(lines: readonly string[]): readonly (string | null)[] {
  const script = lines.map((line) => `f() {\n${line}\n}; declare -f f; echo '${MARK}'`).join('\n');
  const out = execFileSync('/bin/bash', ['--norc', '--noprofile'], {
    input: script,
    encoding: 'utf8',
    env: { PATH: '' },
  });
  return out
    .split(`${MARK}\n`)
    .slice(0, -1)
    .map((text) => /^f \(\) *\n\{ *\n([\s\S]*)\n\}\n$/.exec(text)?.[1] ?? null);
}

/** What a line would do, without where it says it. */
const sayings = (line: string): readonly string[] =>
  deriveLine(line)
    .effects.map((effect) =>
      [effect.kind, effect.program, ...effect.targets.map(targetText), JSON.stringify(effect.facts)].join(' '),
    )
    .sort();

test('a line does the same when bash has printed it, and when that is printed again', () => {
  const once = printed(LINES);
  expect(once.length).toBe(LINES.length);
  const known = LINES.flatMap((line, index) => {
    const print = once[index];
    return print == null ? [] : [{ line, print }];
  });
  expect(known.length).toBeGreaterThan(LINES.length * 0.95);
  const twice = printed(known.map(({ print }) => print));
  for (const [index, { line, print }] of known.entries()) {
    expect(twice[index]?.trim(), line).toBe(print.trim());
    expect(sayings(print), line).toEqual(sayings(line));
  }
});
