/** Reads Lua by its tokens: facts from calls of its os and io libraries, and of its sockets. Lua 5.4. */
import { lua } from '@codemirror/legacy-modes/mode/lua';
import type { Call, Reading } from '../program.ts';
import { connects, evaluates, fileContent, moves, prints, readsVariable, removes, sendsOut, shells } from './acts.ts';
import { type Dialect, evaluate } from './evaluate.ts';
import { parseLoosely } from './loose.ts';
import { type Act, type Acts, CodeMachine } from './machine.ts';
import { type Token, tokens } from './tokens.ts';
import { apiValue, labelled, UNKNOWN } from './value.ts';

const receives: Act = ({ machine }) => labelled('network', machine.connectedTo ?? undefined);

/** `s:connect(host, port)` leaves what it is called on connected. */
const toAddress: Act = (call) => {
  connects(call);
  return UNKNOWN;
};

/** With a body it is a POST. */
const requestsPage: Act = (call) => {
  if (call.args[1] === undefined) return call.machine.fetches(call.args[0]);
  call.machine.sends(call.args[0], call.args.slice(1, 2));
  return labelled('network', call.args[0]?.text);
};

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
  // LuaSocket 3.1; its connections are objects that send and receive.
  loads: ({ args }) => apiValue(args[0]?.text ?? 'computed'),
  assert: ({ args }) => args[0],
  'socket.connect': connects,
  'socket.tcp().connect': toAddress,
  'socket.tcp().send': sendsOut,
  'socket.tcp().receive': receives,
  'socket.send': sendsOut,
  'socket.receive': receives,
  'socket.http.request': requestsPage,
  'ssl.https.request': requestsPage,
  load: evaluates,
  loadstring: evaluates,
  print: prints,
};

const DIALECT: Dialect = { acts: ACTS, risky: /^(?:os|io)$/ };

/** Returns what Lua code would do. */
export function readLua(text: string, call: Call): Reading {
  const machine = new CodeMachine(call, 'lua');
  const steps = parseLoosely(joinedDots(tokens(lua, text, call.spend)).map(asCall), {
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

/** Other languages' `require` is a word before a name; Lua's is a function. */
function asCall(token: Token): Token {
  return token.text === 'require' ? { ...token, text: 'loads' } : token;
}
