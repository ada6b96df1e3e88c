/** Debuggers and tracers told to look into a process that runs already: gdb, lldb, strace -p, py-spy. Pure. */
import { exactText } from '../args.ts';
import type { Arg, Call, OptionSpec, Program, Reading } from '../program.ts';
import { NOTHING, named, together, words } from '../readings.ts';

/** A call of a function in the process, or a change of what it holds. */
const STEERS =
  /^\s*(?:call|print|p|output|set\s+(?:var|variable)|compile|jump|return|inject|expr(?:ession)?|e)\b.*[(=]|^\s*(?:kill|signal|detach-kill)\b/s;
/** `call (int)system("text")`: the process hands the text to a shell. */
const SHELL = /\b(?:system|popen|execlp?)\s*\(\s*"((?:\\.|[^"\\])*)"/s;

/** Returns what looking into the processes `pids` is, `orders` being what is asked of them. */
export function inspects(call: Call, pids: readonly Arg[], orders: readonly Arg[]): Reading {
  const texts = orders.map((order) => exactText(order) ?? '');
  const shell = texts.flatMap((text) => SHELL.exec(text)?.[1] ?? []).map((text) => text.replace(/\\(["\\])/g, '$1'));
  const attached =
    pids.length > 0
      ? pids
      : texts.some((text) => /^\s*(?:attach|process attach)\s/.test(text))
        ? orders.slice(0, 1)
        : [];
  const steers = texts.some((text) => STEERS.test(text)) ? { steers: true } : {};
  return together(
    attached.length === 0
      ? NOTHING
      : {
          effects: [
            call.effect(
              'process.inspect',
              attached.map((pid) => named('pid', pid)),
              steers,
            ),
          ],
        },
    ...shell.map((text) => call.script(text, `${call.name} call`)),
  );
}

const LLDB: OptionSpec = {
  values: words(
    '-p --attach-pid -n --attach-name -o --one-line -O --one-line-before-file -s --source -c --core -f --file -a --arch',
  ),
  flags: words('-b --batch -w --wait-for -Q --no-lldbinit -X'),
  stopAtOperand: true,
};
const SPY: OptionSpec = {
  values: words('-p --pid -o --output -d --duration -r --rate -f --format -l --lines'),
  stopAtOperand: true,
};

export const programs: readonly Program[] = [
  {
    names: ['lldb'],
    manual: 'lldb(1) 20',
    read: (call) => {
      const options = call.options(LLDB);
      return inspects(
        call,
        options.values('-p', '--attach-pid', '-n', '--attach-name'),
        options.values('-o', '--one-line', '-O'),
      );
    },
    examples: [
      { command: 'lldb -p 4242 -o bt', effects: ['process.inspect'] },
      { command: 'lldb -b -o run -o bt -- ./app', effects: [] },
    ],
  },
  {
    names: ['py-spy', 'rbspy', 'pyrasite', 'pyrasite-shell', 'memray'],
    manual: 'py-spy 0.4, rbspy 0.33',
    read: (call) => {
      const options = call.options({ ...SPY, stopAtOperand: false });
      return inspects(call, options.values('-p', '--pid'), []);
    },
    examples: [
      { command: 'py-spy dump --pid 4242', effects: ['process.inspect'] },
      { command: 'py-spy record -o out.svg -- python app.py', effects: [] },
    ],
  },
];
