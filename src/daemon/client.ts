/** The command-line tool's end of the socket: calls with answers, progress on the way, and starting the daemon when it is away. */
import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BelayError, causeText, isErrorCode } from '../errors.ts';
import { peerCredentials } from '../platform/peer-credentials.ts';
import type { Method, Params, Results } from '../protocol/calls.ts';
import { encodeFrame, type Frame, FrameReader } from '../protocol/frame.ts';

/** How long a started daemon may take until it answers. Node starts in 0.07 to 0.3 s here; a busy machine takes longer. */
const START_MS = 15_000;
const RETRY_MS = 20;

/** How the daemon is started: the Node and the script that this process runs by. */
export interface DaemonStart {
  readonly socket: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An error that the daemon answered with: its code may be of a newer version, so it is kept as text. */
export class CallError extends Error {
  readonly code: string;
  readonly next: string;

  constructor(code: string, message: string, next: string) {
    super(message);
    this.name = 'CallError';
    this.code = code;
    this.next = next;
  }
}

/** One connection to the daemon. Calls are answered in turn. */
export class DaemonClient {
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  #take: ((frame: Frame | null) => void) | null = null;
  readonly #frames: Frame[] = [];
  #closed = false;
  /** What came that is no frame. */
  #fault: unknown = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of this.#reader.push(chunk)) {
          if (this.#take === null) this.#frames.push(frame);
          else this.#give(frame);
        }
      } catch (thrown) {
        this.#fault = thrown;
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#closed = true;
      this.#give(null);
    });
  }

  /** Resolves to a connection, or throws `daemon.unreachable`. Refuses a server that runs as another user. */
  static async connect(path: string): Promise<DaemonClient> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (error) =>
        reject(new BelayError('daemon.unreachable', { socket: path, cause: causeText(error) }, error)),
      );
    });
    const server = peerCredentials(socket);
    const mine = process.getuid?.();
    if (mine !== undefined && server?.uid !== mine) {
      socket.destroy();
      const found = server === null ? 'a server that does not tell its user' : `a server of user ${server.uid}`;
      throw new BelayError('daemon.socket-squatted', { socket: path, found });
    }
    return new DaemonClient(socket);
  }

  /** Resolves to a connection, starting the daemon when there is none. */
  static async connectOrStart(start: DaemonStart): Promise<DaemonClient> {
    try {
      return await DaemonClient.connect(start.socket);
    } catch (thrown) {
      if (!(thrown instanceof BelayError) || thrown.code !== 'daemon.unreachable') throw thrown;
    }
    await startDaemon(start);
    return DaemonClient.connect(start.socket);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Resolves when the connection has ended. */
  closed(): Promise<void> {
    return this.#closed ? Promise.resolve() : new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }

  /** Resolves to the method's answer. `onProgress` gets what comes before it. Throws what the daemon failed with. */
  async call<M extends Method>(
    method: M,
    params: Params<M>,
    onProgress?: (progress: Readonly<Record<string, unknown>>) => void,
  ): Promise<Results[M]> {
    this.#socket.write(encodeFrame('CALL', { v: 1, method }, JSON.stringify(params)));
    const parts: Buffer[] = [];
    for (;;) {
      const frame = await this.#next();
      if (frame === null && this.#fault !== null) throw this.#fault;
      if (frame === null)
        throw new BelayError('daemon.unreachable', { socket: 'its socket', cause: 'the connection was closed' });
      if (frame.type === 'PROG') onProgress?.(frame.header);
      else if (frame.type === 'DATA') {
        parts.push(frame.blob);
        // our own daemon of the same protocol version: the types of Results hold for what it sends
        if (frame.header['more'] !== true) return JSON.parse(Buffer.concat(parts).toString()) as Results[M];
      } else if (frame.type === 'FAIL') throw failure(frame.header);
    }
  }

  close(): void {
    this.#socket.end();
  }

  #next(): Promise<Frame | null> {
    const frame = this.#frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    if (this.#closed) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  #give(frame: Frame | null): void {
    const take = this.#take;
    this.#take = null;
    take?.(frame);
  }
}

function failure(header: Readonly<Record<string, unknown>>): Error {
  const text = (name: string): string => (typeof header[name] === 'string' ? header[name] : '');
  const code = text('code');
  return new CallError(isErrorCode(code) ? code : 'daemon.failed', text('message'), text('next'));
}

/** Starts the daemon in a session of its own and resolves once it accepts connections. Throws `daemon.unreachable`. */
export async function startDaemon(start: DaemonStart): Promise<void> {
  const [program, ...args] = start.command;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(start.env)) {
    if (value !== undefined && !name.startsWith('BELAY_')) env[name] = value;
  }
  const child = spawn(program ?? process.execPath, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
    cwd: '/',
  });
  let said = '';
  let ended = false;
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.once('exit', () => {
    ended = true;
  });
  child.unref();
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      (await DaemonClient.connect(start.socket)).close();
      child.stderr.destroy();
      return;
    } catch (thrown) {
      if (!(thrown instanceof BelayError) || thrown.code !== 'daemon.unreachable') throw thrown;
      if (ended && said !== '')
        throw new BelayError('daemon.unreachable', { socket: start.socket, cause: said.trim() });
      if (Date.now() > deadline) throw thrown;
    }
    await sleep(RETRY_MS);
  }
}
