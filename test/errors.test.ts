import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BelayError, ERRORS, type ErrorCode } from '../src/errors.ts';

const PAGE = join(import.meta.dirname, '../docs/errors.md');

/** Where `{name}` is filled in, the page has it in angle brackets. */
function shown(template: string): string {
  return template
    .replace(/\{(?:near|seen)\}/g, '')
    .replace(/\{(\w+)\}/g, '‹$1›')
    .replaceAll('|', '\\|');
}

test('the page of errors has each with what went wrong and what to do (npx vitest run test/errors.test.ts --update writes it anew)', async () => {
  const rows = Object.entries(ERRORS).map(
    ([code, { message, next }]) => `| \`${code}\` | ${shown(message)} | ${shown(next)} |`,
  );
  const page = [
    '# Errors',
    '',
    'Every error that Belay shows: two lines on standard error, what went wrong and what to do next. The codes are stable; over the',
    'socket and in `--json` they stand beside the words. Parts in ‹angle brackets› are filled in.',
    '',
    '| code | what went wrong | what to do |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  await expect(page).toMatchFileSnapshot(PAGE);
});

test('codes are dotted and lower-case, and every message says what to do next', () => {
  for (const [code, { message, next }] of Object.entries(ERRORS)) {
    expect(code).toMatch(/^[a-z]+(\.[a-z]+(-[a-z]+)*)+$/);
    expect(message.length, code).toBeGreaterThan(5);
    expect(next, code).toMatch(/^[A-Z].*[.a-z}]$/);
  }
});

test('every code of the table is thrown somewhere', () => {
  const source = readdirSync(join(import.meta.dirname, '../src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'errors.ts')
    .map((name) => readFileSync(join(import.meta.dirname, '../src', name), 'utf8'))
    .join('\n');
  const unused = Object.keys(ERRORS).filter((code) => !source.includes(`'${code}'`));
  expect(unused).toEqual([]);
});

test('what is not filled in stays visible, so that no message lies by omission', () => {
  const code: ErrorCode = 'daemon.running';
  expect(new BelayError(code).message).toContain('{pid}');
  expect(new BelayError(code, { pid: 7 }).message).toContain('pid 7');
});
