/** Keys and keychains on this machine: ssh-keygen, ssh-add, pass, security. Pure. */
import type { Call, Program, Reading } from '../program.ts';
import { flow, NOTHING, text, words } from '../readings.ts';

function known(call: Call): readonly string[] {
  return call.args.map((arg) => text(arg) ?? '');
}

function printed(call: Call, what: string): Reading {
  return { effects: [call.effect('secret.print', [], { what })], output: flow(['secret'], [], [what]) };
}

function sshKeygen(call: Call): Reading {
  const options = call.options({
    flags: words('-A -B -c -e -H -h -i -k -K -L -l -p -q -Q -U -u -v -X -y'),
    values: words('-a -b -C -D -E -F -f -G -g -I -J -j -M -m -N -n -O -P -R -r -S -s -T -t -V -W -w -Y -z -Z'),
  });
  const file = options.value('-f');
  const targets = file === undefined ? [] : [call.path(file)];
  if (options.has('-y', '-l', '-L', '-B', '-F', '-Q', '-r', '-e', '-i', '-Y'))
    return { effects: targets.length === 0 || !options.has('-y') ? [] : [call.effect('fs.read', targets)] };
  if (options.has('-R', '-H', '-p', '-c')) return { effects: [call.effect('fs.edit', targets)] };
  return { effects: [call.effect(targets.length > 0 ? 'fs.write' : 'fs.create', targets)] };
}

function sshAdd(call: Call): Reading {
  const options = call.options({
    flags: words('-c -D -d -e -K -k -L -l -q -v -X -x -T'),
    values: words('-E -H -h -S -s -t'),
  });
  if (options.has('-l', '-L', '-T')) return NOTHING;
  if (options.has('-D', '-d', '-x', '-X')) return { effects: [call.effect('secret.store', [], { verb: 'delete' })] };
  return {
    effects: [
      call.effect('secret.read', options.operands.map(call.path)),
      call.effect('secret.store', [], { verb: 'write' }),
    ],
  };
}

function pass(call: Call): Reading {
  const [verb = '', second] = known(call);
  if (/^(ls|list|find|search|help|version|git|--help|--version)$/.test(verb) || (verb === '' && call.args.length === 0))
    return NOTHING;
  if (/^(insert|add|generate|edit|mv|rename|cp|copy|init)$/.test(verb))
    return { effects: [call.effect('secret.store', [], { verb: 'write' })] };
  if (/^(rm|remove|delete)$/.test(verb)) return { effects: [call.effect('secret.store', [], { verb: 'delete' })] };
  return verb === 'show' && second === undefined ? NOTHING : printed(call, 'pass');
}

function security(call: Call): Reading {
  const [verb = ''] = known(call).filter((word) => !word.startsWith('-'));
  const options = known(call);
  if (/^find-(generic|internet)-password$/.test(verb)) {
    return options.some((word) => /^-[a-z]*[wg][a-z]*$/.test(word))
      ? printed(call, 'keychain password')
      : { effects: [call.effect('secret.read', [{ kind: 'name', noun: 'store', name: 'keychain' }])] };
  }
  if (/^(dump-keychain|export)$/.test(verb)) return printed(call, 'keychain');
  if (verb.startsWith('delete-')) return { effects: [call.effect('secret.store', [], { verb: 'delete' })] };
  return /^(add-|import|set-|create-keychain|unlock-keychain|authorizationdb)/.test(verb)
    ? { effects: [call.effect('secret.store', [], { verb: 'write' })] }
    : NOTHING;
}

function secretTool(call: Call): Reading {
  const [verb = ''] = known(call);
  if (/^(lookup|search|get|read)$/.test(verb)) return printed(call, call.name);
  if (/^(store|set|write)$/.test(verb)) return { effects: [call.effect('secret.store', [], { verb: 'write' })] };
  return /^(clear|del|delete|unlink|purge)$/.test(verb)
    ? { effects: [call.effect('secret.store', [], { verb: 'delete' })] }
    : NOTHING;
}

export const programs: readonly Program[] = [
  {
    names: ['ssh-keygen'],
    manual: 'ssh-keygen(1), OpenSSH 9.9',
    read: sshKeygen,
    examples: [
      { command: 'ssh-keygen -t ed25519 -f key', effects: ['fs.write'] },
      { command: 'ssh-keygen -lf key.pub', effects: [] },
    ],
  },
  {
    names: ['ssh-add'],
    manual: 'ssh-add(1), OpenSSH 9.9',
    read: sshAdd,
    examples: [
      { command: 'ssh-add ~/.ssh/id_ed25519', effects: ['secret.read', 'secret.store'] },
      { command: 'ssh-add -l', effects: [] },
    ],
  },
  {
    names: ['pass', 'gopass'],
    manual: 'pass(1) 1.7, gopass 1.15 reference',
    read: pass,
    examples: [
      { command: 'pass show mail/work', effects: ['secret.print'] },
      { command: 'pass rm mail/work', effects: ['secret.store'] },
      { command: 'pass ls', effects: [] },
    ],
  },
  {
    names: ['security'],
    manual: 'security(1), macOS 14',
    read: security,
    examples: [
      { command: 'security find-generic-password -s x -w', effects: ['secret.print'] },
      { command: 'security list-keychains', effects: [] },
    ],
  },
  {
    names: ['secret-tool', 'keyring', 'keyctl', 'kwallet-query'],
    manual: 'secret-tool(1), libsecret 0.21; keyctl(1) 1.6',
    read: secretTool,
    examples: [
      { command: 'secret-tool lookup service x', effects: ['secret.print'] },
      { command: 'keyctl show', effects: [] },
    ],
  },
];
