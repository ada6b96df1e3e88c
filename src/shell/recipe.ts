/**
 * Lines of a makefile as people paste them: what make fills in before a shell sees the line. Pure. A shell refuses such a
 * line as it stands, so that reading it as make would can only add to what it does.
 */

/** `$<`, the first prerequisite (GNU make 4.4, automatic variables), where a shell finds a redirection to nowhere. */
const FIRST_PREREQUISITE = /\$<(?=[\s;|)"'>]|$)/g;

/** `$(Q) if …`, `$(AM_V_GEN)( … )`: a variable that holds `@` or nothing, before a compound command. */
const SILENCER = /^([ \t]*)(\$\([A-Z]\w*\))(?=[ \t]*(?:\(|(?:if|for|while|until|case)[ \t]|\{[ \t]))/gm;

/** Returns `text` with words that are not known where make fills something in, of the same length; null when nothing is. */
export function asRecipe(text: string): string | null {
  const read = text
    .replace(FIRST_PREREQUISITE, '$$_')
    .replace(SILENCER, (_, blanks: string, variable: string) => blanks + ' '.repeat(variable.length));
  return read === text ? null : read;
}
