/** Tokens of languages that have no grammar here, by CodeMirror's stream modes. Never throws; any text gives tokens. */
import { type StreamParser, StringStream } from '@codemirror/streamparser';

export interface Token {
  /** The mode's name for it: `string`, `keyword`, `variable`, `comment`; empty for punctuation. */
  readonly style: string;
  readonly text: string;
  /** True for the first token of a line. */
  readonly opensLine: boolean;
}

/** Returns the tokens of `text`, without comments. */
export function tokens<State>(mode: StreamParser<State>, text: string): readonly Token[] {
  const state = mode.startState === undefined ? null : mode.startState(2);
  const found: Token[] = [];
  if (state === null) return found;
  for (const line of text.split('\n')) {
    const stream = new StringStream(line, 2, 2);
    let opensLine = true;
    if (line === '') mode.blankLine?.(state, 2);
    while (!stream.eol()) {
      stream.start = stream.pos;
      const style = mode.token(stream, state) ?? '';
      if (stream.pos === stream.start) {
        // Some modes need a second call after they changed their state, and none needs a third.
        mode.token(stream, state);
        if (stream.pos === stream.start) stream.next();
      }
      const piece = stream.current();
      if (piece.trim() === '' || style === 'comment') continue;
      found.push({ style, text: piece, opensLine });
      opensLine = false;
    }
  }
  return found;
}
