/** Shell patterns as regular expressions, bounded so that none can take long. Pure. */

const MAX_PATTERN = 200;
const MAX_STARS = 4;

/** Returns whether trying a pattern on a text of this length, at each of its places, takes little time. */
export function isCheap(pattern: string, length: number): boolean {
  const stars = pattern.split('*').length - 1;
  return length <= (stars === 0 ? 65_536 : stars === 1 ? 1_024 : stars === 2 ? 128 : 40);
}

/** Returns an expression for a shell pattern, or null when it is too long or holds too many stars. `where`: the whole text by default. */
export function globExpression(
  pattern: string,
  where: 'whole' | 'first' | 'every' | 'start' | 'end' = 'whole',
): RegExp | null {
  if (pattern.length > MAX_PATTERN || pattern.split('*').length - 1 > MAX_STARS) return null;
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const letter = pattern[at] ?? '';
    if (letter === '\\') {
      at += 1;
      source += escape(pattern[at] ?? '\\');
    } else if (letter === '*') source += '[^]*';
    else if (letter === '?') source += '[^]';
    else if (letter === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end === -1) source += '\\[';
      else {
        const inner = pattern.slice(at + 1, end).replace(/\\/g, '\\\\');
        source += `[${inner.startsWith('!') ? `^${inner.slice(1)}` : inner}]`;
        at = end;
      }
    } else source += escape(letter);
  }
  const start = where === 'whole' || where === 'start' ? '^' : '';
  const end = where === 'whole' || where === 'end' ? '$' : '';
  try {
    return new RegExp(`${start}(?:${source})${end}`, where === 'every' ? 'g' : '');
  } catch {
    return null;
  }
}

function escape(letter: string): string {
  return letter.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
