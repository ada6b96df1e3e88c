import { describe, expect, test } from 'vitest';
import { type HostileInput, hostileInputs } from '../../bench/hostile-inputs.mjs';
import { derive } from '../../src/effects/derive.ts';
import { madeUpWorld } from './world.ts';

/** Of thousands, each so many is taken, another one for every seed: all of them are the bench's to run. */
const EACH = 9;
const SEED = 1;

const taken = hostileInputs(SEED).filter((_, index) => index % EACH === SEED % EACH);
const kindOf = ({ name }: HostileInput) => name.split(' ', 2).join(' ');
const kinds = [...new Set(taken.map(kindOf))].map(
  (kind) => [kind, taken.filter((one) => kindOf(one) === kind)] as const,
);

function tells(input: HostileInput): readonly string[] {
  return derive(input.action, madeUpWorld(input.files)).effects.map(
    ({ kind, targets }) => `${kind} ${targets.map((target) => ('path' in target ? target.path : '')).join(' ')}`,
  );
}

describe('text made to be slow, deep, large or odd', () => {
  test.each(kinds)('%s: what comes after it is not hidden', (_kind, inputs) => {
    for (const { name, action, files } of inputs) {
      if (action.kind !== 'command') continue;
      const told = tells({ name, action: { ...action, text: `${action.text}\nrm -rf /home/u/work` }, files });
      const isTold = told.some((one) => one.startsWith('opaque') || one === 'fs.delete /home/u/work');
      expect(isTold, `${name}: ${told.slice(0, 3)}`).toBe(true);
    }
  });

  test.each(kinds)('%s: read again, it is told the same', (_kind, inputs) => {
    for (const input of inputs.slice(0, 4)) expect(tells(input), input.name).toEqual(tells(input));
  });

  test('what is long and ordinary is no reason to ask: the way it is written to a file, and a script that runs', () => {
    const ordinary = hostileInputs(SEED).filter(({ name }) =>
      /^(?:python|javascript) (?:file|written) long and ordinary$/.test(name),
    );
    expect(ordinary).toHaveLength(4);
    for (const input of ordinary)
      expect(
        tells(input).filter((one) => one.startsWith('opaque')),
        input.name,
      ).toEqual([]);
  });
});
