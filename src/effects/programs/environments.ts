/** Programs that run another in another environment: env, dotenv, direnv, version managers. */
import { exactText, literalArg } from '../args.ts';
import { unaddressed } from '../elsewhere.ts';
import { UNKNOWN_FLOW } from '../flow.ts';
import { ENVIRONMENT } from '../loaded-secrets.ts';
import type { Arg, Around, Call, OptionSpec, Program, Reading } from '../program.ts';
import { NOTHING, words } from '../readings.ts';
import { readDotenv, tellsWhere } from '../where-variables.ts';
import { after, environment, ofVariables, wrapperRow } from '../wrapping.ts';

const ENV: OptionSpec = {
  values: ['-u', '--unset', '-C', '--chdir', '-S', '--split-string', '-P', '-a', '--argv0'],
  optionalValues: ['--block-signal', '--default-signal', '--ignore-signal'],
  flags: ['-i', '--ignore-environment', '-0', '--null', '-v', '--debug', '--list-signal-handling'],
  stopAtOperand: true,
};

function env(call: Call): Reading {
  const options = call.options(ENV);
  const { env: given, rest } = environment(options.operands);
  for (const name of options.values('-u', '--unset')) given.set(exactText(name) ?? '', null);
  const split = options.value('-S', '--split-string');
  const effects = [...ofVariables(call, given)];
  const folder = options.value('-C', '--chdir');
  const target = folder === undefined ? null : call.path(folder);
  const around: Around = {
    env: given,
    emptyEnv: options.has('-i', '--ignore-environment') || exactText(options.operands[0]) === '-',
    ...(target === null ? {} : { cwd: target.kind === 'path' ? target.path : null }),
  };
  if (split !== undefined) {
    const text = exactText(split);
    if (text === null) return { effects: [...effects, call.effect('opaque', [], { what: 'dynamic-command' })] };
    const inner = call.script(`env ${text}`, 'env -S', { args: [] });
    return { effects: [...effects, ...inner.effects], output: UNKNOWN_FLOW };
  }
  const command = exactText(rest[0]) === '-' ? rest.slice(1) : rest;
  if (command.length === 0) return { effects, output: environmentFlow() };
  const inner = call.run(command, 'env', call.stdin, around);
  return { ...inner, effects: [...effects, ...inner.effects] };
}

/** What `env` and `printenv` print: the environment, where secrets may be. */
function environmentFlow(): Reading['output'] & object {
  return { text: null, labels: new Set(['unknown']), sources: [ENVIRONMENT], paths: [] };
}

/** `--` parts a tool's own words from the command; without it the command follows the options. */
function dashes(values: readonly string[], skip = 0): (call: Call) => Reading {
  const run = after({ values }, skip);
  return (call) => {
    const at = call.args.findIndex((arg) => exactText(arg) === '--');
    return at === -1 ? run(call) : at + 1 >= call.args.length ? NOTHING : call.run(call.args.slice(at + 1), call.name);
  };
}

const DOTENV: OptionSpec = { values: words('-e -f --file -p -v'), stopAtOperand: true };

/**
 * `dotenv -e FILE -- cmd`: the files stand behind what is set already, unless `-o` turns that round. What can't be read
 * leaves it unknown where the command would act.
 */
function dotenv(call: Call): Reading {
  const reading = dashes(words('-e -f --file -c -p -v'));
  const options = call.options(DOTENV);
  const named = options.values('-e', '-f', '--file');
  const files = (named.length > 0 ? named : [literalArg('.env', call.span)]).map((arg) => call.path(arg));
  const texts = files.map((target) => (target.kind === 'path' && !target.glob ? call.readFile(target.path) : null));
  const overrides = options.has('-o');
  if (options.has('-c') || texts.some((text) => text === null)) return unplaced(reading(call));
  const env = new Map<string, Arg | undefined>();
  for (const [name, value] of texts.flatMap((text) => [...readDotenv(text ?? '')])) {
    if (!tellsWhere(name) || env.has(name) || (!overrides && call.env(name) !== null)) continue;
    env.set(name, value === null ? undefined : literalArg(value, call.span));
  }
  return reading({ ...call, run: (args, via, stdin) => call.run(args, via, stdin, { env }) });
}

function unplaced(reading: Reading): Reading {
  return { ...reading, effects: unaddressed(reading.effects) };
}

/** `direnv exec DIR cmd`, `mise exec tool -- cmd`, `rbenv exec cmd`. */
function execOf(call: Call): Reading {
  const at = call.args.findIndex((arg) => /^(?:exec|x)$/.test(exactText(arg) ?? ''));
  if (at === -1) return NOTHING;
  const rest = call.args.slice(at + 1);
  const cut = rest.findIndex((arg) => exactText(arg) === '--');
  if (cut !== -1) return cut + 1 < rest.length ? call.run(rest.slice(cut + 1), `${call.name} exec`) : NOTHING;
  const skip = call.name === 'direnv' ? 1 : 0;
  const command = rest.slice(skip).filter((arg, index) => index > 0 || !/@/.test(exactText(arg) ?? ''));
  return command.length === 0 ? NOTHING : call.run(command, `${call.name} exec`);
}

export const programs: readonly Program[] = [
  {
    names: ['env', 'genv'],
    manual: 'env(1), GNU coreutils 9.5',
    read: env,
    examples: [
      { command: 'env A=1 rm -rf x', effects: ['fs.delete'] },
      { command: 'env -i /bin/rm -rf x', effects: ['fs.delete'] },
      { command: 'env -u A -C /tmp rm -rf x', effects: ['fs.delete'] },
      { command: 'env -S "rm -rf x"', effects: ['fs.delete'] },
      { command: 'env LD_PRELOAD=./e.so ls', effects: ['run.code'] },
      { command: 'env NODE_ENV=test ls', effects: [] },
      { command: 'env', effects: [] },
    ],
  },
  wrapperRow(['dotenv', 'dotenv-cli'], 'dotenv-cli 10', dotenv, 'dotenv -e .env.test -- rm -rf x'),
  wrapperRow(
    ['env-cmd', 'with-env', 'envdir', 'foreman-run'],
    'env-cmd 10',
    dashes(words('-e -f --file -c -p -v')),
    'env-cmd -f .env.test -- rm -rf x',
  ),
  wrapperRow(
    ['direnv', 'mise', 'rtx', 'asdf', 'rbenv', 'pyenv', 'nodenv', 'nvm-exec'],
    'direnv(1) 2.35, mise exec',
    execOf,
    'direnv exec . rm -rf x',
  ),
];
