/** lftp(1): files put on, fetched from and removed from another machine, by the commands it is given. Pure. */
import type { Effect } from '../effect.ts';
import type { Call, Program, Reading } from '../program.ts';
import { name, text, together, words } from '../readings.ts';

function lftp(call: Call): Reading {
  const options = call.options({
    values: words('-e -c -f -u --user -p --port -s --site -o'),
    flags: words('-d --debug --norc -h --help -v --version'),
  });
  const scripts = options.values('-f').map((arg) => {
    const target = call.path(arg);
    return target.kind === 'path' ? (call.readFile(target.path) ?? '') : '';
  });
  const texts = [...options.values('-e', '-c').map((arg) => text(arg) ?? ''), ...scripts, call.stdin.text ?? ''];
  const commands = texts.flatMap((one) => one.split(/[;\n]|&&|\|\|/)).map((one) => one.trim());
  const host = text(options.operands[0]) ?? /\bopen\s+(?:-\S+\s+)*(\S+)/.exec(texts.join('\n'))?.[1] ?? '';
  const readings = commands.map((command) => readCommand(call, command, host));
  const isSilent = texts.every((one) => one.trim() === '') && options.operands.length > 0;
  return isSilent
    ? { effects: [call.effect('remote.copy', [name('host', host)], { direction: 'from' })] }
    : together(...readings);
}

function readCommand(call: Call, command: string, host: string): Reading {
  const [verb = '', ...rest] = command.split(/\s+/);
  const copies = (direction: string, deletes: boolean): readonly Effect[] => [
    call.effect('remote.copy', [name('host', host)], { direction, ...(deletes ? { delete: true } : {}) }),
  ];
  if (verb.startsWith('!')) return call.script(command.slice(1), 'lftp !');
  if (verb === 'mirror') {
    const turned = rest.some((word) => /^-[a-zA-Z]*R|^--reverse$/.test(word));
    const deletes = rest.some((word) => /^-[a-zA-Z]*e[a-zA-Z]*$|^--delete(?:-first)?$|^--Remove-source/.test(word));
    return { effects: rest.includes('--dry-run') ? [] : copies(turned ? 'to' : 'from', turned && deletes) };
  }
  if (/^(?:put|mput|reput|rm|mrm|rmdir|mv|chmod)$/.test(verb)) return { effects: copies('to', /^m?rm/.test(verb)) };
  return { effects: /^(?:get|mget|pget|reget)$/.test(verb) ? copies('from', false) : [] };
}

export const programs: readonly Program[] = [
  {
    names: ['lftp'],
    manual: 'lftp(1) 4.9',
    read: lftp,
    examples: [
      { command: 'lftp -e "mirror -R dist /www; quit" sftp://host', effects: ['remote.copy'] },
      { command: 'lftp -c "open host && mput *.html"', effects: ['remote.copy'] },
      { command: "lftp host <<'E'\nrm -r old\nE", effects: ['remote.copy'] },
      { command: 'lftp -c "!rm -rf src"', effects: ['fs.delete'] },
      { command: 'lftp -e "cls -l /pub; quit" host', effects: [] },
      { command: 'lftp --version', effects: [] },
    ],
  },
];
