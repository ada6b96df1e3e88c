/** Makes a request's parts from the frame of a shim or a git hook. The border where bytes become types; throws `frame.bad`. */
import { z } from 'zod';
import { BelayError, causeText } from '../errors.ts';
import type { Frame } from './frame.ts';

const shimHeader = z.looseObject({
  v: z.literal(1),
  pid: z.int().nonnegative(),
  ppid: z.int().nonnegative(),
  argc: z.int().nonnegative(),
  envc: z.int().nonnegative(),
  truncated: z.int().default(0),
  again: z.int().default(0),
  line: z.int().default(0),
  stdinLength: z.int().nonnegative().default(0),
});

/** What a shim or a hook said, decoded. */
export interface ShimMessage {
  readonly pid: number;
  readonly parent: number;
  /** The caller lost its daemon while it was held, and asks again for the same request. */
  readonly again: boolean;
  /** The asker is a shell that shows a line before it runs it: the one to be released is its parent. */
  readonly line: boolean;
  readonly truncated: boolean;
  readonly cwd: string;
  readonly program: string | null;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Some bytes are not UTF-8, so that the text shown is not exactly what would run. */
  readonly lossy: boolean;
}

/** Returns the decoded message of an EXEC or HOOK frame. */
export function decodeShimFrame(frame: Frame): ShimMessage {
  const parsed = shimHeader.safeParse(frame.header);
  if (!parsed.success) throw new BelayError('frame.bad', { cause: z.prettifyError(parsed.error) });
  const header = parsed.data;
  const strings = new NulStrings(frame.blob);
  try {
    const cwd = strings.next();
    const program = strings.next();
    const argv = strings.take(header.argc);
    const env: Record<string, string> = {};
    for (const entry of strings.take(header.envc)) {
      const equals = entry.indexOf('=');
      if (equals > 0) env[entry.slice(0, equals)] = entry.slice(equals + 1);
    }
    const stdin = strings.rest(header.stdinLength);
    if (argv.length === 0) throw new Error('it has no arguments');
    return {
      pid: header.pid,
      parent: header.ppid,
      again: header.again === 1,
      line: header.line === 1,
      truncated: header.truncated === 1,
      cwd,
      program: program === '' ? null : program,
      argv,
      env,
      stdin,
      lossy: strings.lossy,
    };
  } catch (thrown) {
    throw new BelayError('frame.bad', { cause: causeText(thrown) }, thrown);
  }
}

/** Reads NUL-ended strings off a buffer. */
class NulStrings {
  readonly #bytes: Buffer;
  #at = 0;
  lossy = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new Error('a string has no end');
    const text = this.#decode(this.#bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return text;
  }

  take(count: number): string[] {
    const strings: string[] = [];
    for (let i = 0; i < count; i++) strings.push(this.next());
    return strings;
  }

  rest(length: number): string {
    return this.#decode(this.#bytes.subarray(this.#at, this.#at + length));
  }

  #decode(bytes: Buffer): string {
    const text = bytes.toString('utf8');
    if (!this.lossy && text.includes('\uFFFD') && !Buffer.from(text).equals(bytes)) this.lossy = true;
    return text;
  }
}
