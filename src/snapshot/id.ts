/** Makes snapshot ids: `s-` and ten characters of base 32, 42 bits of time and 8 that keep them apart and in order. */

import type { SnapshotId } from './snapshot.ts';

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's, without letters that look like digits
const ID = /^s-[0-9a-hjkmnp-tv-z]{10}$/;

/** Returns whether `text` has the form of an id. */
export function isSnapshotId(text: string): text is SnapshotId {
  return ID.test(text);
}

/** Returns a maker of ids, each greater than `last` and than all before it. */
export function idMaker(last: string | null): (now: number) => SnapshotId {
  let newest = last === null ? 0 : decode(last);
  return (now) => {
    newest = Math.max(newest + 1, now * 256);
    const id = encode(newest);
    if (!isSnapshotId(id)) throw new Error(`no id: ${id}`);
    return id;
  };
}

function encode(value: number): string {
  let text = '';
  let rest = value;
  for (let i = 0; i < 10; i++) {
    text = (DIGITS[rest % 32] ?? '0') + text;
    rest = Math.floor(rest / 32);
  }
  return `s-${text}`;
}

function decode(id: string): number {
  let value = 0;
  for (const digit of id.slice(2)) value = value * 32 + Math.max(0, DIGITS.indexOf(digit));
  return value;
}
