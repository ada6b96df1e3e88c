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
  const stdinAt = frame.blob.length - header.stdinLength;
  const bytes = frame.blob.subarray(0, Math.max(0, stdinAt));
  const text = bytes.toString('utf8');
  const strings = text.split('\0');
  try {
    if (stdinAt < 0 || strings.length !== header.argc + header.envc + 3)
      throw new Error('its strings are not as many as it says');
    const [cwd = '', program = ''] = strings;
    const argv = strings.slice(2, 2 + header.argc);
    const env: Record<string, string> = {};
    for (const entry of strings.slice(2 + header.argc, -1)) {
      const equals = entry.indexOf('=');
      if (equals > 0) env[entry.slice(0, equals)] = entry.slice(equals + 1);
    }
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
      stdin: frame.blob.toString('utf8', stdinAt),
      lossy: text.includes('\uFFFD') && !Buffer.from(text).equals(bytes),
    };
  } catch (thrown) {
    throw new BelayError('frame.bad', { cause: causeText(thrown) }, thrown);
  }
}
