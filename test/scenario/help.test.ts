// Every command says how it is used, by example.
import { afterAll, expect, test } from 'vitest';
import { World } from './world.ts';

const world = new World();
afterAll(() => world.close());

interface Help {
  readonly command: string;
  readonly text: string;
}

/** The help of a command and of all below it, as --help names them. */
async function helpsOf(words: readonly string[]): Promise<readonly Help[]> {
  const { stdout, exit } = await world.belay(...words, '--help');
  expect({ words, exit }).toEqual({ words, exit: 0 });
  const commands = /^Commands:\n((?: {2}.*\n)+)/m.exec(stdout)?.[1] ?? '';
  const names = [...commands.matchAll(/^ {2}([a-z]+)\b/gm)].flatMap(([, name]) => name ?? []);
  const below = names.filter((name) => name !== 'help' && name !== 'completion');
  const helps = await Promise.all(below.map((name) => helpsOf([...words, name])));
  return [{ command: ['belay', ...words].join(' '), text: stdout }, ...helps.flat()];
}

test('every command has help with an example of itself', async () => {
  const helps = (await helpsOf([])).slice(1);
  expect(helps.length).toBeGreaterThan(25);
  const without = helps.filter(
    ({ command, text }) => !/^Examples?:\n {2}\S/m.test(text) || !new RegExp(`^ {2}.*${command}`, 'm').test(text),
  );
  expect(without.map(({ command }) => command)).toEqual([]);
});
