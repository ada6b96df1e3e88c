/** Reads Lua by its tokens: facts from calls of its os and io libraries. Lua 5.4. */
import { lua } from '@codemirror/legacy-modes/mode/lua';
import type { Call, Reading } from '../program.ts';
import { evaluates, fileContent, moves, prints, readsVariable, removes, shells } from './acts.ts';
import { type Dialect, evaluate } from './evaluate.ts';
import { parseLoosely } from './loose.ts';
import { type Acts, CodeMachine } from './machine.ts';
import { tokens } from './tokens.ts';
import { UNKNOWN } from './value.ts';

const ACTS: Acts = {
  'os.remove': removes(),
  'os.rename': moves(),
  'os.execute': shells,
  'io.popen': shells,
  'vim.fn.delete': removes(0, { recursive: true }),
  'vim.fn.system': shells,
  'io.open': ({ machine, args }) => {
    const mode = args[1]?.text ?? 'r';
    if (mode.startsWith('w')) machine.writes(args[0]);
    else if (mode.startsWith('a')) machine.say('fs.append', machine.paths(args[0]));
    else return fileContent(args[0], machine.reads(args[0]));
    return UNKNOWN;
  },
  'os.getenv': ({ args, machine }) => readsVariable(args[0] ?? UNKNOWN, machine.call.env),
  load: evaluates,
  loadstring: evaluates,
  print: prints,
};

const DIALECT: Dialect = { acts: ACTS, risky: /^(?:os|io)$/ };

/** Returns what Lua code would do. */
export function readLua(text: string, call: Call): Reading {
  const machine = new CodeMachine(call, 'lua');
  const steps = parseLoosely(joinedDots(tokens(lua, text, call.spend)), {
    concat: '..',
    interpolation: 'none',
    lines: false,
    isCommand: (name) => Object.hasOwn(ACTS, name),
  });
  evaluate({ steps, clean: true }, machine, DIALECT);
  return { effects: machine.finish() };
}

/** The mode gives `..` as two tokens. */
function joinedDots(all: ReturnType<typeof tokens>): ReturnType<typeof tokens> {
  return all.flatMap((token, index) =>
    token.text !== '.'
      ? [token]
      : all[index + 1]?.text === '.'
        ? [{ ...token, text: '..' }]
        : all[index - 1]?.text === '.'
          ? []
          : [token],
  );
}
