/** What tables of wrappers share: finding the command inside, and the environment that stands before it. Pure. */
import { dropStart, exactText, knownStart } from './args.ts';
import { variableEffects } from './code-variables.ts';
import type { Effect } from './effect.ts';
import type { Arg, Call, OptionSpec, Program, Reading } from './program.ts';
import { NOTHING } from './readings.ts';

/** Returns a reader that runs what follows the options, after `skip` operands of the wrapper's own. */
export function after(spec: OptionSpec, skip = 0): (call: Call) => Reading {
  const stops: OptionSpec = { ...spec, stopAtOperand: true };
  return (call) => {
    const rest = call.options(stops).operands.slice(skip);
    return rest.length === 0 ? NOTHING : call.run(rest, call.name);
  };
}

/** Returns the words of the form `name=value` at the front as an environment, with the words after. */
export function environment(args: readonly Arg[]): {
  readonly env: Map<string, Arg | null | undefined>;
  readonly rest: readonly Arg[];
} {
  const env = new Map<string, Arg | null | undefined>();
  let at = 0;
  for (; at < args.length; at += 1) {
    const arg = args[at];
    const start = arg === undefined ? '' : knownStart(arg);
    const name = /^[A-Za-z_]\w*(?==)/.exec(start)?.[0];
    if (arg === undefined || name === undefined) break;
    env.set(name, dropStart(arg, name.length + 1));
  }
  return { env, rest: args.slice(at) };
}

/** Returns what setting these variables does by itself. */
export function ofVariables(call: Call, env: ReadonlyMap<string, Arg | null | undefined>): readonly Effect[] {
  return [...env].flatMap(([name, arg]) =>
    arg === null || arg === undefined
      ? []
      : variableEffects(name, exactText(arg)).map((effect) => call.effect(effect.kind, effect.targets, effect.facts)),
  );
}

/** Returns a table row for a wrapper whose example deletes through it. */
export const wrapperRow = (
  names: Program['names'],
  manual: string,
  read: (call: Call) => Reading,
  example: string,
): Program => ({
  names,
  manual,
  read,
  examples: [{ command: example, effects: ['fs.delete'] }],
});
