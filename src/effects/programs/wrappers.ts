/**
 * Programs that run another: with other rights, another environment, other limits, in another namespace, once per line of
 * their input. Their own options are told apart so that the command inside is found; its effects are theirs.
 */
import { dropStart, exactText, knownStart } from '../args.ts';
import { variableEffects } from '../code-variables.ts';
import type { Effect } from '../effect.ts';
import { UNKNOWN_FLOW } from '../flow.ts';
import type { Arg, Around, Call, OptionSpec, Program, Reading } from '../program.ts';
import { joined, NOTHING, together, words } from '../readings.ts';

/** Runs what follows the options, after `skip` operands of the wrapper's own. */
function after(spec: OptionSpec, skip = 0): (call: Call) => Reading {
  const stops: OptionSpec = { ...spec, stopAtOperand: true };
  return (call) => {
    const rest = call.options(stops).operands.slice(skip);
    return rest.length === 0 ? NOTHING : call.run(rest, call.name);
  };
}

const ENV: OptionSpec = {
  values: ['-u', '--unset', '-C', '--chdir', '-S', '--split-string', '-P', '-a', '--argv0'],
  optionalValues: ['--block-signal', '--default-signal', '--ignore-signal'],
  flags: ['-i', '--ignore-environment', '-0', '--null', '-v', '--debug', '--list-signal-handling'],
  stopAtOperand: true,
};

/** Words of the form `name=value` at the front: an environment. Returns it with the words after. */
function environment(args: readonly Arg[]): {
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

function ofVariables(call: Call, env: ReadonlyMap<string, Arg | null | undefined>): readonly Effect[] {
  return [...env].flatMap(([name, arg]) =>
    arg === null || arg === undefined
      ? []
      : variableEffects(name, exactText(arg)).map((effect) => call.effect(effect.kind, effect.targets, effect.facts)),
  );
}

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
  return { text: null, labels: new Set(['unknown']), sources: ['environment'], paths: [] };
}

const SUDO: OptionSpec = {
  values: words(
    '-u --user -g --group -h --host -p --prompt -C --close-from -r --role -t --type -T --command-timeout -D --chdir -R --chroot -U --other-user -a --auth-type -c --login-class',
  ),
  flags: words(
    '-A --askpass -b --background -B --bell -E -e --edit -H --set-home -i --login -K --remove-timestamp -k --reset-timestamp -l --list -N --no-update -n --non-interactive -P --preserve-groups -S --stdin -s --shell -V --version -v --validate',
  ),
  optionalValues: ['--preserve-env'],
  stopAtOperand: true,
};

function sudo(call: Call): Reading {
  const options = call.options(SUDO);
  if (options.has('-l', '--list', '-V', '--version', '-K', '-k', '--remove-timestamp') && options.operands.length === 0)
    return NOTHING;
  const by = call.effect('system.privilege', [], { by: call.name });
  const { env: given, rest } = environment(options.operands);
  const effects = [by, ...ofVariables(call, given)];
  if (options.has('-e', '--edit') || call.name === 'sudoedit') {
    return { effects: [...effects, call.effect('fs.edit', rest.map(call.path))] };
  }
  if (rest.length === 0) return { effects };
  const folder = options.value('-D', '--chdir');
  const target = folder === undefined ? null : call.path(folder);
  const around: Around = {
    env: given,
    ...(target === null ? {} : { cwd: target.kind === 'path' ? target.path : null }),
  };
  const inner = call.run(rest, call.name, call.stdin, around);
  return { ...inner, effects: [...effects, ...inner.effects] };
}

/** su and its kin: `-c text` for another user, or the words after `--`. */
function su(call: Call): Reading {
  const options = call.options({
    values: words(
      '-c --command -s --shell -g --group -G --supp-group -w --whitelist-environment -u --user --session-command',
    ),
    flags: words('- -l --login -m -p --preserve-environment -P --pty -f --fast'),
  });
  const by = call.effect('system.privilege', [], { by: call.name });
  const text = options.value('-c', '--command', '--session-command');
  if (text === undefined) {
    const command = options.has('-u', '--user') ? options.operands : [];
    return command.length === 0 ? { effects: [by] } : together({ effects: [by] }, call.run(command, call.name));
  }
  const line = exactText(text);
  const inner =
    line === null
      ? { effects: [call.effect('run.code', [], { language: 'shell', from: 'variable' })] }
      : call.script(line, `${call.name} -c`);
  return { ...inner, effects: [by, ...inner.effects] };
}

/** `sg group command`, `newgrp`: the words joined are a shell text. */
function sg(call: Call): Reading {
  const { operands } = call.options({ flags: ['-', '-l'] });
  const command = operands.slice(1).filter((arg) => exactText(arg) !== '-c');
  const text = joined(command);
  return text === null || text === '' ? NOTHING : call.script(text, call.name);
}

function privileged(spec: OptionSpec): (call: Call) => Reading {
  const run = after(spec);
  return (call) => {
    const inner = run(call);
    return { ...inner, effects: [call.effect('system.privilege', [], { by: call.name }), ...inner.effects] };
  };
}

/** watch(1): the words joined are a shell text, unless -x. */
function watch(call: Call): Reading {
  const options = call.options({
    values: words('-n --interval -q --equexit'),
    optionalValues: ['-d', '--differences'],
    flags: words('-b --beep -c --color -e --errexit -g --chgexit -p --precise -t --no-title -w --no-wrap -x --exec'),
    stopAtOperand: true,
  });
  if (options.operands.length === 0) return NOTHING;
  const text = joined(options.operands);
  if (options.has('-x', '--exec') || text === null) return call.run(options.operands, 'watch');
  return call.script(text, 'watch');
}

function flock(call: Call): Reading {
  const options = call.options({
    values: words('-E --conflict-exit-code -w --wait --timeout -c --command'),
    flags: words('-F --no-fork -e -x --exclusive -s --shared -n --nb --nonblock -o --close -u --unlock --verbose'),
    stopAtOperand: true,
  });
  const text =
    options.value('-c', '--command') ?? (exactText(options.operands[1]) === '-c' ? options.operands[2] : undefined);
  if (text !== undefined) {
    const line = exactText(text);
    return line === null
      ? { effects: [call.effect('opaque', [], { what: 'dynamic-command' })] }
      : call.script(line, 'flock');
  }
  const rest = options.operands.slice(1);
  return rest.length === 0 ? NOTHING : call.run(rest, 'flock');
}

/** script(1): `-c text`, or on BSD the words after the file. */
function script(call: Call): Reading {
  const options = call.options({
    values: words(
      '-c --command -E --echo -I --log-in -O --log-out -B --log-io -T --log-timing -m --logging-format -o --output-limit',
    ),
    flags: words('-a --append -e --return -f --flush --force -q --quiet'),
    optionalValues: ['-t', '--timing'],
    stopAtOperand: true,
  });
  const file = options.operands[0];
  const writes =
    file === undefined ? [] : [call.effect(options.has('-a') ? 'fs.append' : 'fs.write', [call.path(file)])];
  const text = exactText(options.value('-c', '--command'));
  const rest = options.operands.slice(1);
  if (text !== null) return together({ effects: writes }, call.script(text, 'script'));
  return rest.length === 0 ? { effects: writes } : together({ effects: writes }, call.run(rest, 'script'));
}

/** Runs the words after the first that is neither an option nor an assignment nor one of `skip`: for long option lists. */
function firstPlain(values: readonly string[]): (call: Call) => Reading {
  return after({ values });
}

function applet(call: Call): Reading {
  const [first, ...rest] = call.args;
  if (first === undefined || knownStart(first).startsWith('--')) return NOTHING;
  return call.run([first, ...rest], call.name);
}

/** A loader runs the file that it is given: `ld-linux.so.2 --library-path x /bin/rm`. */
const loader = after({
  values: [
    '--library-path',
    '--inhibit-rpath',
    '--audit',
    '--preload',
    '--argv0',
    '--glibc-hwcaps-prepend',
    '--glibc-hwcaps-mask',
  ],
  flags: ['--list', '--verify', '--inhibit-cache'],
});

function repeat(call: Call): Reading {
  return call.args.length < 2 ? NOTHING : call.run(call.args.slice(1), 'repeat');
}

/** `--` parts a tool's own words from the command; without it the command follows the options. */
function dashes(values: readonly string[], skip = 0): (call: Call) => Reading {
  const run = after({ values }, skip);
  return (call) => {
    const at = call.args.findIndex((arg) => exactText(arg) === '--');
    return at === -1 ? run(call) : at + 1 >= call.args.length ? NOTHING : call.run(call.args.slice(at + 1), call.name);
  };
}

/** Tools whose `run`, `exec` or `--` takes a command: doppler run, op run, direnv exec, aws-vault exec. */
function subcommand(name: string, values: readonly string[], skip = 0): (call: Call) => Reading {
  const run = dashes(values, skip);
  return (call) => {
    const at = call.args.findIndex((arg) => exactText(arg) === name);
    if (at === -1) return NOTHING;
    return run({
      ...call,
      args: call.args.slice(at + 1),
      options: (spec, args = call.args.slice(at + 1)) => call.options(spec, args),
    });
  };
}

function wsl(call: Call): Reading {
  const options = call.options({
    values: words('-d --distribution -u --user --cd --shell-type'),
    flags: ['-e', '--exec'],
    stopAtOperand: true,
  });
  const text = joined(options.operands);
  if (options.operands.length === 0) return NOTHING;
  return options.has('-e', '--exec') || text === null ? call.run(options.operands, 'wsl') : call.script(text, 'wsl');
}

const simple = (names: Program['names'], manual: string, read: (call: Call) => Reading, example: string): Program => ({
  names,
  manual,
  read,
  examples: [{ command: example, effects: ['fs.delete'] }],
});

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
  {
    names: ['sudo', 'sudoedit', 'doas', 'please', 'gosu', 'su-exec'],
    manual: 'sudo(8) 1.9, doas(1)',
    read: (call) => (/^(?:gosu|su-exec)$/.test(call.name) ? privilegedAfterUser(call) : sudo(call)),
    examples: [
      { command: 'sudo rm -rf x', effects: ['system.privilege', 'fs.delete'] },
      { command: 'sudo -u a -E A=1 rm x', effects: ['system.privilege', 'fs.delete'] },
      { command: 'doas -u a rm x', effects: ['system.privilege', 'fs.delete'] },
      { command: 'sudo -l', effects: [] },
    ],
  },
  {
    names: ['su', 'runuser'],
    manual: 'su(1), runuser(1), util-linux 2.40',
    read: su,
    examples: [
      { command: "su - root -c 'rm -rf x'", effects: ['system.privilege', 'fs.delete'] },
      { command: 'runuser -u a -- rm x', effects: ['system.privilege', 'fs.delete'] },
    ],
  },
  {
    names: ['pkexec', 'run0', 'machinectl-shell'],
    manual: 'pkexec(1) 124, run0(1) 257',
    read: privileged({ values: ['--user', '-u', '--group', '-D', '--chdir', '--setenv'] }),
    examples: [{ command: 'pkexec --user a rm x', effects: ['system.privilege', 'fs.delete'] }],
  },
  simple(['sg', 'newgrp'], 'sg(1), shadow 4.16', sg, "sg docker -c 'rm -rf x'"),
  simple(
    ['timeout', 'gtimeout'],
    'timeout(1), GNU coreutils 9.5',
    after(
      {
        values: words('-k --kill-after -s --signal'),
        flags: words('-v --verbose --preserve-status --foreground -p -f'),
      },
      1,
    ),
    'timeout -k 5 10 rm -rf x',
  ),
  simple(
    [
      'nohup',
      'setsid',
      'unbuffer',
      'caffeinate',
      'chronic',
      'ifne',
      'catchsegv',
      'eatmydata',
      'fakeroot',
      'dbus-run-session',
      'xvfb-run',
      'systemd-inhibit',
      'nocache',
      'linux32',
      'linux64',
      'i386',
      'rlwrap',
      'stdbuf',
      'taskset',
      'numactl',
      'prlimit',
      'cgexec',
      'tini',
      'dumb-init',
    ],
    'nohup(1), setsid(1), stdbuf(1), taskset(1), caffeinate(8), xvfb-run(1)',
    wrapper,
    'nohup stdbuf -oL rm -rf x',
  ),
  simple(['nice', 'gnice', 'ionice', 'chrt'], 'nice(1), ionice(1), chrt(1)', wrapper, 'nice -n 5 ionice -c 3 rm -rf x'),
  simple(
    ['time', 'gtime'],
    'time(1) 1.9',
    after({
      values: words('-f --format -o --output'),
      flags: words('-a --append -p --portability -q --quiet -v --verbose -l -h'),
    }),
    'time -p rm -rf x',
  ),
  simple(
    ['exec', 'command', 'builtin', 'noglob', 'nocorrect'],
    'bash(1) 5.2, zsh(1) 5.9',
    after({ values: ['-a'], flags: ['-c', '-l', '-p'] }),
    'xargs command rm -rf x',
  ),
  simple(['repeat'], 'zsh(1) 5.9', repeat, 'repeat 3 rm -rf x'),
  simple(
    ['chroot', 'arch-chroot'],
    'chroot(1), GNU coreutils 9.5',
    after({ values: ['--groups', '--userspec'] }, 1),
    'chroot /mnt rm -rf x',
  ),
  simple(
    ['unshare', 'setpriv', 'capsh', 'setarch', 'proot', 'firejail', 'bwrap', 'systemd-nspawn', 'sandbox-exec'],
    'unshare(1), setpriv(1), bwrap(1) 0.11, firejail(1)',
    sandbox,
    'unshare -Ur rm -rf x',
  ),
  simple(
    ['nsenter'],
    'nsenter(1), util-linux 2.40',
    firstPlain(words('-t --target -S --setuid -G --setgid --wd -w')),
    'nsenter -t 1 -m rm -rf x',
  ),
  simple(
    ['strace', 'ltrace', 'perf', 'valgrind', 'gdb', 'heaptrack', 'hyperfine', 'rr'],
    'strace(1), ltrace(1), valgrind(1), hyperfine(1)',
    tracer,
    'strace -f -o out.txt rm -rf x',
  ),
  simple(['watch', 'gwatch', 'viddy', 'hwatch'], 'watch(1), procps-ng 4.0', watch, "watch -n 1 'rm -rf x'"),
  simple(['flock', 'lockf', 'sem', 'setlock'], 'flock(1), util-linux 2.40', flock, "flock /tmp/lock -c 'rm -rf x'"),
  simple(['script'], 'script(1), util-linux 2.40', script, "script -q -c 'rm -rf x' /dev/null"),
  simple(['busybox', 'toybox', 'coreutils'], 'busybox 1.37, toybox 0.8', applet, 'busybox rm -rf x'),
  simple(
    [/^ld(?:-linux[\w-]*|-musl-\w+)?\.so\.?\d*$/, /^ld-[\d.]+\.so$/],
    'ld.so(8), man-pages 6.9',
    loader,
    '/lib64/ld-linux-x86-64.so.2 /bin/rm -rf x',
  ),
  simple(
    ['doppler', 'op', 'infisical', 'dotenvx', 'chamber', 'teller', 'envchain', 'berglas'],
    'doppler run, op run, infisical run',
    subcommand('run', words('-p --project -c --config -f --env-file -e --env --path --command')),
    'doppler run -p x -- rm -rf x',
  ),
  simple(
    ['dotenv', 'dotenv-cli', 'env-cmd', 'with-env', 'envdir', 'foreman-run'],
    'dotenv-cli 10, env-cmd 10',
    dashes(words('-e -f --file -c -p -v')),
    'dotenv -e .env.test -- rm -rf x',
  ),
  simple(
    ['direnv', 'aws-vault', 'mise', 'rtx', 'asdf', 'rbenv', 'pyenv', 'nodenv', 'nvm-exec'],
    'direnv(1) 2.35, mise exec',
    execOf,
    'direnv exec . rm -rf x',
  ),
  simple(['wsl', 'wsl.exe'], 'wsl.exe reference, 2024', wsl, "wsl -e sh -c 'rm -rf x'"),
];

function privilegedAfterUser(call: Call): Reading {
  const rest = call.args.slice(1);
  const by = call.effect('system.privilege', [], { by: call.name });
  return rest.length === 0 ? { effects: [by] } : together({ effects: [by] }, call.run(rest, call.name));
}

/** Wrappers whose options take a value that can be told from a command: numbers, masks, classes. */
function wrapper(call: Call): Reading {
  const spec: OptionSpec = {
    values: words(
      '-n --adjustment -c --class -p --pid -o --output -e --error -i --input -w --what --who --why --mode -t -s --server-args --server-num -f -C --cpunodebind -m --membind -g',
    ),
    stopAtOperand: true,
  };
  const flags: OptionSpec = { flags: words('-c -f -i -w -d -s -m -u -t -e -n -a -r'), stopAtOperand: true };
  const noValues =
    /^(?:nohup|setsid|unbuffer|chronic|ifne|catchsegv|eatmydata|fakeroot|nocache|linux32|linux64|i386|tini|dumb-init)$/;
  let rest = call.options(noValues.test(call.name) ? flags : spec).operands;
  if (call.name === 'caffeinate')
    rest = call.options({ values: ['-t', '-w'], flags: words('-d -i -m -s -u'), stopAtOperand: true }).operands;
  // taskset takes a mask or a list, chrt a priority, cgexec its groups by -g.
  if (/^(?:taskset|chrt)$/.test(call.name) && /^[\da-fx,-]+$/i.test(exactText(rest[0]) ?? '')) rest = rest.slice(1);
  return rest.length === 0 ? NOTHING : call.run(rest, call.name);
}

/** Namespaces and sandboxes: the command follows options of many arities, so that the first word that is a program is taken. */
function sandbox(call: Call): Reading {
  if (call.name === 'bwrap') return call.run(afterBwrap(call.args), 'bwrap');
  const spec: OptionSpec = {
    values: words(
      '-S --setuid -G --setgid -R --root -w --wd --reuid --regid --groups --inh-caps --bounding-set -f -p -D -M --machine --directory',
    ),
    flags: words('-U -r -m -n -u -i -f -p --fork --map-root-user --user --mount --net --pid'),
    stopAtOperand: true,
  };
  const flagged: OptionSpec = { ...spec, values: words('-S -G -R --root --wd') };
  const { operands } = call.options(call.name === 'unshare' || call.name === 'firejail' ? flagged : spec);
  const rest =
    call.name === 'setarch' && operands.length > 1 && !/^\//.test(exactText(operands[0]) ?? '/')
      ? operands.slice(1)
      : operands;
  return rest.length === 0 ? NOTHING : call.run(rest, call.name);
}

/** bwrap(1): options take none, one or two words. */
function afterBwrap(args: readonly Arg[]): readonly Arg[] {
  const two = /^--(?:(?:ro-|dev-)?bind(?:-try|-data|-fd)?|symlink|setenv|chmod|file|bind-data|ro-bind-data|overlay)$/;
  const none =
    /^--(?:unshare-\w+(?:-try)?|share-net|die-with-parent|new-session|as-pid-1|clearenv|disable-userns|level-prefix|help|version)$/;
  let at = 0;
  while (at < args.length) {
    const word = exactText(args[at]) ?? '';
    if (word === '--') return args.slice(at + 1);
    if (!word.startsWith('-')) break;
    at += two.test(word) ? 3 : none.test(word) ? 1 : 2;
  }
  return args.slice(at);
}

function tracer(call: Call): Reading {
  let args = call.args;
  if (call.name === 'perf') args = args.slice(1);
  if (call.name === 'gdb') {
    const at = args.findIndex((arg) => exactText(arg) === '--args');
    const orders = call
      .options({ values: words('-ex -iex -x -p --eval-command --command'), singleDash: true })
      .values('-ex', '-iex', '--eval-command');
    const shell = orders.flatMap((order) => /^(?:shell|!)\s*(.+)$/s.exec(exactText(order) ?? '')?.[1] ?? []);
    const python = orders.flatMap((order) => /^python\s+(.+)$/s.exec(exactText(order) ?? '')?.[1] ?? []);
    const ran = together(
      ...shell.map((text) => call.script(text, 'gdb')),
      ...python.map((text) => call.code('python', text, 'gdb')),
    );
    return at === -1 ? ran : together(ran, call.run(args.slice(at + 1), 'gdb'));
  }
  if (call.name === 'hyperfine') {
    const options = call.options({
      values: words(
        '-w --warmup -m --min-runs -M --max-runs -r --runs -p --prepare -c --cleanup -s --setup -n --command-name -S --shell --export-json --export-markdown --export-csv -L --parameter-list -P -D -u --time-unit --style',
      ),
    });
    const texts = [...options.operands, ...options.values('-p', '--prepare', '-c', '--cleanup', '-s', '--setup')];
    return together(
      ...texts.map((arg) => {
        const text = exactText(arg);
        return text === null ? NOTHING : call.script(text, 'hyperfine');
      }),
    );
  }
  const { operands } = call.options(
    {
      values: words(
        '-e --trace -o --output -p --attach -s --string-limit -u --user -E --env -a -b -I -O -P -S -X -l -n -F',
      ),
      stopAtOperand: true,
    },
    args,
  );
  return operands.length === 0 ? NOTHING : call.run(operands, call.name);
}

/** `direnv exec DIR cmd`, `aws-vault exec PROFILE -- cmd`, `mise exec tool -- cmd`, `rbenv exec cmd`. */
function execOf(call: Call): Reading {
  const at = call.args.findIndex((arg) => /^(?:exec|x)$/.test(exactText(arg) ?? ''));
  if (at === -1) return NOTHING;
  const rest = call.args.slice(at + 1);
  const cut = rest.findIndex((arg) => exactText(arg) === '--');
  if (cut !== -1) return cut + 1 < rest.length ? call.run(rest.slice(cut + 1), `${call.name} exec`) : NOTHING;
  const skip = /^(?:direnv|aws-vault)$/.test(call.name) ? 1 : 0;
  const command = rest.slice(skip).filter((arg, index) => index > 0 || !/@/.test(exactText(arg) ?? ''));
  return command.length === 0 ? NOTHING : call.run(command, `${call.name} exec`);
}
