/**
 * Belay called from inside a session. Words that only look are free; words that answer a held request are approving, and all
 * others tampering: a word that is not known here is one of those. Pure.
 */
import type { Call, Program, Reading } from '../program.ts';
import { NOTHING, text } from '../readings.ts';

/** Words that only look. A list: with one of these second words (`''`: with none) only. */
const LOOKS: Readonly<Record<string, true | readonly string[]>> = {
  check: true,
  completion: true,
  config: ['', 'show', 'check', 'path'],
  daemon: ['status', 'logs', 'start'],
  diff: true,
  doctor: true,
  grants: [''],
  help: true,
  log: true,
  policy: true,
  show: true,
  snapshots: ['', 'take', 'verify', 'du'],
  status: true,
  timeline: true,
};
/** Words that only look as long as one of these options says so, or none of those that make them act is there. */
const LOOKS_WITH: Readonly<Record<string, (words: readonly string[]) => boolean>> = {
  review: (words) => words.includes('--json'),
  rollback: isPreview,
  undo: isPreview,
};
const ANSWERS: ReadonlySet<string> = new Set(['approve', 'deny', 'review']);

/** Without a yes, `rollback` and `undo` show what they would do and ask a person. */
function isPreview(words: readonly string[]): boolean {
  return !words.some((word) => /^(-[a-z]*y|--(y|f|to|re|st))/.test(word));
}

function belay(call: Call): Reading {
  const words = call.args.map((arg) => text(arg));
  const operands = words.filter((word) => word === undefined || !word.startsWith('-'));
  const [verb, second] = operands;
  if (operands.length === 0) return NOTHING;
  if (verb === 'run') {
    const at = words.indexOf('--');
    const command = at < 0 ? [] : call.args.slice(at + 1);
    return command.length === 0 ? NOTHING : call.run(command, 'belay run');
  }
  const isAllKnown = !words.includes(undefined);
  if (verb !== undefined && isAllKnown) {
    const looks = LOOKS[verb];
    if (looks === true || looks?.includes(second ?? '') === true) return NOTHING;
    if (LOOKS_WITH[verb]?.(words.filter((word) => word !== undefined)) === true) return NOTHING;
  }
  if (verb !== undefined && ANSWERS.has(verb)) return { effects: [call.effect('guard.approve', [], { verb })] };
  const how = isAllKnown
    ? operands.slice(0, LOOKS[verb ?? ''] === undefined ? 1 : 2).join(' ')
    : 'with words that can not be known';
  return { effects: [call.effect('guard.tamper', [], { how: `belay ${how}` })] };
}

export const programs: readonly Program[] = [
  {
    names: ['belay'],
    manual: 'belay --help',
    read: belay,
    examples: [
      { command: 'belay off', effects: ['guard.tamper'] },
      { command: 'belay daemon stop', effects: ['guard.tamper'] },
      { command: 'belay grants revoke g-1', effects: ['guard.tamper'] },
      { command: 'belay snapshots prune', effects: ['guard.tamper'] },
      { command: 'belay rollback --yes 3', effects: ['guard.tamper'] },
      { command: 'belay undo -y', effects: ['guard.tamper'] },
      { command: 'belay $(cat word)', effects: ['guard.tamper'] },
      { command: 'belay approve 3', effects: ['guard.approve'] },
      { command: 'belay review', effects: ['guard.approve'] },
      { command: 'belay run -- rm -rf src', effects: ['fs.delete'] },
      { command: 'belay status', effects: [] },
      { command: 'belay grants', effects: [] },
      { command: 'belay review --json', effects: [] },
      { command: 'belay rollback last src', effects: [] },
      { command: 'belay undo', effects: [] },
      { command: "belay check -- 'rm -rf /'", effects: [] },
      { command: 'belay log --follow', effects: [] },
    ],
  },
];
