/** Sizes, counts and times as a person says them. Pure but for the time zone. */
import { sizeOf } from '../../policy/sentence.ts';

const STEPS: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400 * 365, 'year'],
  [86_400 * 30, 'month'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** Returns `340 KB`: the words that sentences of rules use too. */
export function formatBytes(bytes: number): string {
  return sizeOf(bytes);
}

/** Returns `1 file`, `1,204 files`. */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`;
}

/** Returns `3 minutes ago`; for a time to come, `in 3 minutes`. */
export function formatAgo(atMs: number, nowMs: number): string {
  const seconds = Math.round(Math.abs(nowMs - atMs) / 1_000);
  const step = STEPS.find(([size]) => seconds >= size);
  if (step === undefined) return 'just now';
  const words = formatCount(Math.floor(seconds / step[0]), step[1]);
  return atMs > nowMs ? `in ${words}` : `${words} ago`;
}

/** Returns `12 ms`, `3.4 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Returns `2026-11-22 20:38:14` in this machine's time zone. */
export function formatTime(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
