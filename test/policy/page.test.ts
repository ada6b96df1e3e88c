import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rulesPage } from '../../src/policy/page.ts';
import { builtinPolicy } from './support.ts';

test('the page of rules is current (npm run build, then node scripts/write-rules.mjs)', () => {
  const page = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');
  expect(page).toBe(rulesPage(builtinPolicy()));
});

test('every risk that a rule names is of a known family', () => {
  const families = ['loss', 'share', 'leak', 'run', 'system', 'guard', 'infra', 'opaque'];
  expect(
    builtinPolicy()
      .rules.filter((rule) => !families.includes(rule.risk.split('.')[0] ?? ''))
      .map((rule) => rule.id),
  ).toEqual([]);
});
