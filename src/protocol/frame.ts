/**
 * One frame of the socket: 16 bytes of prefix, then a JSON header, then raw bytes. Pure.
 *
 *   "BLY1" | 4 letters of type | u32le header length | u32le blob length | header (UTF-8 JSON) | blob
 *
 * Arguments, folders and environment travel in the blob as NUL-separated bytes, since JSON would change what is not
 * UTF-8 and the judged command would differ from the one that runs. Lengths are checked before anything is allocated.
 * The C client (`shims/belay-shim.c`) writes the same and reads only the type and the blob of an answer.
 */
import { BelayError } from '../errors.ts';

export const MAGIC = 'BLY1';
export const PREFIX_BYTES = 16;
/** Header and blob together. A client with more to say sends what fits and marks it truncated. */
export const MAX_FRAME_BYTES = 1_048_576;

/** Frame types. Requests: EXEC (a shim), HOOK (a git hook), CALL (the command-line tool). Answers: the rest. */
export const FRAME_TYPES = [
  'EXEC', // shim → daemon: may this run? blob: cwd, argv…, env…
  'HOOK', // git hook → daemon: blob: cwd, argv…, env…, stdin
  'DONE', // shim → daemon: the outcome. header: {v, exit} or {v, signal}
  'CALL', // cli → daemon: header {v, method, params}
  'ALOW', // run it; blob empty, or for HOOK the path of the repository's own hook
  'WTCH', // run it as a child, and send DONE with its outcome; blob: text for stderr, may be empty
  'DENY', // do not run it; blob: text for stderr; the shim exits 1
  'HELD', // wait; blob: text for stderr; an answer follows on the same connection
  'NOTE', // text for stderr in the blob; an answer follows
  'PROG', // daemon → cli: progress or an event; header {…}; more follows
  'DATA', // daemon → cli: the answer; header {result}
  'FAIL', // daemon → cli: header {code, message, next}
] as const;
export type FrameType = (typeof FRAME_TYPES)[number];

export interface Frame {
  readonly type: FrameType;
  readonly header: Readonly<Record<string, unknown>>;
  readonly blob: Buffer;
}

const TYPES: ReadonlySet<string> = new Set(FRAME_TYPES);

function isFrameType(text: string): text is FrameType {
  return TYPES.has(text);
}

/** Returns the bytes of a frame. Throws `frame.too-large` over the limit. */
export function encodeFrame(type: FrameType, header: object = {}, blob: Buffer | string = Buffer.alloc(0)): Buffer {
  const head = Buffer.from(JSON.stringify(header));
  const body = typeof blob === 'string' ? Buffer.from(blob) : blob;
  const bytes = head.length + body.length;
  if (bytes > MAX_FRAME_BYTES) throw new BelayError('frame.too-large', { bytes, max: MAX_FRAME_BYTES });
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.write(MAGIC + type, 0, 'latin1');
  prefix.writeUInt32LE(head.length, 8);
  prefix.writeUInt32LE(body.length, 12);
  return Buffer.concat([prefix, head, body]);
}

/**
 * Collects bytes into frames. One per connection. `push` returns the frames that are complete; it throws `frame.bad`,
 * `frame.version` or `frame.too-large` as soon as a prefix shows it, after which the connection must be closed.
 */
export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;

  /** Whether a frame has begun and is not complete: for the time limit on slow clients. */
  get isPartial(): boolean {
    return this.#length > 0;
  }

  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const frames: Frame[] = [];
    for (;;) {
      if (this.#length < 4) break;
      const start = this.#peek(Math.min(this.#length, PREFIX_BYTES));
      const sizes = readPrefix(start);
      if (sizes === null || this.#length < PREFIX_BYTES + sizes.header + sizes.blob) break;
      const whole = this.#take(PREFIX_BYTES + sizes.header + sizes.blob);
      frames.push({
        type: sizes.type,
        header: readHeader(whole.subarray(PREFIX_BYTES, PREFIX_BYTES + sizes.header)),
        blob: whole.subarray(PREFIX_BYTES + sizes.header),
      });
    }
    return frames;
  }

  #peek(bytes: number): Buffer {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= bytes) return first.subarray(0, bytes);
    this.#chunks = [Buffer.concat(this.#chunks)];
    return (this.#chunks[0] ?? Buffer.alloc(0)).subarray(0, bytes);
  }

  #take(bytes: number): Buffer {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks);
    this.#chunks = all.length > bytes ? [all.subarray(bytes)] : [];
    this.#length = all.length - bytes;
    return all.subarray(0, bytes);
  }
}

/** Returns the type and sizes of a prefix, or null when it is not complete. Throws when it can't be one. */
function readPrefix(start: Buffer): { type: FrameType; header: number; blob: number } | null {
  const magic = start.toString('latin1', 0, 4);
  if (magic !== MAGIC) {
    if (magic.startsWith('BLY'))
      throw new BelayError('frame.version', { version: magic.slice(3), ours: MAGIC.slice(3) });
    throw new BelayError('frame.bad', { cause: 'it does not start with BLY1' });
  }
  if (start.length < PREFIX_BYTES) return null;
  const type = start.toString('latin1', 4, 8);
  if (!isFrameType(type)) throw new BelayError('frame.bad', { cause: `unknown type ${JSON.stringify(type)}` });
  const header = start.readUInt32LE(8);
  const blob = start.readUInt32LE(12);
  if (header + blob > MAX_FRAME_BYTES) {
    throw new BelayError('frame.too-large', { bytes: header + blob, max: MAX_FRAME_BYTES });
  }
  return { type, header, blob };
}

function readHeader(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = bytes.length === 0 ? {} : JSON.parse(bytes.toString());
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (thrown) {
    throw new BelayError('frame.bad', { cause: 'its header is not JSON' }, thrown);
  }
  throw new BelayError('frame.bad', { cause: 'its header is not an object' });
}
