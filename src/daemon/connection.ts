/**
 * One connection of the socket: reads frames, hands them on, writes answers. A state machine with three ends: the peer
 * closes, it breaks the rules (bad frame, too large, too slow, another user), or it was answered.
 *
 *   open ─▶ EXEC/HOOK ─▶ [HELD …] ─▶ ALOW | WTCH | DENY ─▶ (WTCH: DONE) ─▶ closed
 *        └▶ CALL ─▶ [PROG …] ─▶ DATA | FAIL ─▶ CALL …
 */
import type { Socket } from 'node:net';
import { BelayError, causeText } from '../errors.ts';
import { type PeerCredentials, peerCredentials } from '../platform/peer-credentials.ts';
import { processInfo } from '../platform/process-info.ts';
import { encodeFrame, type Frame, FrameReader, type FrameType, MAX_FRAME_BYTES } from '../protocol/frame.ts';

/** How long a frame that has begun may take to arrive. */
const FRAME_MS = 2_000;
/** How long a new connection may say nothing. */
const FIRST_BYTE_MS = 10_000;

/** What a frame's handler may do with the connection it came on. */
export interface Peer {
  readonly credentials: PeerCredentials;
  /** When its process started, read as it connected: tells later whether the pid is still that process. */
  readonly startTime: string | null;
  /** Aborts when the other side goes away. */
  readonly gone: AbortSignal;
  send(type: FrameType, header?: object, blob?: string | Buffer): void;
  /** Resolves with the next frame, or null when the other side goes away first. */
  next(): Promise<Frame | null>;
  close(): void;
}

export interface ConnectionHandlers {
  /** Called for each frame that nobody waits for. What it throws is answered with FAIL. */
  readonly onFrame: (frame: Frame, peer: Peer) => Promise<void>;
  readonly onTrouble: (trouble: string) => void;
}

/** Serves one connection until it closes. A peer of another user is turned away before a byte of it is read. */
export function serveConnection(socket: Socket, handlers: ConnectionHandlers): void {
  const credentials = peerCredentials(socket);
  const mine = process.getuid?.();
  if (credentials === null || (mine !== undefined && credentials.uid !== mine)) {
    handlers.onTrouble(`turned away a connection of user ${credentials?.uid ?? 'unknown'}`);
    socket.destroy();
    return;
  }
  const reader = new FrameReader();
  const gone = new AbortController();
  let waiting: ((frame: Frame | null) => void) | null = null;
  let hasSpoken = false;
  let slow: NodeJS.Timeout | null = setTimeout(
    () => fail(new BelayError('frame.bad', { cause: 'nothing came' })),
    FIRST_BYTE_MS,
  );

  let started: { readonly time: string | null } | null = null; // read for calls alone: it costs a shim too much
  const peer: Peer = {
    credentials,
    get startTime() {
      started ??= { time: credentials.pid === null ? null : (processInfo(credentials.pid)?.startTime ?? null) };
      return started.time;
    },
    gone: gone.signal,
    send: (type, header, blob) => {
      if (!socket.writable) return;
      try {
        socket.write(encodeFrame(type, header, blob));
      } catch (thrown) {
        socket.write(
          encodeFrame('FAIL', {
            code: 'frame.too-large',
            message: causeText(thrown),
            next: `Ask for less than ${MAX_FRAME_BYTES} bytes.`,
          }),
        );
      }
    },
    next: () =>
      new Promise((resolve) => {
        if (gone.signal.aborted) resolve(null);
        else waiting = resolve;
      }),
    close: () => socket.end(),
  };

  function fail(error: BelayError): void {
    handlers.onTrouble(error.message);
    peer.send('FAIL', { code: error.code, message: error.message, next: error.next });
    socket.destroySoon();
  }

  /** The clock of a frame starts with its first byte, and more bytes of the same frame do not set it back. */
  function clock(isFirst: boolean, hasEnded: boolean): void {
    if (slow !== null && (isFirst || hasEnded)) {
      clearTimeout(slow);
      slow = null;
    }
    if (slow === null && reader.isPartial)
      slow = setTimeout(() => fail(new BelayError('frame.bad', { cause: 'it took too long' })), FRAME_MS);
  }

  function deliver(frame: Frame): void {
    if (frame.type === 'CALL') void peer.startTime; // who asks is who is there now
    if (waiting !== null) {
      const resolve = waiting;
      waiting = null;
      resolve(frame);
      return;
    }
    handlers.onFrame(frame, peer).catch((thrown: unknown) => {
      const error =
        thrown instanceof BelayError ? thrown : new BelayError('daemon.failed', { cause: causeText(thrown) });
      if (error.code === 'frame.bad') return fail(error);
      if (error.code === 'daemon.failed')
        handlers.onTrouble(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
      peer.send('FAIL', { code: error.code, message: error.message, next: error.next });
    });
  }

  socket.on('data', (chunk: Buffer) => {
    try {
      const frames = reader.push(chunk);
      clock(!hasSpoken, frames.length > 0);
      hasSpoken = true;
      for (const frame of frames) deliver(frame);
    } catch (thrown) {
      fail(thrown instanceof BelayError ? thrown : new BelayError('frame.bad', { cause: causeText(thrown) }, thrown));
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    if (slow !== null) clearTimeout(slow);
    gone.abort('gone'); // without a reason Node would make an error with a stack for each connection
    waiting?.(null);
  });
}
