/** Users, groups, passwords and who may become whom. Pure. */
import type { Call, OptionSpec, Program, Reading } from '../program.ts';
import { NOTHING, named, text, words } from '../readings.ts';

const SPEC: OptionSpec = {
  values: words(
    '-u --uid -g --gid -G --groups -d --home -s --shell -c --comment -p --password -e --expiredate -f --inactive -k --skel -b --base-dir -K -R --root --ingroup --gecos -n -l --login -M --members -A --administrators -x -w -i',
  ),
};

/** Options with which these programs only show. */
const SHOWS = /^(-S|--status|-l|--list|--list-shells|-h|--help|-D|--defaults|-V|--version|--export|--check|-c)$/;

function account(verb: string, shows = SHOWS): (call: Call) => Reading {
  return (call) => {
    if (call.args.some((arg) => shows.test(text(arg) ?? ''))) return NOTHING;
    return {
      effects: [
        call.effect(
          'system.account',
          call.options(SPEC).operands.map((arg) => named('account', arg)),
          { verb },
        ),
      ],
    };
  };
}

const remove = account('remove', /^(-h|--help)$/);
const add = account('add', /^(-h|--help|-D|--defaults)$/);
const modify = account('modify', /^(-h|--help)$/);
/** passwd(1): `-l` locks an account; chage(1) and smbpasswd(8) list with it. */
const password = (call: Call): Reading =>
  account('password', call.name === 'passwd' ? /^(-S|--status|-h|--help)$/ : SHOWS)(call);
const show = account('modify');

function byVerb(pattern: RegExp): (call: Call) => Reading {
  return (call) => {
    const verb = call.args.map((arg) => text(arg) ?? '').find((word) => pattern.test(word));
    return verb === undefined ? NOTHING : { effects: [call.effect('system.account', [], { verb })] };
  };
}

/** visudo -c only checks. */
function visudo(call: Call): Reading {
  if (call.args.some((arg) => /^(-c|--check|-h|--help|-V)$/.test(text(arg) ?? ''))) return NOTHING;
  return { effects: [call.effect('system.account', [], { verb: 'sudoers' })] };
}

/** ldapmodify(1) and its kin: `-n` only shows what would be done. */
function directory(call: Call): Reading {
  if (call.args.some((arg) => /^(?:-n|-VV?|--help)$/.test(text(arg) ?? ''))) return NOTHING;
  return { effects: [call.effect('system.account', [], { verb: call.name })] };
}

export const programs: readonly Program[] = [
  {
    names: ['ldapadd', 'ldapmodify', 'ldapdelete', 'ldappasswd', 'ldapmodrdn'],
    manual: 'ldapmodify(1), OpenLDAP 2.6',
    read: directory,
    examples: [
      { command: 'ldapadd -H ldap://dc -x -D cn=admin -W -f new.ldif', effects: ['system.account'] },
      { command: 'ldapmodify -n -f change.ldif', effects: [] },
    ],
  },
  {
    names: ['useradd', 'adduser', 'groupadd', 'addgroup', 'newusers'],
    manual: 'useradd(8), shadow 4.16; adduser(8) 3.137',
    read: add,
    examples: [
      { command: 'useradd -m -s /bin/bash deploy', effects: ['system.account'] },
      { command: 'useradd -D', effects: [] },
    ],
  },
  {
    names: ['userdel', 'deluser', 'groupdel', 'delgroup'],
    manual: 'userdel(8), shadow 4.16',
    read: remove,
    examples: [
      { command: 'userdel -r deploy', effects: ['system.account'] },
      { command: 'userdel --help', effects: [] },
    ],
  },
  {
    names: ['usermod', 'groupmod', 'groupmems', 'chpasswd', 'chgpasswd', 'vipw', 'vigr', 'pwconv', 'pwunconv'],
    manual: 'usermod(8), chpasswd(8), shadow 4.16',
    read: modify,
    examples: [
      { command: 'usermod -aG docker deploy', effects: ['system.account'] },
      { command: "echo 'a:b' | chpasswd", effects: ['system.account'] },
      { command: 'usermod --help', effects: [] },
    ],
  },
  {
    names: ['passwd', 'gpasswd', 'chage', 'chsh', 'chfn', 'smbpasswd'],
    manual: 'passwd(1), gpasswd(1), chsh(1), shadow 4.16',
    read: (call) => (call.name === 'chsh' || call.name === 'chfn' ? show(call) : password(call)),
    examples: [
      { command: 'passwd -d root', effects: ['system.account'] },
      { command: 'chsh -s /bin/zsh', effects: ['system.account'] },
      { command: 'passwd -l deploy', effects: ['system.account'] },
      { command: 'passwd -S', effects: [] },
      { command: 'chage -l deploy', effects: [] },
    ],
  },
  {
    names: ['visudo'],
    manual: 'visudo(8), sudo 1.9.16',
    read: visudo,
    examples: [
      { command: 'visudo', effects: ['system.account'] },
      { command: 'visudo -c', effects: [] },
    ],
  },
  {
    names: ['dscl', 'sysadminctl', 'dseditgroup', 'pw'],
    manual: 'dscl(1), sysadminctl(8), macOS 14; pw(8), FreeBSD 14',
    read: byVerb(
      /^-?(create|delete|append|merge|change|passwd|deleteUser|addUser|resetPasswordFor|useradd|userdel|usermod|groupadd|groupdel|groupmod)$/,
    ),
    examples: [
      { command: 'dscl . -delete /Users/deploy', effects: ['system.account'] },
      { command: 'dscl . -list /Users', effects: [] },
    ],
  },
];
