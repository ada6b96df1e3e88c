/**
 * Readers of code in other languages, by language. Each reads text alone and tells what it would do; a language without a
 * reader has none, and its code is then told by its flow only.
 */
import type { Call, Reading } from './program.ts';

/** Reads code: strict facts from a clean parse, `opaque` for what can't be resolved and could harm. */
export type LanguageReader = (text: string, call: Call) => Reading;

/** The readers, by the names that program tables use: `python`, `javascript`, `perl`, `ruby`, `php`, `awk`, `sql`. */
export const languages: Readonly<Record<string, LanguageReader>> = {};
