/** Tokens of languages that have no grammar here, by CodeMirror's stream modes. Never throws; any text gives tokens. */
import { type StreamParser, StringStream } from '@codemirror/streamparser';

export interface Token {
  /** The mode's name for it: `string`, `keyword`, `variable`, `comment`; empty for punctuation. */
  readonly style: string;
  readonly text: string;
  /** True for the first token of a line. */
  readonly opensLine: boolean;
}

/** Work in terms of an advance of a parser: a token, a letter looked at, and one of the line before, which modes look back over. */
const TOKEN_COST = 1.25;
const LETTER_COST = 0.025;
const LOOK_BACK_COST = 0.0007;

/** Counts the letters that a mode looks at: some look through the rest of the line at each. */
class MeteredStream extends StringStream {
  letters = 0;

  override eat(match: Parameters<StringStream['eat']>[0]): string | void {
    this.letters += 1;
    return super.eat(match);
  }
}

/** Returns the tokens of `text`, without comments, as far as `spend` lets it read. */
export function tokens<State>(
  mode: StreamParser<State>,
  text: string,
  spend: (work: number) => boolean,
): readonly Token[] {
  const state = mode.startState === undefined ? null : mode.startState(2);
  const found: Token[] = [];
  if (state === null) return found;
  for (const line of text.split('\n')) {
    const stream = new MeteredStream(line, 2, 2);
    let opensLine = true;
    if (line === '') mode.blankLine?.(state, 2);
    while (!stream.eol()) {
      if (!spend(TOKEN_COST + stream.letters * LETTER_COST + stream.pos * LOOK_BACK_COST)) return found;
      stream.letters = 0;
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
