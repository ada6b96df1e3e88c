/** Programs that only start others: npx and its kin, shx, cross-env, concurrently, corepack. Pure. */
import { runFetched, runScript } from '../package-scripts.ts';
import type { Call, Program, Reading } from '../program.ts';
import { NOTHING, text, together, words } from '../readings.ts';
import { names } from '../subcommands.ts';

function npx(call: Call): Reading {
  const options = call.options({
    flags: words(
      '-y --yes -n --no --no-install --ignore-existing -q --quiet --prefer-offline --prefer-online --bun --verbose --silent -v --version -h --help',
    ),
    values: words('-p --package -c --call -w --workspace --registry --prefix --cache --userconfig'),
    stopAtOperand: true,
  });
  if (options.has('-v', '--version', '-h', '--help')) return NOTHING;
  return runFetched(
    call,
    options.operands,
    options.values('-p', '--package'),
    options.value('-c', '--call'),
    options.has('-n', '--no', '--no-install'),
  );
}

/** Programs that only start others: words after their own options are a command line, or several. */
function shx(call: Call): Reading {
  const start = call.args.findIndex((arg) => !/^--(silent|verbose|noglob)$/.test(text(arg) ?? ''));
  return start < 0 ? NOTHING : call.run(call.args.slice(start), call.name);
}

function crossEnv(call: Call): Reading {
  const start = call.args.findIndex((arg) => !/^(\w+=|--?$)/.test(arg.kind === 'unknown' ? arg.prefix : arg.value));
  const command = start < 0 ? [] : call.args.slice(start);
  const line = command.map((arg) => text(arg));
  if (command.length === 0) return NOTHING;
  return call.name === 'cross-env-shell' && !line.includes(undefined)
    ? call.script(line.join(' '), call.name)
    : call.run(command, call.name);
}

function concurrently(call: Call): Reading {
  const options = call.options({
    flags: words(
      '-k --kill-others --kill-others-on-fail -r --raw -s --silent -l -p --parallel -c --continue-on-error -n --print-name -g -h --hide --no-color --passthrough-arguments -P',
    ),
    values: words(
      '-m --max-processes --names --name-separator --prefix --prefix-colors --success --restart-tries --restart-after --max-parallel',
    ),
  });
  return together(
    ...options.operands.map((arg) => {
      const word = text(arg);
      if (word === undefined) return NOTHING;
      const script =
        /^(npm|yarn|pnpm|bun):([^*]+)$/.exec(word)?.[2] ?? (call.name === 'concurrently' ? undefined : word);
      return script === undefined ? call.script(word, call.name) : runScript(call, call.name, script, []);
    }),
  );
}

export const programs: readonly Program[] = [
  {
    names: ['npx', 'bunx', 'pnpx'],
    manual: 'npx(1), npm 10',
    read: npx,
    examples: [
      { command: 'npx rimraf src', effects: ['run.package', 'fs.delete'] },
      { command: 'npx --yes cowsay@1 hi', effects: ['run.package'] },
      { command: "npx -p rimraf -c 'rm -rf src'", effects: ['run.package', 'fs.delete'] },
      { command: 'npx --version', effects: [] },
    ],
  },
  {
    names: ['shx', 'cross-env', 'cross-env-shell'],
    manual: 'shx 0.3 README, cross-env 7 README',
    read: (call) => (call.name === 'shx' ? shx(call) : crossEnv(call)),
    examples: [
      { command: 'shx rm -rf src', effects: ['fs.delete'] },
      { command: 'cross-env NODE_ENV=test rm -rf src', effects: ['fs.delete'] },
      { command: 'cross-env NODE_ENV=test', effects: [] },
    ],
  },
  {
    names: ['concurrently', 'npm-run-all', 'npm-run-all2', 'run-s', 'run-p'],
    manual: 'concurrently 9 README, npm-run-all 4 README',
    read: concurrently,
    examples: [
      { command: "concurrently 'rm -rf src' 'ls'", effects: ['fs.delete'] },
      { command: 'run-s lint build', effects: [] },
    ],
  },
  {
    names: ['corepack', 'volta', 'fnm', 'nvm'],
    manual: 'corepack 0.29 README, volta 2 reference',
    read: (call) => {
      const verb = text(call.args[0]) ?? '';
      if (/^(install|use|pin|prepare|up)$/.test(verb))
        return {
          effects: [
            // nvm and fnm keep versions beside each other; volta's and corepack's are the account's.
            call.effect('package.add', names('package', call.args.slice(1, 2)), {
              from: 'registry',
              ...(/^(?:nvm|fnm)$/.test(call.name) ? {} : { global: true }),
            }),
          ],
        };
      const command = call.name === 'corepack' && /^(npm|pnpm|yarn)(@|$)/.test(verb);
      return command ? call.run(call.args, 'corepack') : NOTHING;
    },
    examples: [
      { command: 'corepack pnpm add zod', effects: ['package.add'] },
      { command: 'corepack enable', effects: [] },
    ],
  },
];
