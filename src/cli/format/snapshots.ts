/** Snapshots, and what a rollback would do. Pure. */
import type { RollbackPlan, RollbackStep, SnapshotSummary } from '../../snapshot/snapshot.ts';
import type { ListedSnapshot } from '../preceded.ts';
import { type Palette, palette } from './color.ts';
import { escapeShort, escapeText } from './escape.ts';
import { formatTable } from './table.ts';
import { formatAgo, formatBytes, formatCount } from './units.ts';

const COMMAND_CHARS = 60;
const MAX_STEPS = 40;
const MAX_ALSO = 20;

export interface SnapshotStyle {
  readonly color: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Why a snapshot was taken, in words. */
export const REASONS: Readonly<Record<SnapshotSummary['reason']['kind'], string>> = {
  baseline: 'start of a session',
  release: 'before it ran',
  burst: 'after changes',
  'before-rollback': 'before a rollback',
  manual: 'asked for',
};

const STEPS: Readonly<Record<RollbackStep['kind'], string>> = {
  'bring-back': 'bring back',
  revert: 'revert',
  remove: 'remove',
  mode: 'set mode, time',
};

/**
 * Returns a line for each: id, age, size, why, the command. What is not fully kept is said, and below it stands what else ran
 * behind it because nothing had changed.
 */
export function formatSnapshots(all: readonly ListedSnapshot[], style: SnapshotStyle): string {
  const colors = palette(style.color);
  return formatTable(
    all.flatMap((one) => [
      [
        { text: one.id, paint: colors.bold },
        formatAgo(one.at, style.now),
        { text: formatCount(one.files, 'file'), right: true },
        { text: formatBytes(one.bytes), right: true },
        REASONS[one.reason.kind],
        `${escapeShort(one.reason.command ?? '', COMMAND_CHARS)}${one.notKept.length === 0 ? '' : ` [${formatCount(one.notKept.length, 'path')} not fully kept]`}`,
      ],
      ...one.also
        .slice(-MAX_ALSO)
        .map(({ at, command }) => [
          '',
          formatAgo(at, style.now),
          { text: 'unchanged', right: true },
          '',
          REASONS.release,
          escapeShort(command, COMMAND_CHARS),
        ]),
    ]),
  ).replace(/ +$/gm, '');
}

/** Returns what a rollback to `snapshot` would do, step by step, conflicts first. */
export function formatPlan(plan: RollbackPlan, snapshot: SnapshotSummary, style: SnapshotStyle): string {
  const colors = palette(style.color);
  const head = `${colors.bold(`Rollback to ${snapshot.id}`)}, ${formatAgo(snapshot.at, style.now)}${ofWhat(snapshot)}`;
  if (plan.steps.length === 0 && plan.git.length === 0) return `${head}\nnothing differs: there is nothing to do`;
  const steps = [...plan.steps].sort((one, other) => Number(other.conflict) - Number(one.conflict));
  const shown = steps.slice(0, MAX_STEPS);
  const total = Object.values(plan.counts).reduce((sum, count) => sum + count, 0);
  const more = total - shown.length;
  return [
    head,
    countsLine(plan),
    ...(shown.length === 0 ? [] : [formatSteps(shown, colors)]),
    ...(more > 0 ? [`  and ${more.toLocaleString('en')} more`] : []),
    ...plan.git.map((change) => `  git: ${escapeText(change)}`),
    ...(plan.conflicts === 0
      ? []
      : [
          colors.yellow(
            `${formatCount(plan.conflicts, 'path')} changed since by somebody else: left alone without --force`,
          ),
        ]),
  ].join('\n');
}

function ofWhat({ reason, root }: SnapshotSummary): string {
  if (reason.command !== null) return `, before: ${escapeShort(reason.command, COMMAND_CHARS)}`;
  return root === null ? '' : `, of ${escapeText(root)}`;
}

function countsLine({ counts }: RollbackPlan): string {
  const parts = Object.entries(STEPS).flatMap(([kind, words]) => {
    const count = counts[kind as RollbackStep['kind']]; // the keys of STEPS
    return count === 0 ? [] : [`${words} ${count.toLocaleString('en')}`];
  });
  return parts.length === 0 ? 'no file changes' : parts.join(', ');
}

function formatSteps(steps: readonly RollbackStep[], colors: Palette): string {
  return formatTable(
    steps.map((step) => [
      { text: `  ${STEPS[step.kind]}`, paint: step.kind === 'remove' ? colors.red : (text: string) => text },
      { text: step.type === 'file' ? formatBytes(step.bytes) : step.type, right: true },
      `${step.path}${step.conflict ? '  (changed since by somebody else)' : ''}`,
    ]),
  );
}
