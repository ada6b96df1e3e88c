/** Settings are written by whoever writes in the workspace: none may keep the one thread busy. */
import { expect, test } from 'vitest';
import { readDotenv, tellsWhere } from '../../../src/effects/where-variables.ts';
import { readIni } from '../../../src/evidence/targets/ini.ts';
import { readYaml } from '../../../src/evidence/targets/yaml.ts';

const MANY = 200_000;

test.each([
  ['spaces before a comment', `A=x${' '.repeat(MANY)}y`],
  ['one long word', `A=${'x'.repeat(MANY)}`],
  ['quotes that never end', `A="${'\\"'.repeat(MANY / 2)}`],
  ['empty lines', '\n'.repeat(MANY)],
  ['a key that never ends', `a${' b'.repeat(MANY / 2)}`],
  ['colons', 'a: '.repeat(MANY / 3)],
  ['dashes', '- '.repeat(MANY / 2)],
  ['brackets', '['.repeat(MANY)],
])('%s are read at once', (_, text) => {
  readDotenv(text);
  readIni(text);
  readYaml(text);
  readYaml(`a: ${text}`);
  expect(tellsWhere('DB_'.repeat(MANY / 3))).toBe(false);
});
