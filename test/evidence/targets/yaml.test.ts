import { expect, test } from 'vitest';
import { readYaml } from '../../../src/evidence/targets/yaml.ts';

test('scalars are read as they are written, and an empty one is null', () => {
  const text = [
    '---',
    'port: 5432 # a comment',
    'on: true',
    'quoted: "two # of them"',
    'flow: {b: c, d: [1, 2]}',
    'block: |',
    '  some',
    '  text',
    'none:',
    '---',
    'second: document',
  ].join('\n');
  expect(readYaml(text)).toEqual({
    port: '5432',
    on: 'true',
    quoted: 'two # of them',
    flow: { b: 'c', d: ['1', '2'] },
    block: 'some\ntext\n',
    none: null,
  });
});

test('anchors are merged where `<<` asks for them, below what stands beside', () => {
  const text = 'base: &base\n  host: db\n  port: 1\nprod:\n  <<: *base\n  host: other\n';
  expect(readYaml(text)).toMatchObject({ prod: { host: 'other', port: '1' } });
});

test.each([
  ['what is no YAML', 'a: [b'],
  ['a tag that nobody knows', 'a: !secret b'],
  ['nesting without end', '['.repeat(10_000)],
  ['a file that is too large', `a: ${'x'.repeat(200_000)}`],
])('of %s nothing is told', (_, text) => {
  expect(readYaml(text)).toBeNull();
});

test('what is merged does not grow without end', () => {
  const text = [
    'a0: &a0',
    '  k: v',
    ...Array.from({ length: 1_500 }, (_, at) => `a${at + 1}: &a${at + 1}\n  <<: *a${at}\n  k${at}: v`),
  ];
  expect(readYaml(text.join('\n'))).toBeNull();
});
