/** The machine as a whole: power, kernel, firewall and security settings, logs. Pure. */
import { UNKNOWN_FLOW } from '../flow.ts';
import type { Call, Program, Reading } from '../program.ts';
import { NOTHING, named, shown, text, words } from '../readings.ts';

/** A program that changes settings when one of its words says so. */
function setting(changes: RegExp, always?: RegExp): (call: Call) => Reading {
  return (call) => {
    if (always?.test(call.name) === true && call.args.length === 0)
      return { effects: [call.effect('system.setting', [], { what: call.name })] };
    const at = call.args.findIndex((arg) => changes.test(arg.kind === 'unknown' ? arg.prefix : arg.value));
    const word = call.args[at];
    return word === undefined
      ? { effects: [], output: UNKNOWN_FLOW }
      : { effects: [call.effect('system.setting', [], { what: `${call.name} ${shown(word)}` })] };
  };
}

function power(call: Call): Reading {
  const known = call.args.map((arg) => text(arg) ?? '');
  if (known.some((word) => /^(-c|-k|--help|--version|-w|--wtmp-only)$/.test(word))) return NOTHING;
  if (/^(tel)?init$/.test(call.name) && !known.some((word) => /^([06SsQqUu1-5])$/.test(word))) return NOTHING;
  return { effects: [call.effect('system.power')] };
}

/** `sysctl a.b=1`, `-w`, `-p` set; names alone read. */
function sysctl(call: Call): Reading {
  const sets = call.args.find((arg) =>
    /=|^(-w|--write|-p|--load|--system|-f)/.test(arg.kind === 'unknown' ? arg.prefix : arg.value),
  );
  return sets === undefined
    ? NOTHING
    : { effects: [call.effect('system.setting', [], { what: `sysctl ${shown(sets)}` })] };
}

function iptables(call: Call): Reading {
  const known = call.args.map((arg) => text(arg) ?? '');
  const changes = known.find((word) =>
    /^(-[ADIRFXPNZE]|--(append|delete|insert|replace|flush|delete-chain|policy|new-chain|zero|rename-chain))$/.test(
      word,
    ),
  );
  const restores = call.name.endsWith('-restore') && !known.some((word) => /^(-t|--test)$/.test(word));
  if (changes === undefined && !restores) return NOTHING;
  return { effects: [call.effect('system.setting', [], { what: `firewall ${changes ?? 'restore'}` })] };
}

function journalctl(call: Call): Reading {
  const changes = call.args.find((arg) =>
    /^--(vacuum-(size|time|files)|rotate|relinquish-var|setup-keys)/.test(text(arg) ?? ''),
  );
  return changes === undefined
    ? NOTHING
    : { effects: [call.effect('log.tamper', [], { what: `journal ${shown(changes)}` })] };
}

function logs(call: Call): Reading {
  const clears = /^(-C|--clear|-c|--read-clear|-D|--console-off|erase|cl|clear-log|-f|--force)$/;
  const wipes = call.args.some((arg) => clears.test(text(arg) ?? ''));
  return wipes ? { effects: [call.effect('log.tamper', [], { what: call.name })] } : NOTHING;
}

function auditctl(call: Call): Reading {
  const changes = call.args.find((arg) => /^(-D|-d|-W|-e|-b|-r|-R|-a|-w)$/.test(text(arg) ?? ''));
  return changes === undefined
    ? NOTHING
    : { effects: [call.effect('log.tamper', [], { what: `auditctl ${shown(changes)}` })] };
}

/** `echo x > /proc/sysrq-trigger` is a redirection; here are the modules that code enters the kernel by. */
function module(call: Call): Reading {
  if (
    call.args.some((arg) =>
      /^(-n|--dry-run|--show-depends|-c|--showconfig|-l|--resolve-alias|-R)$/.test(text(arg) ?? ''),
    )
  )
    return NOTHING;
  const operands = call.args.filter((arg) => text(arg)?.startsWith('-') !== true);
  return operands.length === 0
    ? NOTHING
    : {
        effects: [
          call.effect(
            'system.setting',
            operands.map((arg) => named('module', arg)),
            { what: `kernel module ${call.name}` },
          ),
        ],
      };
}

const SETTINGS: readonly {
  readonly names: Program['names'];
  readonly manual: string;
  readonly changes: RegExp;
  /** Programs of these that need no word to change something. */
  readonly always?: RegExp;
  readonly examples: Program['examples'];
}[] = [
  {
    names: ['ufw', 'firewall-cmd', 'nft', 'pfctl', 'ipfw'],
    manual: 'ufw(8) 0.36, firewall-cmd(1) 2.2, nft(8) 1.1',
    changes:
      /^(enable|disable|reset|allow|deny|reject|limit|delete|insert|route|default|reload|logging|add|flush|create|replace|destroy|rename|-f|-F|-d|-e|--(add|remove|set|change|new|delete|reload|complete-reload|panic-on|runtime-to-permanent).*)$/,
    examples: [
      { command: 'ufw disable', effects: ['system.setting'] },
      { command: 'nft flush ruleset', effects: ['system.setting'] },
      { command: 'ufw status', effects: [] },
    ],
  },
  {
    names: [
      'setenforce',
      'setsebool',
      'aa-disable',
      'aa-teardown',
      'aa-complain',
      'apparmor_parser',
      'semodule',
      'semanage',
    ],
    manual: 'setenforce(8), SELinux 3.7; aa-disable(8), AppArmor 4',
    changes: /^(?!-l$|--list$|-E$).+/,
    always: /^aa-teardown$/,
    examples: [
      { command: 'setenforce 0', effects: ['system.setting'] },
      { command: 'aa-teardown', effects: ['system.setting'] },
      { command: 'semodule -l', effects: [] },
    ],
  },
  {
    names: [
      'csrutil',
      'spctl',
      'nvram',
      'tccutil',
      'kextload',
      'systemsetup',
      'scutil',
      'networksetup',
      'pmset',
      'fdesetup',
      'profiles',
    ],
    manual: 'csrutil(8), spctl(8), pmset(1), networksetup(8), macOS 14',
    changes:
      /^(disable|enable|clear|netboot|reset|remove|install|authenticated-root|add|-c|-d|-a|-b|-m|--(master-disable|master-enable|global-disable|global-enable|add|remove|disable|enable|set)|-set.*|.+=.*|\/.*|sleepnow|removeuser)$/,
    examples: [
      { command: 'csrutil disable', effects: ['system.setting'] },
      { command: 'csrutil status', effects: [] },
    ],
  },
  {
    names: ['defaults'],
    manual: 'defaults(1), macOS 14',
    changes: /^(write|delete|rename|import)$/,
    examples: [
      { command: 'defaults write com.apple.dock autohide -bool true', effects: ['system.setting'] },
      { command: 'defaults read com.apple.dock', effects: [] },
    ],
  },
  {
    names: ['hostnamectl', 'timedatectl', 'localectl', 'resolvectl', 'nmcli', 'resolvconf', 'netplan'],
    manual: 'hostnamectl(1), timedatectl(1), systemd 256; nmcli(1) 1.50',
    changes:
      /^(set-.*|dns|domain|revert|add|modify|delete|del|up|down|on|off|edit|apply|reload|connect|disconnect|-a|-d)$/,
    examples: [
      { command: 'hostnamectl set-hostname x', effects: ['system.setting'] },
      { command: 'timedatectl status', effects: [] },
    ],
  },
  {
    names: ['ip', 'ifconfig', 'route', 'tc', 'iw', 'iwconfig', 'brctl', 'ethtool', 'arp'],
    manual: 'ip(8), iproute2 6.11; ifconfig(8), net-tools 2.10',
    changes: /^(add|del|delete|set|change|replace|flush|append|up|down|addbr|delbr|-s)$/,
    examples: [
      { command: 'ip link set eth0 down', effects: ['system.setting'] },
      { command: 'ip addr show', effects: [] },
    ],
  },
  {
    names: ['reg', 'reg.exe', 'bcdedit', 'netsh', 'vssadmin', 'wbadmin', 'setx'],
    manual: 'reg, bcdedit, vssadmin, Windows Server 2022 command reference',
    changes: /^(add|delete|import|load|restore|set|reset|\/set|\/deletevalue|resize|[A-Z_]+)$/i,
    examples: [
      { command: 'reg delete HKCU\\\\Software\\\\x /f', effects: ['system.setting'] },
      { command: 'netsh', effects: [] },
    ],
  },
  {
    names: ['tmutil'],
    manual: 'tmutil(8), macOS 15',
    changes:
      /^(?:delete|deletelocalsnapshots|thinlocalsnapshots|deleteinprogress|disable|setdestination|removedestination)$/,
    examples: [
      { command: 'tmutil deletelocalsnapshots /', effects: ['system.setting'] },
      { command: 'tmutil delete -d /Volumes/Backup -t 2026-01-01-120000', effects: ['system.setting'] },
      { command: 'tmutil listlocalsnapshots /', effects: [] },
    ],
  },
  {
    names: ['hostname'],
    manual: 'hostname(1) 3.25',
    changes: /^(?:-F|--file)$/,
    examples: [
      { command: 'hostname -F names.txt', effects: ['system.setting'] },
      { command: 'hostname -f', effects: [] },
    ],
  },
  {
    names: ['efibootmgr', 'bootctl', 'dracut', 'mkinitcpio'],
    manual: 'efibootmgr(8) 18, bootctl(1), systemd 258',
    changes: /^(?!-v$|-h$|--help$|--version$|status$|list$)./,
    always: /^(?:dracut|mkinitcpio)$/,
    examples: [
      { command: 'efibootmgr -b 0 -B', effects: ['system.setting'] },
      { command: 'efibootmgr -v', effects: [] },
    ],
  },
  {
    names: ['trust', 'certutil', 'mkcert', 'socketfilterfw'],
    manual: 'trust(1), p11-kit 0.25; certutil(1), NSS 3.112; mkcert 1.4',
    changes:
      /^(?:anchor|-[A-Z]*[ADM]|-install|-uninstall|--setglobalstate|--setblockall|--add|--remove|--unblockapp|--setstealthmode)$/,
    examples: [
      { command: 'trust anchor ca.crt', effects: ['system.setting'] },
      { command: 'mkcert -install', effects: ['system.setting'] },
      { command: 'mkcert localhost', effects: [] },
      { command: 'trust list', effects: [] },
    ],
  },
  {
    names: ['hwclock', 'ntpdate', 'locale-gen', 'ldconfig', 'depmod', 'setcap'],
    manual: 'hwclock(8), util-linux 2.40; setcap(8), libcap 2.71',
    changes: /^(-w|-s|--systohc|--hctosys|--set|[\w,]+[+=]\w+|-r)$/,
    examples: [
      { command: 'hwclock --systohc', effects: ['system.setting'] },
      { command: 'hwclock --show', effects: [] },
    ],
  },
];

export const programs: readonly Program[] = [
  {
    names: ['reboot', 'shutdown', 'halt', 'poweroff', 'init', 'telinit', 'kexec', 'pm-suspend'],
    manual: 'shutdown(8), systemd 256; init(8), sysvinit 3.10',
    read: power,
    examples: [
      { command: 'shutdown -h now', effects: ['system.power'] },
      { command: 'init 6', effects: ['system.power'] },
      { command: 'shutdown -c', effects: [] },
      { command: 'init', effects: [] },
    ],
  },
  {
    names: ['sysctl'],
    manual: 'sysctl(8), procps 4.0',
    read: sysctl,
    examples: [
      { command: 'sysctl -w kernel.randomize_va_space=0', effects: ['system.setting'] },
      { command: 'sysctl kernel.hostname', effects: [] },
    ],
  },
  {
    names: [/^(ip6?|eb|arp)tables(-(legacy|nft|restore))?$/],
    manual: 'iptables(8) 1.8.11',
    read: iptables,
    examples: [
      { command: 'iptables -F', effects: ['system.setting'] },
      { command: 'iptables -L -n', effects: [] },
    ],
  },
  ...SETTINGS.map(
    ({ names, manual, changes, always, examples }): Program => ({
      names,
      manual,
      read: setting(changes, always),
      examples,
    }),
  ),
  {
    names: ['insmod', 'rmmod', 'modprobe', 'kmod', 'bpftool'],
    manual: 'modprobe(8), kmod 33',
    read: module,
    examples: [
      { command: 'insmod ./x.ko', effects: ['system.setting'] },
      { command: 'modprobe -n x', effects: [] },
    ],
  },
  {
    names: ['journalctl'],
    manual: 'journalctl(1), systemd 256',
    read: journalctl,
    examples: [
      { command: 'journalctl --vacuum-time=1s', effects: ['log.tamper'] },
      { command: 'journalctl -u nginx -n 50', effects: [] },
    ],
  },
  {
    names: ['dmesg', 'logrotate', 'wevtutil', 'wevtutil.exe', 'log'],
    manual: 'dmesg(1), util-linux 2.40; logrotate(8) 3.22; log(1), macOS 14',
    read: logs,
    examples: [
      { command: 'dmesg -C', effects: ['log.tamper'] },
      { command: 'logrotate -f /etc/logrotate.conf', effects: ['log.tamper'] },
      { command: 'dmesg', effects: [] },
    ],
  },
  {
    names: ['auditctl'],
    manual: 'auditctl(8), audit 4.0',
    read: auditctl,
    examples: [
      { command: 'auditctl -e 0', effects: ['log.tamper'] },
      { command: 'auditctl -l', effects: [] },
    ],
  },
  {
    names: ['swupd', 'tuned-adm', 'cpupower', 'x86_energy_perf_policy'],
    manual: 'tuned-adm(8) 2.24, cpupower(1) 6.11',
    read: setting(
      new RegExp(`^(${words('profile off frequency-set idle-set bundle-add bundle-remove update').join('|')})$`),
    ),
    examples: [
      { command: 'tuned-adm off', effects: ['system.setting'] },
      { command: 'tuned-adm list', effects: [] },
    ],
  },
];
