/** Secret files that were put into the environment, and what shows them then. */
import { expect, test } from 'vitest';
import { deriveLine } from './world.ts';

const printed = (line: string) => deriveLine(line).effects.some((effect) => effect.kind === 'secret.print');

test.each([
  'set -a; . .env; set +a; env',
  'source .env && printenv | sort',
  "export $(grep -v '^#' .env | xargs) && env | grep URL",
  '. .env; set',
  'export $(cat .env) && export -p',
])('an environment printed as a whole shows the secrets loaded into it: %s', (line) => {
  expect(printed(line)).toBe(true);
});

test.each([
  'source .env && npm test',
  'source .env && env | cut -d= -f1',
  'source .env && env | wc -l',
  'source .env && env PORT=1 npm start',
  'source .env.example && env',
  '(. .env); env',
])('using them, or showing their names alone, prints none: %s', (line) => {
  expect(printed(line)).toBe(false);
});
