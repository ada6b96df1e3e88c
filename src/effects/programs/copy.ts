/**
 * Programs that copy, move and link. A destination is written as it is named; where it is a folder the last part of the source
 * is added when that shows in the words. A folder that many files go into at once carries `merge` on fs.create.
 */
import type { Effect, Target } from '../effect.ts';
import type { Arg, Call, OptionSpec, Options, Program, Reading } from '../program.ts';
import { basename, isDevice, literal, NOTHING, shown, text, within, words } from '../readings.ts';
import { isSecretPath, isSecretTarget } from '../secret-paths.ts';

const COREUTILS = 'GNU coreutils 9.5';

const CP: OptionSpec = {
  flags: words(
    '-a --archive -b -d -f --force -H -i --interactive -l --link -L --dereference -n --no-clobber -P --no-dereference -p -r -R --recursive -s --symbolic-link -T --no-target-directory -u -v --verbose -x --one-file-system -Z -c -X --parents --debug --attributes-only --remove-destination --strip-trailing-slashes --copy-contents --help --version',
  ),
  values: words('-t --target-directory -S --suffix'),
  optionalValues: words('--backup --preserve --no-preserve --reflink --sparse --context --update'),
};

const MV: OptionSpec = {
  flags: words(
    '-b -f --force -i --interactive -n --no-clobber -T --no-target-directory -u -v --verbose -h -Z --debug --exchange --no-copy --strip-trailing-slashes --help --version',
  ),
  values: words('-t --target-directory -S --suffix'),
  optionalValues: ['--backup', '--context', '--update'],
};

const LN: OptionSpec = {
  flags: words(
    '-b -d -F --directory -f --force -i --interactive -L --logical -n --no-dereference -h -P --physical -r --relative -s --symbolic -T --no-target-directory -v --verbose --help',
  ),
  values: words('-t --target-directory -S --suffix'),
  optionalValues: ['--backup'],
};

const INSTALL: OptionSpec = {
  flags: words(
    '-b -c -C --compare -d --directory -D -p --preserve-timestamps -s --strip -T -v --verbose --no-target-directory -Z --help --version',
  ),
  values: words('-g --group -m --mode -o --owner -t --target-directory -S --suffix --strip-program'),
  optionalValues: ['--backup', '--context'],
};

interface Transfer {
  readonly sources: readonly Arg[];
  readonly destination: Arg;
  /** The destination is a folder for certain. */
  readonly intoFolder: boolean;
}

/** Returns what goes where, or null when a side is missing. */
function transfer(options: Options): Transfer | null {
  const folder = options.value('-t', '--target-directory');
  if (folder !== undefined)
    return options.operands.length === 0 ? null : { sources: options.operands, destination: folder, intoFolder: true };
  const destination = options.operands.at(-1);
  const sources = options.operands.slice(0, -1);
  if (destination === undefined || sources.length === 0) return null;
  return {
    sources,
    destination,
    intoFolder:
      sources.length > 1 ||
      /(^|\/)\.{0,2}\/?$/.test(text(destination) ?? '-') ||
      text(destination)?.endsWith('/') === true,
  };
}

/** Returns the effects of files arriving: overwritten one by one where their names show, else merged into a folder. */
function arrivals(
  call: Call,
  { sources, destination, intoFolder }: Transfer,
  recursive: boolean,
  keeps: boolean,
  onlyNew = false,
): readonly Effect[] {
  const empty = sources.every((source) => text(source) === '/dev/null') ? { empty: true } : {};
  const whole = call.path(destination);
  if (isDevice(whole)) return [call.effect('device.write', [whole], { what: call.name })];
  if (keeps) return [call.effect('fs.create', [whole], onlyNew ? { absent: true } : {})];
  if (recursive || sources.some((source) => source.kind !== 'literal' && intoFolder)) {
    return [call.effect('fs.create', [whole], { merge: true })];
  }
  const targets: Target[] = intoFolder
    ? sources.map((source) => call.path(within(destination, literal(basename(shown(source)), destination.span))))
    : [whole];
  return [call.effect('fs.write', targets, empty)];
}

function cp(call: Call): Reading {
  const options = call.options(CP);
  const both = transfer(options);
  if (both === null || options.has('--help', '--version')) return NOTHING;
  const recursive = options.has('-r', '-R', '-a', '--recursive', '--archive');
  const keeps = options.has('-n', '--no-clobber', '-b', '--backup') || text(options.value('--update')) === 'none';
  const onlyNew = options.has('-n', '--no-clobber') || text(options.value('--update')) === 'none';
  return {
    effects: [
      call.effect('fs.read', both.sources.map(call.path), recursive ? { recursive } : {}),
      ...arrivals(call, both, recursive, keeps, onlyNew),
    ],
  };
}

function mv(call: Call): Reading {
  const options = call.options(MV);
  const both = transfer(options);
  if (both === null || options.has('--help', '--version')) return NOTHING;
  const sources = both.sources.map(call.path);
  if (text(both.destination) === '/dev/null')
    return { effects: [call.effect('fs.delete', sources, { recursive: true, force: true })] };
  const keeps = options.has('-n', '--no-clobber', '-b', '--backup');
  return {
    effects: [call.effect('fs.move', sources, { to: shown(both.destination) }), ...arrivals(call, both, false, keeps)],
  };
}

function ln(call: Call): Reading {
  const options = call.options(LN);
  const [only] = options.operands;
  if (only === undefined || options.has('--help')) return NOTHING;
  const both = transfer(options) ?? {
    sources: [only],
    destination: literal(basename(shown(only)), only.span),
    intoFolder: false,
  };
  const targets = [call.path(both.destination)];
  const link = call.effect('fs.link', targets, {
    to: both.sources.map(shown).join(' '),
    symbolic: options.has('-s', '--symbolic'),
  });
  // Under another name a secret is read without being seen for one.
  const hidden = targets.every((target) => target.kind === 'path' && !isSecretPath(target.path, call.home))
    ? both.sources.map(call.path).filter((source) => isSecretTarget(source, call.home))
    : [];
  const reads = hidden.length > 0 ? [call.effect('fs.read', hidden)] : [];
  if (!options.has('-f', '--force')) return { effects: [...reads, link] };
  return { effects: [...reads, link, ...arrivals(call, both, false, options.has('-b', '--backup'))] };
}

function install(call: Call): Reading {
  const options = call.options(INSTALL);
  if (options.has('--help', '--version')) return NOTHING;
  if (options.has('-d', '--directory')) return { effects: [call.effect('fs.create', options.operands.map(call.path))] };
  const both = transfer(options);
  if (both === null) return NOTHING;
  const setuid = /^0*[2467]\d{3}$|[ug]\+?=?\w*s/.test(text(options.value('-m', '--mode')) ?? '');
  return {
    effects: [
      call.effect('fs.read', both.sources.map(call.path)),
      ...arrivals(call, both, false, options.has('-b', '--backup')),
      ...(setuid ? [call.effect('system.privilege', [call.path(both.destination)], { by: 'setuid' })] : []),
    ],
  };
}

/** The Perl rename takes an expression, the util-linux one two strings: both give files other names in place. */
function rename(call: Call): Reading {
  const options = call.options({
    flags: words(
      '-n --nono --no-act -f --force -v --verbose -s --symlink -o --no-overwrite -i -a --all -l --last -h -V',
    ),
    values: ['-e'],
  });
  if (options.has('-n', '--nono', '--no-act', '-h', '-V')) return NOTHING;
  const skipped = options.value('-e') !== undefined ? 0 : /^(s|y|tr)\W/.test(text(options.operands[0]) ?? '') ? 1 : 2;
  const files = options.operands.slice(skipped);
  if (files.length === 0) return NOTHING;
  return {
    effects: [
      call.effect('fs.move', files.map(call.path), {
        to: shown(options.operands[0] ?? literal('', call.span)),
        force: options.has('-f', '--force'),
      }),
    ],
  };
}

export const programs: readonly Program[] = [
  {
    names: ['cp', 'gcp'],
    manual: `cp(1), ${COREUTILS}`,
    read: cp,
    examples: [
      { command: 'cp /dev/null app.db', effects: ['fs.write'] },
      { command: 'cp a.txt b.txt', effects: ['fs.write'] },
      { command: 'cp -t out a.txt', effects: ['fs.write'] },
      { command: 'cp disk.img /dev/sdb', effects: ['device.write'] },
      { command: 'cp -r ~/.ssh /tmp/x', effects: ['secret.read'] },
      { command: 'cp -r src copy', effects: [] },
      { command: 'cp -n a.txt b.txt', effects: [] },
    ],
  },
  {
    names: ['mv', 'gmv'],
    manual: `mv(1), ${COREUTILS}`,
    read: mv,
    examples: [
      { command: 'mv notes.txt /tmp/', effects: ['fs.move', 'fs.write'] },
      { command: 'mv -n a b', effects: ['fs.move'] },
      { command: 'mv notes.txt /dev/null', effects: ['fs.delete'] },
      { command: 'mv --help', effects: [] },
    ],
  },
  {
    names: ['ln', 'gln'],
    manual: `ln(1), ${COREUTILS}`,
    read: ln,
    examples: [
      { command: 'ln -sf ../shared/config.json config.json', effects: ['fs.link', 'fs.write'] },
      { command: 'ln -s ../a a', effects: ['fs.link'] },
      { command: 'ln -s ~/.ssh/id_rsa notes.txt', effects: ['fs.link', 'secret.read'] },
      { command: 'ln --help', effects: [] },
    ],
  },
  {
    names: ['install', 'ginstall'],
    manual: `install(1), ${COREUTILS}`,
    read: install,
    examples: [
      { command: 'install -m 755 tool /usr/local/bin/tool', effects: ['fs.write'] },
      { command: 'install -m 4755 tool /usr/local/bin/tool', effects: ['fs.write', 'system.privilege'] },
      { command: 'install -d out/bin', effects: [] },
    ],
  },
  {
    names: ['rename', 'prename', 'file-rename', 'mmv', 'zmv'],
    manual: 'rename(1), util-linux 2.40; rename(1p), Perl File::Rename 2.02',
    read: rename,
    examples: [
      { command: "rename 's/a/b/' a.txt", effects: ['fs.move'] },
      { command: "rename -n 's/a/b/' a.txt", effects: [] },
    ],
  },
];
