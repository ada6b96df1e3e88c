import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { configFile } from '../../src/config/schema.ts';
import { userRule } from '../../src/policy/user-rule.ts';
import { builtinPolicy } from '../policy/support.ts';

const page = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

test.each(['README.md', 'docs/configuration.md'])('every configuration that %s shows is one', (name) => {
  const blocks = [...page(name).matchAll(/^```toml\n(.*?)^```/gms)].map((match) => match[1] ?? '');
  expect(blocks.length).toBeGreaterThan(0);
  for (const text of blocks) {
    expect(loadConfig({ user: { file: name, text }, repository: null }).problems).toEqual([]);
    expect(builtinPolicy(text).user.length).toBeGreaterThan(0);
  }
});

test('docs/configuration.md names every key of the files, and no other', () => {
  const [settings = '', rules = ''] = page('docs/configuration.md').split('## Rules of your own');
  const named = (text: string): string[] =>
    [...text.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap((row) =>
      [...(row[1] ?? '').matchAll(/`([^`]+)`/g)].map((key) => key[1] ?? ''),
    );
  const keys = Object.entries(configFile.shape).flatMap(([key, schema]) => {
    const inner: unknown = Reflect.get(schema.unwrap(), 'shape');
    return typeof inner === 'object' && inner !== null ? Object.keys(inner).map((one) => `${key}.${one}`) : [key];
  });
  expect(named(settings).toSorted()).toEqual(keys.filter((key) => key !== 'rule').toSorted());
  expect(named(rules).toSorted()).toEqual(Object.keys(userRule.shape).toSorted());
});
