/** What a listing finds and another command takes away: told by the folders searched, for as long as its lines are files. */
import { expect, test } from 'vitest';
import { deriveLine } from './world.ts';

const deletion = (line: string) => {
  const effect = deriveLine(line).effects.find((one) => one.kind === 'fs.delete');
  return {
    paths: effect?.targets.flatMap((one) => (one.kind === 'path' ? [one.path] : [])),
    filter: effect?.facts['filter'],
  };
};
const COMPILED = { paths: ['/ws/lib'], filter: '-name *.pyc' };

test.each([
  "find lib -name '*.pyc' -exec rm {} +",
  "find lib -name '*.pyc' | xargs rm",
  "find lib -name '*.pyc' | grep -v keep | sort | xargs rm",
  `find lib -name '*.pyc' -exec sh -c 'rm "$1"' _ {} \\;`,
  `find lib -name '*.pyc' -exec sh -c 'for f in "$@"; do rm "$f"; done' _ {} +`,
  `find lib -name '*.pyc' -exec bash -c 'rm "$0"' {} \\;`,
  "find lib -name '*.pyc' | xargs -I{} sh -c 'rm {}'",
  `find lib -name '*.pyc' | xargs sh -c 'rm "$@"' _`,
])('the folder searched and what narrows it stand for the files: %s', (line) => {
  expect(deletion(line)).toEqual(COMPILED);
});

test.each([
  "find lib -name '*.pyc' | sed 's/c$//' | xargs rm",
  "find lib -name '*.pyc' | xargs -n1 dirname | xargs rm -r",
  "find lib -name '*.pyc' -printf '%h' | xargs rm -r",
  "find lib -name '*.pyc' | xargs -I{} rm -r {}/..",
  "(find lib -name '*.pyc'; ls) | xargs rm",
])('what is made of its lines is none of the files that it was narrowed to: %s', (line) => {
  expect(deletion(line)).toEqual({ paths: [], filter: undefined });
});

test('a choice without a name is narrowed by no other one', () => {
  expect(deletion("find lib -name '*.pyc' -o -type f | xargs rm").filter).toBe('');
});
