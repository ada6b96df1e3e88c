import { describe, expect, test } from 'vitest';
import { parseOptions } from '../../src/effects/options.ts';
import type { Arg, OptionSpec } from '../../src/effects/program.ts';

const at = { start: 0, end: 0, text: '' };
const words = (line: string): Arg[] => line.split(' ').map((value) => ({ kind: 'literal', value, span: at }));
const text = (arg: Arg | undefined) => (arg?.kind === 'literal' ? arg.value : undefined);

const SPEC: OptionSpec = {
  flags: ['-r', '-f', '--force', '--format-all'],
  values: ['-n', '--name', '-m'],
  optionalValues: ['--color', '-i'],
};
const parse = (line: string, spec: OptionSpec = SPEC) => {
  const options = parseOptions(spec, words(line));
  return {
    has: (name: string) => options.has(name),
    value: (name: string) => text(options.value(name)),
    operands: options.operands.map(text),
    unknown: options.unknown.map(text),
  };
};

describe('options are told from operands as getopt does', () => {
  test('clusters, glued values and values apart', () => {
    const options = parse('-rfn5 a -m x b');
    expect([options.has('-r'), options.has('-f'), options.value('-n'), options.value('-m'), options.operands]).toEqual([
      true,
      true,
      '5',
      'x',
      ['a', 'b'],
    ]);
  });

  test('long options take a value by = or the next word, and may be abbreviated when one fits', () => {
    expect(parse('--name=x --na y a').operands).toEqual(['a']);
    expect(parse('--na=x').value('--name')).toBe('x');
    expect(parse('--forc').has('--force')).toBe(true);
    expect(parse('--for').unknown).toEqual(['--for']);
  });

  test('an optional value is never the next word', () => {
    expect(parse('--color always -i.bak f')).toMatchObject({ operands: ['always', 'f'] });
    expect(parse('-i.bak').value('-i')).toBe('.bak');
  });

  test('after -- all are operands; - is one', () => {
    expect(parse('-r -- -f - --name').operands).toEqual(['-f', '-', '--name']);
    expect(parse('-r -').operands).toEqual(['-']);
  });

  test('wrappers stop at the first operand', () => {
    expect(parse('-r cmd -f x', { ...SPEC, stopAtOperand: true }).operands).toEqual(['cmd', '-f', 'x']);
  });

  test('with single dashes a name is whole', () => {
    const options = parse('-name x -auto --auto2', { flags: ['-auto', '-auto2'], values: ['-name'], singleDash: true });
    expect([options.value('-name'), options.has('-auto'), options.has('-auto2')]).toEqual(['x', true, true]);
  });

  test('an option that is not listed is unknown, and its letters count', () => {
    const options = parse('-xr');
    expect([options.unknown, options.has('-r'), options.has('-x')]).toEqual([['-xr'], true, true]);
  });

  test('a word that can not be known might be an option', () => {
    const hole: Arg = { kind: 'unknown', prefix: '', suffix: '', empty: '', why: 'test', span: at };
    expect(parseOptions(SPEC, [hole])).toMatchObject({ uncertain: true, operands: [hole] });
    expect(parseOptions(SPEC, [...words('--'), hole]).uncertain).toBe(false);
    expect(parseOptions(SPEC, [{ ...hole, prefix: '--name=a' }]).value('--name')).toMatchObject({ prefix: 'a' });
  });
});
