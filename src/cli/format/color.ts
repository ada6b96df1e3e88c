/** When to colour, and with what. Colours only repeat what the words say. */
import pc from 'picocolors';

export type Palette = ReturnType<typeof pc.createColors>;

/** Whether to colour what is written to `stream`: a terminal that can, unless NO_COLOR or FORCE_COLOR says otherwise. */
export function useColor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const forced = env['FORCE_COLOR'];
  if ((env['NO_COLOR'] ?? '') !== '') return false; // no-color.org: whatever it holds, if anything
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** Returns colours that do nothing unless `enabled`. */
export function palette(enabled: boolean): Palette {
  return pc.createColors(enabled);
}

/** Returns `word` in the colour of a decision: what runs, what waits, what does not run. */
export function paintDecision(colors: Palette, decision: 'allow' | 'ask' | 'deny', word: string): string {
  if (decision === 'allow') return colors.green(word);
  return decision === 'ask' ? colors.bold(colors.yellow(word)) : colors.bold(colors.red(word));
}
