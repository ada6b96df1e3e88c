import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';

const FILE = new URL('../../schema/config.schema.json', import.meta.url);

test('the schema file for editors is current (npm run build, then node scripts/write-schema.mjs)', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(configJsonSchema());
});

test('it names the keys, refuses others, and knows the effects', () => {
  const schema = JSON.parse(configJsonSchema());
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
  expect(Object.keys(schema.properties)).toContain('protected-branches');
  expect(JSON.stringify(schema.properties.rule)).toContain('"git.push"');
});
