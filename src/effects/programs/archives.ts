/**
 * Archivers. Unpacking adds to a folder (fs.create with `merge`): which files it overwrites can't be told from the words.
 * Taking files away once they are packed, and commands run on the way, are told. Pure.
 */
import type { Effect } from '../effect.ts';
import type { Arg, Call, OptionSpec, Program, Reading } from '../program.ts';
import { literal, NOTHING, runText, text, within, words } from '../readings.ts';
import { hostOf } from './sync.ts';

const TAR: OptionSpec = {
  flags: words(
    '-c --create -x --extract --get -t --list -r --append -u --update -A --concatenate -d --diff --delete -z --gzip --gunzip -j --bzip2 -J --xz -Z --zstd --lzma -a --auto-compress -v --verbose -p -k --keep-old-files --keep-newer-files --skip-old-files --overwrite -U --unlink-first --recursive-unlink --remove-files -O --to-stdout -h -P --absolute-names -S -l -m -o -w -B -i -n -s --no-recursion --wildcards --totals -q',
  ),
  values: words(
    '-f --file -C --directory -T --files-from -X --exclude-from --exclude -I --use-compress-program -b -g -K -N -V -L -F --info-script --new-volume-script --checkpoint-action --to-command --rsh-command --transform --xform --strip-components --owner --group --mode --mtime --format -H --level --sort --one-top-level --rmt-command --pax-option',
  ),
  optionalValues: ['--checkpoint', '--backup', '--occurrence'],
};

/** Returns the words with an old-style first cluster (`tar xzf`) given its dash. */
function dashed(args: readonly Arg[]): readonly Arg[] {
  const [first, ...rest] = args;
  const word = text(first);
  if (
    first === undefined ||
    word === undefined ||
    !/^[AcdrtuxzjJZvpkfbhwmoOPSUWilaBCTXIgKNVLF]+$/.test(word) ||
    !/[Acdrtux]/.test(word)
  )
    return args;
  const letters = [...word];
  const taking = letters.filter((letter) => 'fbCTXIgKNVLF'.includes(letter));
  const values = rest.slice(0, taking.length);
  const flags = letters
    .filter((letter) => !'fbCTXIgKNVLF'.includes(letter))
    .map((letter) => literal(`-${letter}`, first.span));
  return [
    ...flags,
    ...taking.flatMap((letter, at) => {
      const value = values[at];
      return value === undefined ? [] : [literal(`-${letter}`, first.span), value];
    }),
    ...rest.slice(taking.length),
  ];
}

function tar(call: Call): Reading {
  const options = call.options(TAR, dashed(call.args));
  const effects: Effect[] = [];
  for (const action of options.values('--checkpoint-action')) {
    const command = /^exec=(.*)$/s.exec(text(action) ?? '')?.[1];
    if (command !== undefined) effects.push(...call.script(command, 'tar --checkpoint-action').effects);
  }
  for (const option of words(
    '--to-command -I --use-compress-program -F --info-script --new-volume-script --rsh-command --rmt-command',
  )) {
    effects.push(...runText(call, options.value(option), `tar ${option}`).effects);
  }
  const archive = options.value('-f', '--file');
  const given = options.value('-C', '--directory') ?? null;
  const folder = given ?? literal('.', call.span);
  if (options.has('-x', '--extract', '--get')) {
    if (options.has('-O', '--to-stdout') || options.value('--to-command') !== undefined) return { effects };
    const wipes = options.has('--recursive-unlink');
    effects.push(call.effect(wipes ? 'fs.write' : 'fs.create', [call.path(folder)], { merge: true }));
  } else if (options.has('-c', '--create', '-r', '--append', '-u', '--update')) {
    const members = options.operands.map((member) => call.path(within(given, member)));
    const deep = options.has('--no-recursion') ? {} : { recursive: true };
    if (members.length > 0) effects.push(call.effect('fs.read', members, deep));
    if (archive !== undefined && text(archive) !== '-') {
      const host = hostOf(archive);
      if (host !== null)
        effects.push(
          call.effect('remote.copy', [{ kind: 'name', noun: 'host', name: host }], { direction: 'to', delete: false }),
        );
      else if (text(archive) !== '/dev/null')
        effects.push(call.effect(options.has('-c', '--create') ? 'fs.write' : 'fs.edit', [call.path(archive)]));
    }
    if (options.has('--remove-files') && members.length > 0)
      effects.push(
        call.effect('fs.delete', members, { recursive: true, force: true, copied: text(archive) !== '/dev/null' }),
      );
  } else if (options.has('--delete') && archive !== undefined)
    effects.push(call.effect('fs.edit', [call.path(archive)]));
  return { effects };
}

function zip(call: Call): Reading {
  const options = call.options({
    flags: words('-r -m --move -q -j -u -f -d -e -9 -0 -1 -6 -y -X -D -v -T --test -o -A -F -@ -g -h -l'),
    values: words('-b -n -t -tt -P --password -TT --unzip-command -x -i -s -O --out'),
  });
  const [archive, ...members] = options.operands;
  if (archive === undefined) return NOTHING;
  // `-TT cmd` is no cluster of two `-T`.
  const at = call.args.findIndex((arg) => /^(?:-TT|--unzip-command)$/.test(text(arg) ?? ''));
  const ran = runText(call, at < 0 ? undefined : call.args[at + 1], 'zip -TT');
  return {
    effects: [
      ...ran.effects,
      ...(members.length > 0
        ? [call.effect('fs.read', members.map(call.path), options.has('-r') ? { recursive: true } : {})]
        : []),
      ...(text(archive) === '-'
        ? []
        : [call.effect(options.has('-d') ? 'fs.edit' : 'fs.create', [call.path(archive)])]),
      ...(options.has('-m', '--move')
        ? [
            call.effect('fs.delete', members.map(call.path), {
              recursive: options.has('-r'),
              force: true,
              copied: true,
            }),
          ]
        : []),
    ],
  };
}

function unzip(call: Call): Reading {
  const options = call.options({
    flags: words('-l -p -t -v -z -Z -o -n -f -u -q -j -a -b -C -L -X -V -K -M -c -T'),
    values: words('-d -x -P -I -O'),
  });
  if (options.operands.length === 0 || options.has('-l', '-p', '-t', '-v', '-z', '-Z', '-c')) return NOTHING;
  const folder = options.value('-d') ?? literal('.', call.span);
  return { effects: [call.effect('fs.create', [call.path(folder)], { merge: true, force: options.has('-o') })] };
}

function cpio(call: Call): Reading {
  const options = call.options({
    flags: words(
      '-i --extract -o --create -p --pass-through -t --list -d --make-directories -u --unconditional -v -m -a -A -L -l -0 -B -c --no-absolute-filenames',
    ),
    values: words('-E -F --file -H --format -I -O -D --directory -R --rsh-command -M'),
  });
  const shell = runText(call, options.value('--rsh-command'), 'cpio --rsh-command').effects;
  if (options.has('-t', '--list') || !options.has('-i', '--extract', '-p', '--pass-through')) return { effects: shell };
  const folder =
    (options.has('-p', '--pass-through') ? options.operands[0] : options.value('-D', '--directory')) ??
    literal('.', call.span);
  return {
    effects: [
      ...shell,
      call.effect('fs.create', [call.path(folder)], { merge: true, force: options.has('-u', '--unconditional') }),
    ],
  };
}

function sevenZip(call: Call): Reading {
  const [verb, ...rest] = call.args;
  const switches = rest.map((arg) => text(arg) ?? '');
  const operands = rest.filter((arg) => text(arg)?.startsWith('-') !== true);
  const [archive, ...members] = operands;
  switch (text(verb)) {
    case 'x':
    case 'e': {
      const out = switches.find((word) => word.startsWith('-o'))?.slice(2) ?? '.';
      return {
        effects: [
          call.effect('fs.create', [call.path(literal(out, call.span))], {
            merge: true,
            force: switches.some((word) => /^-ao[at]$|^-y$/.test(word)),
          }),
        ],
      };
    }
    case 'a':
    case 'm':
    case 'mf': {
      const removes = switches.includes('-sdel') || text(verb) !== 'a' || switches.includes('-df');
      return {
        effects: [
          ...(archive === undefined ? [] : [call.effect('fs.create', [call.path(archive)])]),
          ...(members.length > 0 ? [call.effect('fs.read', members.map(call.path), { recursive: true })] : []),
          ...(removes
            ? [call.effect('fs.delete', members.map(call.path), { recursive: true, force: true, copied: true })]
            : []),
        ],
      };
    }
    default:
      return NOTHING;
  }
}

/** pigz and its like put `name.gz` in place of `name`: the content stays. Over an existing one they ask unless forced. */
function compress(call: Call): Reading {
  const options = call.options({
    flags: words(
      '-c --stdout -d --decompress -f --force -k --keep -l --list -q -r --recursive -t --test -v -z -T0 --rm -1 -9',
    ),
    values: words('-S --suffix -T -o -M'),
  });
  if (options.operands.length === 0 || options.has('-c', '--stdout', '-l', '--list', '-t', '--test')) return NOTHING;
  const targets = options.operands.map(call.path);
  const output = options.value('-o');
  return {
    effects: [
      call.effect('fs.read', targets),
      output === undefined
        ? call.effect('fs.create', targets)
        : call.effect(options.has('-f', '--force') ? 'fs.write' : 'fs.create', [call.path(output)]),
    ],
  };
}

export const programs: readonly Program[] = [
  {
    names: ['tar', 'gtar', 'bsdtar'],
    manual: 'tar(1), GNU tar 1.35',
    read: tar,
    examples: [
      { command: 'tar czf out.tgz --remove-files src', effects: ['fs.write', 'fs.delete'] },
      { command: 'tar cf /dev/null x --checkpoint=1 --checkpoint-action=exec="rm -rf src"', effects: ['fs.delete'] },
      { command: "tar xf a.tar --to-command='rm -rf src'", effects: ['fs.delete'] },
      { command: 'tar czf /tmp/x.tgz -C ~ .ssh', effects: ['secret.read'] },
      { command: 'tar czf /tmp/x.tgz src', effects: ['fs.write'] },
      { command: 'tar xzf a.tgz -C out', effects: [] },
      { command: 'tar tzf a.tgz', effects: [] },
    ],
  },
  {
    names: ['zip'],
    manual: 'zip(1) 3.0',
    read: zip,
    examples: [
      { command: 'zip -rm out.zip src', effects: ['fs.delete'] },
      { command: 'zip -r /tmp/x.zip ~/.gnupg', effects: ['secret.read'] },
      { command: 'zip -r out.zip src', effects: [] },
    ],
  },
  {
    names: ['unzip', 'unrar', 'bsdunzip'],
    manual: 'unzip(1) 6.00',
    read: unzip,
    examples: [
      { command: 'unzip -o a.zip -d out', effects: ['fs.create'] },
      { command: 'wget https://example.com/a.zip && unzip a.zip -d out && out/setup', effects: ['run.downloaded'] },
      {
        command: 'curl -L https://example.com/tool-1.tar.gz | tar xz && ./tool-1/bin/tool',
        effects: ['run.downloaded'],
      },
      { command: 'unzip -l a.zip', effects: [] },
    ],
  },
  {
    names: ['cpio', 'gcpio'],
    manual: 'cpio(1), GNU cpio 2.15',
    read: cpio,
    examples: [
      { command: 'cpio -idu < a.cpio', effects: ['fs.create'] },
      { command: 'cpio -t < a.cpio', effects: [] },
    ],
  },
  {
    names: ['7z', '7za', '7zz', '7zr'],
    manual: '7z(1) 24.08',
    read: sevenZip,
    examples: [
      { command: '7z a out.7z src -sdel', effects: ['fs.delete'] },
      { command: '7z a out.7z ~/.ssh', effects: ['secret.read'] },
      { command: '7z l out.7z', effects: [] },
    ],
  },
  {
    names: ['pigz', 'pbzip2', 'compress', 'uncompress', 'lzop', 'brotli'],
    manual: 'pigz(1) 2.8, compress(1) 4.2, lzop(1) 1.04, brotli(1) 1.1',
    read: compress,
    examples: [
      { command: 'pigz app.log', effects: ['fs.create'] },
      { command: 'brotli -f app.log -o app.br', effects: ['fs.write'] },
      { command: 'pigz -dc app.log.gz', effects: [] },
    ],
  },
];
