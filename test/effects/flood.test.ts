/** Processes that start more of themselves without end. */
import { expect, test } from 'vitest';
import { deriveLine } from './world.ts';

const floods = (line: string) => deriveLine(line).effects.some((effect) => effect.kind === 'machine.flood');

test.each([
  ':(){ :|:& };:',
  'a() { b | b & }; b() { a; }; a',
  'a() { b & }; b() { a & }; a',
  'a() { b; b & }; b() { a; }; a',
  '$0 & $0 &',
  'bash "$0" & bash "$0"',
])('it is told: %s', (line) => {
  expect(floods(line)).toBe(true);
});

test.each([
  'retry() { try || retry; }; try() { curl x; }; retry',
  'f() { g; }; g() { echo; }; f & g &',
  'walk() { visit "$1"; }; visit() { walk "$1/x"; }; walk a',
  'start() { npm run dev & }; stop() { echo; }; start; stop',
  '$0 worker & wait',
])('what ends, or goes on alone, is none: %s', (line) => {
  expect(floods(line)).toBe(false);
});
