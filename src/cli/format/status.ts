/** What `belay status` says: whether the guard stands, and what keeps it from standing. Pure. */
import type { StatusView } from '../../protocol/calls.ts';
import { palette } from './color.ts';
import { escapeShort } from './escape.ts';
import { formatFields } from './table.ts';
import { formatAgo, formatBytes, formatCount } from './units.ts';

const MODES: Readonly<Record<StatusView['mode'], string>> = {
  auto: 'on: risky actions are held',
  observe: 'observing: everything is judged and recorded, nothing is stopped',
  off: 'OFF: nothing is judged',
};

/** Returns the status, problems last, where the eye is. */
export function formatStatus(status: StatusView, style: { readonly color: boolean; readonly now: number }): string {
  const colors = palette(style.color);
  const { mode, sessions, held, configProblems, journal } = status;
  const paintMode = mode === 'auto' ? colors.green : mode === 'observe' ? colors.yellow : colors.red;
  const sessionLines = sessions.map(
    (one) =>
      `${one.id}  ${escapeShort(one.command.join(' '), 40)} in ${one.workspace}, since ${formatAgo(one.startedAt, style.now)}`,
  );
  const problems = [journal, status.snapshots ?? null, ...configProblems].filter((one) => one !== null);
  return [
    `Belay is ${paintMode(MODES[mode])}`,
    formatFields(
      [
        ['profile', `${status.profile}, policy ${status.policy}`],
        [
          'daemon',
          `pid ${status.pid}, version ${status.version}, started ${formatAgo(status.startedAt, style.now)}, ${formatBytes(status.rssBytes)}`,
        ],
        ['sessions', sessionLines.length === 0 ? 'none' : sessionLines],
        ['held', held === 0 ? 'nothing' : `${formatCount(held, 'request')}: belay review`],
      ],
      colors.dim,
    ),
    ...(problems.length === 0 ? [] : [formatFields([['PROBLEM', problems]], colors.red)]),
  ].join('\n');
}
