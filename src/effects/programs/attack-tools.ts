/** Tools that exist to attack: guessing passwords, dumping credentials, detonating techniques, serving shells. Pure. */
import type { EffectKind } from '../effect.ts';
import type { Call, Program, Reading } from '../program.ts';
import { NOTHING, named, text, words } from '../readings.ts';

const LOOKS = /^(?:-h|--help|-V|--version|version|help|list|show|status)$/;

/** A tool of which every call but a look at itself has this effect on what it names. */
const always =
  (kind: EffectKind, noun: string, facts: Readonly<Record<string, string>> = {}) =>
  (call: Call): Reading => {
    if (call.args.length === 0 || LOOKS.test(text(call.args[0]) ?? '')) return NOTHING;
    const operands = call.options({}).operands.slice(-1);
    return {
      effects: [
        call.effect(
          kind,
          operands.map((arg) => named(noun, arg)),
          facts,
        ),
      ],
    };
  };

export const programs: readonly Program[] = [
  {
    names: words('hydra ncrack patator crowbar thc-hydra kerbrute crackmapexec cme netexec nxc'),
    manual: 'hydra(1) 9.5, ncrack(1) 0.7, NetExec 1.3',
    read: always('remote.run', 'host', { command: 'a search for passwords' }),
    examples: [
      { command: 'hydra -l root -P list.txt ssh://10.0.0.1', effects: ['remote.run'] },
      { command: 'hydra -h', effects: [] },
    ],
  },
  {
    names: [
      ...words('mimipenguin mimipenguin.sh laZagne laZagne.py lazagne secretsdump.py pypykatz responder Responder.py'),
      ...words('gcore procdump linpeas linpeas.sh LinEnum.sh chainbreaker'),
    ],
    manual: 'gcore(1), gdb 15; procdump(1) 3.3; impacket 0.12',
    read: always('secret.read', 'memory'),
    examples: [
      { command: 'gcore -o dump 4242', effects: ['secret.read'] },
      { command: 'procdump 4242', effects: ['secret.read'] },
    ],
  },
  {
    names: words('stratus pacu caldera atomic-operator metasploit msfconsole sliver-server'),
    manual: 'stratus-red-team 2.20, Metasploit 6.4',
    read: always('cloud.change', 'technique', { verb: 'attack' }),
    examples: [
      { command: 'stratus detonate aws.x.y', effects: ['cloud.change'] },
      { command: 'stratus list', effects: [] },
    ],
  },
];
