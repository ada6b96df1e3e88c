/** A folder's story: snapshots, and between one and the next what changed and who ran what. Pure but for the time zone. */
import type { Seam } from '../../protocol/request.ts';
import type { SnapshotChanges, SnapshotSummary } from '../../snapshot/snapshot.ts';
import { palette } from './color.ts';
import { escapeShort, escapeText } from './escape.ts';
import { REASONS, type SnapshotStyle } from './snapshots.ts';
import { formatAgo, formatCount, formatTime } from './units.ts';

/** A request that ran, as the timeline names it. */
export interface TimelineRequest {
  readonly id: string;
  readonly at: number;
  readonly session: string | null;
  readonly agent: string | null;
  readonly seam: Seam;
  readonly decision: string;
  readonly command: string;
}

/** What changed between two points, the later of which may be now. */
export type Changes = Omit<SnapshotChanges, 'from' | 'to'>;

/** One snapshot and what led up to it. `snapshot` null: what came after the newest. */
export interface Stretch {
  readonly snapshot: SnapshotSummary | null;
  /** What it was taken before, or would have been had anything changed since. */
  readonly precedes: readonly TimelineRequest[];
  /** Against the one before; null: there is none. */
  readonly changes: Changes | null;
  /** What ran since the one before. */
  readonly requests: readonly TimelineRequest[];
}

const COMMAND_CHARS = 60;
const MAX_PATHS = 4;
const MAX_COMMANDS = 3;
const MARKS = { added: '+', changed: '~', deleted: '-' } as const;

/** Returns the stretches, oldest first: what changed stands above the snapshot that holds it. */
export function formatTimeline(stretches: readonly Stretch[], root: string, style: SnapshotStyle): string {
  const colors = palette(style.color);
  return stretches
    .flatMap((stretch) => {
      const between = betweenLines(stretch, root).map((line) => colors.dim(`  | ${line}`));
      const { snapshot } = stretch;
      return snapshot === null
        ? [...between, '  now']
        : [
            ...between,
            `${colors.bold(snapshot.id)}  ${formatTime(snapshot.at)}, ${formatAgo(snapshot.at, style.now)}  ${reasonOf(stretch, snapshot)}`,
          ];
    })
    .join('\n');
}

function betweenLines({ changes, requests }: Stretch, root: string): readonly string[] {
  return [
    ...whoLines(requests),
    ...(changes === null ? [] : [changesLine(changes, root), ...changes.git.map((line) => `git: ${escapeText(line)}`)]),
  ];
}

function changesLine(changes: Changes, root: string): string {
  const { added, changed, deleted, sample } = changes;
  const counts = Object.entries({ added, changed, deleted }).flatMap(([what, count]) =>
    count === 0 ? [] : [`${count.toLocaleString('en')} ${what}`],
  );
  if (counts.length === 0) return 'no file changed';
  const paths = sample.slice(0, MAX_PATHS).map(({ kind, path }) => {
    return `${MARKS[kind]}${escapeShort(path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path, COMMAND_CHARS)}`;
  });
  const more = added + changed + deleted - paths.length;
  return `${counts.join(', ')}: ${paths.join('  ')}${more > 0 ? `  and ${more.toLocaleString('en')} more` : ''}`;
}

/** One line a session. A shell's line speaks for the tools that it started. */
function whoLines(requests: readonly TimelineRequest[]): readonly string[] {
  const bySession = new Map<string | null, TimelineRequest[]>();
  for (const one of requests) bySession.set(one.session, [...(bySession.get(one.session) ?? []), one]);
  return [...bySession].map(([session, all]) => {
    const lines = all.filter(({ seam }) => seam === 'shell-shim');
    const told = [...new Set((lines.length > 0 ? lines : all).map(({ command }) => command))];
    const shown = told.slice(-MAX_COMMANDS).map((command) => escapeShort(command, COMMAND_CHARS));
    const more = told.length - shown.length;
    const agent = all[0]?.agent ?? null;
    const who =
      session === null ? 'outside a session' : `session ${session}${agent === null ? '' : ` (${escapeText(agent)})`}`;
    return `${who}: ${more > 0 ? `${formatCount(more, 'command')}, then ` : ''}${shown.join('; ')}`;
  });
}

/** What it was taken for, and each command that ran behind it since nothing had changed. */
function reasonOf({ precedes }: Stretch, snapshot: SnapshotSummary): string {
  const { kind, command } = snapshot.reason;
  const lines = precedes.filter(({ seam }) => seam === 'shell-shim');
  const told = lines.length > 0 ? lines : precedes;
  const own =
    kind === 'baseline' && command !== null
      ? `${REASONS[kind]}: ${escapeShort(command, COMMAND_CHARS)}`
      : REASONS[kind];
  const before = told.map(
    (one) => `before: ${escapeShort(one.command, COMMAND_CHARS)}${told.length > 1 ? ` (${formatTime(one.at)})` : ''}`,
  );
  if (before.length === 0 && kind === 'release' && command !== null)
    before.push(`before: ${escapeShort(command, COMMAND_CHARS)}`);
  const more = before.length - MAX_COMMANDS;
  const shown = more > 0 ? [...before.slice(0, MAX_COMMANDS), `and ${formatCount(more, 'command')} more`] : before;
  return (kind === 'release' && shown.length > 0 ? shown : [own, ...shown]).join('; ');
}
