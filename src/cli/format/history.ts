/** Requests as the journal tells them: one line each, or all of one. Pure but for the time zone. */
import type { Answer, RequestHistory } from '../../audit/record.ts';
import { commandText } from '../../judgement.ts';
import { paintDecision, palette } from './color.ts';
import { escapeShort } from './escape.ts';
import { formatFields, formatTable } from './table.ts';
import { formatDuration, formatTime } from './units.ts';
import { formatVerdict } from './verdict.ts';

const LINE_CHARS = 80;
const COMMAND_CHARS = 2_000;

/** Returns a line for each: when, its id, the decision, what became of it, the command. */
export function formatHistory(rows: readonly RequestHistory[], style: { readonly color: boolean }): string {
  const colors = palette(style.color);
  return formatTable(
    rows.map((row) => {
      const { decision } = row.verdict.verdict;
      return [
        { text: formatTime(row.at), paint: colors.dim },
        row.request,
        { text: decision.padEnd(5), paint: (word) => paintDecision(colors, decision, word) },
        fateOf(row).padEnd(10),
        escapeShort(commandText(row.verdict), LINE_CHARS),
      ];
    }),
  );
}

/** Returns all that is known of one: who asked what where, the verdict, the answer, what happened. */
export function formatRequest(history: RequestHistory, style: { readonly color: boolean }): string {
  const colors = palette(style.color);
  const { verdict, answer, release, outcome } = history;
  const text = commandText(verdict);
  const asked = formatFields(
    [
      ['request', `${history.request}, ${fateOf(history)}`],
      ['command', escapeShort(text, COMMAND_CHARS)],
      ['in', verdict.cwd ?? 'a folder that is not known'],
      ['asked', `${formatTime(history.at)} by ${principalText(history)}`],
      ['met by', `${verdict.seam}${verdict.mode === 'auto' ? '' : `, in mode ${verdict.mode}`}`],
      ['policy', verdict.verdict.policy],
    ],
    colors.dim,
  );
  const after: (readonly [string, string])[] = [
    ...(answer === null ? [] : [['answer', answerText(answer)] as const]),
    ...(release === null
      ? []
      : [
          [
            'released',
            `${formatTime(release.at)}${release.snapshot === null ? '' : `, behind snapshot ${release.snapshot}`}`,
          ] as const,
        ]),
    ...(outcome === null ? [] : [['outcome', outcomeText(outcome)] as const]),
    ...(release?.snapshot == null ? [] : [['undo', `belay rollback ${release.snapshot}`] as const]),
  ];
  const blocks = [asked, formatVerdict(verdict.verdict, text, { color: style.color })];
  return [...blocks, ...(after.length === 0 ? [] : [formatFields(after, colors.dim)])].join('\n');
}

/** One word for what became of it. */
function fateOf({ verdict, held, answer, release, outcome }: RequestHistory): string {
  if (outcome !== null && held !== null && release === null) return 'not run'; // granted, and its caller was gone
  if (outcome !== null) return outcome.signal === null ? `exit ${outcome.exit ?? '?'}` : outcome.signal;
  if (answer !== null && !answer.granted) return REFUSED[answer.by];
  if (release !== null || answer !== null) return answer === null ? 'ran' : 'approved';
  if (verdict.mode !== 'auto') return verdict.mode === 'observe' ? 'observed' : 'ran';
  if (held !== null) return 'held';
  return verdict.verdict.decision === 'allow' ? 'ran' : 'refused';
}

const REFUSED: Readonly<Record<Answer['by'], string>> = {
  person: 'denied',
  timeout: 'timed out',
  'caller-gone': 'cancelled',
  daemon: 'not run',
};

function principalText({ verdict }: RequestHistory): string {
  const { agent, pid, session } = verdict.principal;
  const who = agent ?? 'a program';
  return `${who}${pid === null ? '' : ` (pid ${pid})`}${session === null ? '' : ` in session ${session}`}`;
}

function answerText({ by, granted, reason, at, tty, uid }: Answer): string {
  const who =
    by === 'person' ? `a person${tty === null ? '' : ` at ${tty}`}${uid === null ? '' : ` (uid ${uid})`}` : by;
  return `${granted ? 'granted' : 'refused'} by ${who}, ${formatTime(at)}${reason === null ? '' : `: ${reason}`}`;
}

function outcomeText({ exit, signal, ms }: NonNullable<RequestHistory['outcome']>): string {
  return `${signal === null ? `exit ${exit ?? 'not known'}` : `ended by ${signal}`} after ${formatDuration(ms)}`;
}
