/** How far an approval goes, as the options of `belay approve` say it. Pure. */
import { BelayError } from '../errors.ts';
import type { ApprovalScope } from '../protocol/calls.ts';

export interface ScopeFlags {
  readonly session?: boolean;
  readonly rule?: boolean;
  readonly kind?: boolean;
  readonly until?: string;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Returns the scope that the options name. Throws `input.invalid` on options that do not go together. */
export function scopeOf(flags: ScopeFlags): ApprovalScope {
  if (flags.session === true && flags.rule === true) throw wrong('--session and --rule are two answers: give one');
  if (flags.kind === true && flags.rule !== true) throw wrong('--kind says how far a rule goes: add --rule');
  if (flags.session === true) return 'session';
  if (flags.rule === true) return flags.kind === true ? 'kind' : 'rule';
  if (flags.until !== undefined) throw wrong('--until is for an approval that lasts: add --rule or --session');
  return 'once';
}

/** Returns the time that `30m`, `12h`, `7d`, `2w` or a date names, in epoch milliseconds. Throws `input.invalid`. */
export function untilOf(text: string, now: number): number {
  const span = /^(\d{1,4})([mhdw])$/.exec(text);
  const unit = UNITS[span?.[2] ?? ''];
  if (unit !== undefined) return now + Number(span?.[1]) * unit;
  const date = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(date)) {
    throw wrong(`--until takes a time such as 30m, 12h, 7d, 2w or 2027-01-31, not ${JSON.stringify(text)}`);
  }
  if (date <= now) throw wrong(`${text} is past`);
  return date;
}

function wrong(problem: string): BelayError {
  return new BelayError('input.invalid', { problem, command: 'approve' });
}
