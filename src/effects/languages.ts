/**
 * Readers of code in other languages, by language. Each reads text alone and tells what it would do; a language without a
 * reader has none, and its code is then told by its flow only.
 */
import { readAwk } from './languages/awk.ts';
import { readJavaScript } from './languages/javascript.ts';
import { readLua } from './languages/lua.ts';
import { readMongo } from './languages/mongo.ts';
import { readPerl } from './languages/perl.ts';
import { readPhp } from './languages/php.ts';
import { readPython } from './languages/python.ts';
import { readRuby } from './languages/ruby.ts';
import { readSql } from './languages/sql.ts';
import type { Call, Reading } from './program.ts';

/** Reads code: strict facts from a clean parse, `opaque` for what can't be resolved and could harm. */
export type LanguageReader = (text: string, call: Call) => Reading;

/** The readers, by the names that program tables use. */
export const languages: Readonly<Record<string, LanguageReader>> = {
  awk: readAwk,
  javascript: readJavaScript,
  lua: readLua,
  mongo: readMongo,
  perl: readPerl,
  php: readPhp,
  python: readPython,
  ruby: readRuby,
  sql: readSql,
  typescript: readJavaScript,
};
