/** Who may do what with files: chmod, chown, chgrp, setfacl, chattr. Pure; what a symbolic mode opens is read from its letters. */
import type { Arg, Call, OptionSpec, Program, Reading } from '../program.ts';
import { NOTHING, shown, text, words } from '../readings.ts';

const COREUTILS = 'GNU coreutils 9.5';

const COMMON: OptionSpec = {
  flags: words(
    '-c --changes -f --silent --quiet -v --verbose -R --recursive -h --no-dereference --dereference -H -L -P --preserve-root --no-preserve-root -E -N -a -C -I --help --version',
  ),
  values: ['--reference', '--from'],
};

/** Returns whether a mode gives read or write rights to everyone, or write rights to the group with everyone's. */
export function opensToOthers(mode: string): boolean {
  if (/^[0-7]{3,5}$/.test(mode)) return (Number.parseInt(mode, 8) & 0o002) !== 0;
  return mode.split(',').some((clause) => {
    const parts = /^([ugoa]*)([+=])([rwxXst]*)/.exec(clause);
    return parts !== null && /[oa]/.test(parts[1] ?? '') && (parts[3] ?? '').includes('w');
  });
}

function setsId(mode: string): boolean {
  return /^0*[24567]\d{3}$/.test(mode) || /(^|,)[ugoa]*[+=][rwxXt]*s/.test(mode);
}

function chmod(call: Call): Reading {
  // A mode such as -w begins with a dash: it is no option.
  const args = call.args.filter((arg) => !/^-[rwxXst]+$/.test(text(arg) ?? ''));
  const dashed = call.args.find((arg) => /^-[rwxXst]+$/.test(text(arg) ?? ''));
  const options = call.options(COMMON, args);
  if (options.has('--help', '--version')) return NOTHING;
  const given = dashed ?? (options.value('--reference') === undefined ? options.operands[0] : undefined);
  const files = given === undefined || given === dashed ? options.operands : options.operands.slice(1);
  if (files.length === 0) return NOTHING;
  const mode = given === undefined ? '' : shown(given);
  const targets = files.map(call.path);
  const facts = { recursive: options.has('-R', '--recursive'), mode, opens: opensToOthers(mode) };
  return {
    effects: [
      call.effect('fs.mode', targets, facts),
      ...(setsId(mode) ? [call.effect('system.privilege', targets, { by: 'setuid' })] : []),
    ],
  };
}

function chown(call: Call): Reading {
  const options = call.options(COMMON);
  const files = options.value('--reference') === undefined ? options.operands.slice(1) : options.operands;
  if (files.length === 0 || options.has('--help', '--version')) return NOTHING;
  const owner: Arg | undefined = options.value('--reference') === undefined ? options.operands[0] : undefined;
  return {
    effects: [
      call.effect('fs.owner', files.map(call.path), {
        recursive: options.has('-R', '--recursive'),
        ...(owner === undefined ? {} : { to: shown(owner) }),
      }),
    ],
  };
}

function setfacl(call: Call): Reading {
  const options = call.options({
    flags: words('-b --remove-all -k --remove-default -n -d --default -R --recursive -L -P --test --version --help'),
    values: words('-m --modify -M -x --remove -X -s --set -S --restore'),
  });
  if (options.has('--test', '--help', '--version') || options.operands.length === 0) return NOTHING;
  const mode = options.values('-m', '--modify', '-s', '--set').map(shown).join(',');
  return {
    effects: [
      call.effect('fs.mode', options.operands.map(call.path), {
        recursive: options.has('-R', '--recursive'),
        mode,
        opens: /(^|,)o(ther)?::?[rwx-]*w/.test(mode),
      }),
    ],
  };
}

function chattr(call: Call): Reading {
  const mode = call.args.find(
    (arg) => /^[+=-][aAcCdDeFijmPsStTux]+$/.test(text(arg) ?? '') && !/^-R$/.test(text(arg) ?? ''),
  );
  const files = call.args.filter((arg) => arg !== mode && !/^-[RVfvp]+$/.test(text(arg) ?? ''));
  if (files.length === 0) return NOTHING;
  return {
    effects: [
      call.effect('fs.mode', files.map(call.path), {
        recursive: call.args.some((arg) => text(arg) === '-R'),
        mode: mode === undefined ? '' : shown(mode),
        opens: false,
      }),
    ],
  };
}

export const programs: readonly Program[] = [
  {
    names: ['chmod', 'gchmod'],
    manual: `chmod(1), ${COREUTILS}`,
    read: chmod,
    examples: [
      { command: 'chmod -R 777 /srv', effects: ['fs.mode'] },
      { command: 'chmod u+s tool', effects: ['fs.mode', 'system.privilege'] },
      { command: 'chmod -w notes.txt', effects: ['fs.mode'] },
      { command: 'chmod --help', effects: [] },
    ],
  },
  {
    names: ['chown', 'chgrp', 'gchown', 'gchgrp'],
    manual: `chown(1), ${COREUTILS}`,
    read: chown,
    examples: [
      { command: 'chown -R nobody /srv', effects: ['fs.owner'] },
      { command: 'chgrp staff a.txt', effects: ['fs.owner'] },
      { command: 'chown --version', effects: [] },
    ],
  },
  {
    names: ['setfacl'],
    manual: 'setfacl(1), acl 2.3.2',
    read: setfacl,
    examples: [
      { command: 'setfacl -R -m o::rwx /srv', effects: ['fs.mode'] },
      { command: 'setfacl --test -m o::rwx /srv', effects: [] },
    ],
  },
  {
    names: ['chattr', 'chflags'],
    manual: 'chattr(1), e2fsprogs 1.47',
    read: chattr,
    examples: [
      { command: 'chattr -i /etc/passwd', effects: ['fs.mode'] },
      { command: 'chattr -V', effects: [] },
    ],
  },
];
