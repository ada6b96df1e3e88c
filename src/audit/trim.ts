/**
 * What of a record is stored: its JSON, with long texts cut and said to be cut. Pure. Environments are no part of a
 * record; contents of files and hooks' input are kept to 4 KB. Secrets that a command line itself names are stored as
 * they stand: the journal is a file of mode 0600 in a folder of mode 0700.
 */
import type { Action } from '../protocol/request.ts';
import type { JournalRecord } from './record.ts';

const MAX_COMMAND_CHARS = 65_536;
const MAX_CONTENT_CHARS = 4_096;
/** Of any other text of a record: a span repeats a piece of a command that is stored above it. */
const MAX_TEXT_CHARS = 16_384;
const MAX_ARGUMENTS = 2_000;
/** Beyond it, the evidence is left out: it is the only part that grows with the number of effects. */
const MAX_BODY_CHARS = 524_288;

/** Returns the text of `record` to be stored, and to be chained over. */
export function storedBody(record: JournalRecord): string {
  const body = JSON.stringify(trimRecord(record), cutLongText);
  if (body.length <= MAX_BODY_CHARS || record.kind !== 'verdict') return body;
  const reasons = record.verdict.reasons.slice(0, 50);
  return JSON.stringify(
    trimRecord({ ...record, evidence: null, verdict: { ...record.verdict, reasons, obligations: [] } }),
    cutLongText,
  );
}

function trimRecord(record: JournalRecord): JournalRecord {
  if (record.kind === 'verdict') return { ...record, action: trimAction(record.action) };
  if (record.kind === 'session-start') return { ...record, command: trimArguments(record.command) };
  return record;
}

function trimAction(action: Action): Action {
  switch (action.kind) {
    case 'command':
      return action;
    case 'exec':
      return { ...action, argv: trimArguments(action.argv) };
    case 'tool':
      return { ...action, content: action.content === null ? null : cut(action.content, MAX_CONTENT_CHARS) };
    case 'hook':
      return { ...action, args: trimArguments(action.args), stdin: cut(action.stdin, MAX_CONTENT_CHARS) };
    default:
      return action satisfies never;
  }
}

function trimArguments(words: readonly string[]): readonly string[] {
  if (words.length <= MAX_ARGUMENTS) return words;
  return [...words.slice(0, MAX_ARGUMENTS), `… [${words.length - MAX_ARGUMENTS} more arguments]`];
}

/** For `JSON.stringify`: a command's own text (an action's, a held request's) may be longer than any other. */
function cutLongText(this: unknown, key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const isCommand =
    key === 'command' || (key === 'text' && typeof this === 'object' && this !== null && 'dialect' in this);
  return cut(value, isCommand ? MAX_COMMAND_CHARS : MAX_TEXT_CHARS);
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}… [${text.length - max} more characters]`;
}
