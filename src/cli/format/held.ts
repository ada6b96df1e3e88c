/**
 * What is said of a held request: to the terminal that waits, to the person who answers, and, when it is refused, to the
 * agent, whose model acts on it: what, why, what to do instead, in plain words. Pure.
 */
import type { HeldRequest } from '../../approval/held-requests.ts';
import { commandText } from '../../judgement.ts';
import type { Outcome } from '../../pipeline.ts';
import type { Reason, Verdict } from '../../policy/verdict.ts';
import type { HeldView } from '../../protocol/calls.ts';
import type { Request } from '../../protocol/request.ts';
import { palette } from './color.ts';
import { escapeShort, escapeText } from './escape.ts';
import { formatFields } from './table.ts';
import { formatTime } from './units.ts';
import { formatReasons } from './verdict.ts';

const COMMAND_CHARS = 200;
const MAX_LOST_LINES = 6;
const MAX_SAMPLE = 20;
const ASK_THE_USER = 'If it is needed, ask the user; do not try another way to the same end.';

/** Returns what a terminal shows while its command waits. */
export function formatHeld(held: Pick<HeldRequest, 'id' | 'details' | 'verdict'>): string {
  const { id, details, verdict } = held;
  const found = foundLines(verdict);
  const fields: (readonly [string, string | readonly string[]])[] = [
    ['command', shownCommand(details.command, verdict)],
    ...(details.cwd === null ? [] : [['in', details.cwd] as const]),
    ...(found.length === 0 ? [] : [['at stake', found] as const]),
    [
      'answer',
      [
        `belay review, or: belay approve ${approveArguments(id, verdict)}`,
        `(in another terminal; belay deny ${id} refuses it)`,
      ],
    ],
    ...(details.expiresAt === null ? [] : [['until', formatTime(details.expiresAt)] as const]),
  ];
  const lines = [
    `belay: held ${id}: ${sentenceOf(verdict)}`,
    formatFields(fields, (label) => label),
    "  Ctrl-C cancels it. So does an agent's time limit: then nothing has run.",
  ];
  return `${lines.join('\n')}\n`;
}

/** Returns what the caller of a refused command reads. It is not run, whatever the words. */
export function formatRefused(outcome: Extract<Outcome, { kind: 'refuse' }>, request: Request): string {
  const command = shownCommand(commandText(request), outcome.verdict);
  return `${[`belay: not run: ${command}`, ...refusalLines(outcome)].join('\n')}\n`;
}

/** Returns a line for a list of held requests. */
export function formatHeldLine(held: HeldView, color: boolean): string {
  const colors = palette(color);
  return `${colors.bold(held.id)}  ${shownCommand(held.command, held.verdict, 60)}  ${colors.dim(sentenceOf(held.verdict))}`;
}

/** Returns all that a person needs to answer. */
export function formatHeldDetails(held: HeldView, color: boolean): string {
  const colors = palette(color);
  const sample = sampleOf(held);
  return [
    colors.bold(`${held.id}  ${shownCommand(held.command, held.verdict)}`),
    formatFields(
      [
        ...(held.cwd === null ? [] : [['in', held.cwd] as const]),
        ['asked', `${formatTime(held.at)}${held.agent === null ? '' : ` by ${held.agent}`}`],
        ...(held.session === null ? [] : [['session', held.session] as const]),
        ...(held.expiresAt === null ? [] : [['until', formatTime(held.expiresAt)] as const]),
      ],
      colors.dim,
    ),
    ...formatReasons(held.verdict, held.command, colors),
    ...(sample.length === 0 ? [] : [formatFields([['paths', sample]], colors.dim)]),
    ...(held.verdict.grave ? [colors.red('It is grave: to let it run, its id must be typed in full.')] : []),
  ].join('\n');
}

/**
 * Agents wrap a command into lines of their own, Codex into 38,000 characters (measured 2026-11): of what is too long to be
 * shown, the pieces that the verdict is about are.
 */
function shownCommand(command: string, verdict: Verdict, max: number = COMMAND_CHARS): string {
  const reasons = verdict.reasons.filter((reason) => reason.decision !== 'allow' && reason.span.text.trim() !== '');
  if (command.length <= max || reasons.length === 0) return escapeShort(command, max);
  const pieces = [...new Set(reasons.map((reason) => reason.span.text))];
  return `${escapeShort(pieces.join(' … '), max)} (in a line of ${command.length} characters)`;
}

function refusalLines({ verdict, answer }: Extract<Outcome, { kind: 'refuse' }>): readonly string[] {
  const because = `why: ${sentenceOf(verdict)}${idsOf(verdict.reasons[0])}`;
  const advice = adviceLines(verdict.reasons[0]);
  if (answer === null || answer.granted) {
    const rule = verdict.decision === 'ask' ? 'It needs the approval of a person.' : 'No approval lets it run.';
    return [because, ...advice, `${rule} ${ASK_THE_USER}`];
  }
  const reason = answer.reason === null ? '' : `: ${escapeText(answer.reason)}`;
  switch (answer.by) {
    case 'person':
      return [
        `why: a person refused it${reason}`,
        `it was held since: ${sentenceOf(verdict)}`,
        ...advice,
        ASK_THE_USER,
      ];
    case 'timeout':
      return ['why: nobody answered in time', `it was held since: ${sentenceOf(verdict)}`, ...advice, ASK_THE_USER];
    case 'caller-gone':
      return ['why: it was cancelled while it was held'];
    case 'daemon':
      return [
        `why: Belay could not let it run${reason}`,
        'This is no judgement on the command: Belay itself has a problem. Tell the user to run: belay doctor',
      ];
    default:
      return answer.by satisfies never;
  }
}

function adviceLines(reason: Reason | undefined): readonly string[] {
  return [
    ...(reason?.instead == null ? [] : [`instead: ${escapeText(reason.instead)}`]),
    ...(reason?.clears == null ? [] : [`what clears it: ${escapeText(reason.clears)}`]),
  ];
}

function sentenceOf(verdict: Verdict): string {
  const [first] = verdict.reasons;
  const more = verdict.reasons.length - 1;
  return `${escapeText(first?.sentence ?? 'it needs an answer')}${more > 0 ? ` (and ${more} more)` : ''}`;
}

function idsOf(reason: Reason | undefined): string {
  return reason === undefined ? '' : ` [${escapeText(reason.risk)}, ${escapeText(reason.rule)}]`;
}

/** A grave request is answered with its id a second time, so that no habit answers it. */
function approveArguments(id: string, verdict: Verdict): string {
  return verdict.grave ? `${id} --confirm ${id}` : id;
}

function foundLines(verdict: Verdict): readonly string[] {
  const lines = [...new Set(verdict.reasons.flatMap((reason) => reason.evidence))];
  const more = lines.length - MAX_LOST_LINES;
  const shown = lines.slice(0, MAX_LOST_LINES).map((line) => escapeShort(line, COMMAND_CHARS));
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

/** Paths that were seen below what would be kept first, or all that were seen. */
function sampleOf({ evidence, verdict }: HeldView): readonly string[] {
  const seen = new Set(
    (evidence?.effects ?? []).flatMap((effect) => effect.paths.flatMap((path) => path?.sample ?? [])),
  );
  const kept = verdict.obligations.flatMap((obligation) => obligation.paths);
  const all = [...seen].filter(
    (path) => kept.length === 0 || kept.some((root) => path === root || path.startsWith(`${root}/`)),
  );
  return all.length > MAX_SAMPLE ? [...all.slice(0, MAX_SAMPLE), '…'] : all;
}
