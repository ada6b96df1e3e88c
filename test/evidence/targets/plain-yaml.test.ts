/** The plain part of YAML, and that the rest is never guessed. */
import { expect, test } from 'vitest';
import { readPlainYaml } from '../../../src/evidence/targets/plain-yaml.ts';

test('mappings, sequences at either depth, quotes and comments are read', () => {
  const text = [
    '---',
    '# a comment',
    'a: one # another',
    'b: "two # of them"',
    "c: 'it''s'",
    'list:',
    '- name: x',
    '  inner:',
    '    deep: "1"',
    '- y',
    'other:',
    '  - z',
    'url: https://example.com:443/a',
    'none:',
  ].join('\n');
  expect(readPlainYaml(text)).toEqual({
    a: 'one',
    b: 'two # of them',
    c: "it's",
    list: [{ name: 'x', inner: { deep: '1' } }, 'y'],
    other: ['z'],
    url: 'https://example.com:443/a',
    none: null,
  });
});

test('anchors are merged where `<<` asks for them, below what stands beside', () => {
  const text = 'base: &base\n  host: db\n  port: 1\nprod:\n  <<: *base\n  host: other\n';
  expect(readPlainYaml(text)).toMatchObject({ prod: { host: 'other', port: '1' } });
});

test('what is not plain is null, and its neighbours are read', () => {
  const text = 'a: {b: c}\nd: |\n  some\n  text\ne: !tag f\ng: [1, 2]\nh: plain\n  goes on\ni: end\n';
  expect(readPlainYaml(text)).toEqual({ a: null, d: null, e: null, g: null, h: null, i: 'end' });
});

test.each(['\ta: b', 'just words', 'a\n: b', 'a: b\n c'])('of %j nothing is told', (text) => {
  expect(readPlainYaml(text) ?? { a: null }).toEqual({ a: null });
});
