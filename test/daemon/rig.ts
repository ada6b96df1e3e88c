// A daemon of its own in a fresh home folder, and callers that speak its frames as shims, command lines and strangers do.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonClient } from '../../src/daemon/client.ts';
import type { Method, Params, Results } from '../../src/protocol/calls.ts';
import { encodeFrame, type Frame, FrameReader, type FrameType } from '../../src/protocol/frame.ts';
import { BELAY, buildProduct } from '../scenario/product.ts';

const WAIT_MS = 20_000;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Asked {
  readonly cwd?: string;
  readonly session?: string;
  readonly again?: boolean;
  readonly home?: string;
}

/** Returns what a shell's shim sends for `bash -c LINE`. */
export function execFrame(
  line: string,
  { cwd = '/', session = '', again = false, home = '/nonexistent' }: Asked,
): Buffer {
  const argv = ['bash', '-c', line];
  const env = [`HOME=${home}`, 'PATH=/usr/bin:/bin', ...(session === '' ? [] : [`BELAY_SESSION=${session}`])];
  const blob = [cwd, '/usr/bin/bash', ...argv, ...env].map((text) => `${text}\0`).join('');
  const header = { v: 1, pid: process.pid, ppid: process.ppid, argc: argv.length, envc: env.length };
  return encodeFrame('EXEC', { ...header, again: again ? 1 : 0 }, blob);
}

/** One connection to the daemon, as any program may make it. Every frame that comes back is kept. */
export class Caller {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  isClosed = false;
  #reader = new FrameReader();
  #wake: (() => void)[] = [];

  constructor(path: string) {
    this.socket = connect(path);
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk) => {
      this.frames.push(...this.#reader.push(chunk));
      this.#woken();
    });
    this.socket.on('close', () => {
      this.isClosed = true;
      this.#woken();
    });
  }

  send(type: FrameType, header: object, blob: Buffer | string = ''): void {
    this.socket.write(encodeFrame(type, header, blob));
  }

  /** Sends what a shell's shim sends for `bash -c LINE`. */
  ask(line: string, options: Asked = {}): this {
    this.socket.write(execFrame(line, options));
    return this;
  }

  /** Resolves to the first frame of one of these types. Throws when the connection ends without. */
  async first(...types: readonly FrameType[]): Promise<Frame> {
    const found = (): Frame | undefined => this.frames.find((frame) => types.includes(frame.type));
    await this.until(`${types.join(' or ')}`, () => found() !== undefined || this.isClosed);
    const frame = found();
    if (frame === undefined) throw new Error(`closed before ${types.join(' or ')}: ${this.text}`);
    return frame;
  }

  /** Resolves to the id under which it is held. */
  async held(): Promise<string> {
    return String((await this.first('HELD')).header['id']);
  }

  /** Resolves to what became of it: ALOW, WTCH or DENY. */
  async verdict(): Promise<FrameType> {
    return (await this.first('ALOW', 'WTCH', 'DENY')).type;
  }

  /** Says that the released command has ended, as a shim does, and waits until the daemon has taken note. */
  async done(): Promise<void> {
    this.send('DONE', { v: 1, exit: 0 });
    await this.closed();
  }

  async closed(): Promise<void> {
    await this.until('its end', () => this.isClosed);
  }

  /** All that was said, for messages and for looking words up in it. */
  get text(): string {
    return this.frames
      .map((frame) => `${frame.type} ${JSON.stringify(frame.header)} ${frame.blob.toString()}`)
      .join('\n');
  }

  drop(): void {
    this.socket.destroy();
  }

  async until(what: string, isSo: () => boolean): Promise<void> {
    const deadline = Date.now() + WAIT_MS;
    while (!isSo()) {
      if (Date.now() > deadline) throw new Error(`did not come: ${what}; came: ${this.text}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #woken(): void {
    for (const resolve of this.#wake.splice(0)) resolve();
  }
}

/** A person's machine with one daemon on it. */
export class Machine {
  readonly folder: string;
  readonly home: string;
  readonly work: string;
  readonly state: string;
  readonly socket: string;
  readonly env: Record<string, string>;
  #daemon: ChildProcess | null = null;
  readonly #callers: Caller[] = [];
  readonly #others: ChildProcess[] = [];
  readonly #sessions: DaemonClient[] = [];

  constructor({ runtime = false } = {}) {
    buildProduct();
    this.folder = mkdtempSync(join(tmpdir(), 'bf-'));
    this.home = join(this.folder, 'h');
    this.work = join(this.home, 'work');
    mkdirSync(this.work, { recursive: true });
    this.state = join(this.home, '.local/state/belay');
    this.env = { HOME: this.home, PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' };
    if (runtime) {
      this.env['XDG_RUNTIME_DIR'] = join(this.folder, 'r');
      mkdirSync(join(this.folder, 'r'), { mode: 0o700 });
    }
    this.socket = runtime ? join(this.folder, 'r/belay/belay.sock') : join(this.state, 'run/belay.sock');
  }

  get pid(): number {
    return this.#daemon?.pid ?? 0;
  }

  configure(toml: string): void {
    mkdirSync(join(this.home, '.config/belay'), { recursive: true });
    writeFileSync(join(this.home, '.config/belay/config.toml'), toml);
  }

  /** Starts a daemon and resolves once it answers. `wrapper`: words in front of the command. */
  async start(wrapper: readonly string[] = []): Promise<void> {
    const child = this.serve(wrapper);
    let said = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
    });
    this.#daemon = child;
    await eventually('the daemon', async () => {
      if (child.exitCode !== null) throw new Error(`the daemon ended: ${said}`);
      try {
        (await DaemonClient.connect(this.socket)).close();
        return true;
      } catch {
        return null;
      }
    });
  }

  /** Starts a session of this process in the work folder; it lasts until its client is closed, at the latest with the machine. */
  async startSession(id: string): Promise<DaemonClient> {
    const session = await DaemonClient.connect(this.socket);
    this.#sessions.push(session);
    await session.call('session.start', {
      id,
      pid: process.pid,
      workspace: this.work,
      command: ['agent'],
      agent: null,
      terminal: null,
    });
    return session;
  }

  /** Starts `belay daemon serve` and does not wait. */
  serve(wrapper: readonly string[] = []): ChildProcess {
    const [program = '', ...args] = [...wrapper, process.execPath, BELAY, 'daemon', 'serve'];
    const child = spawn(program, args, { env: this.env, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    this.#others.push(child);
    return child;
  }

  /** Kills the daemon, as nobody may who wants to keep anything. Resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#daemon;
    if (child === null || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  get isRunning(): boolean {
    return this.#daemon !== null && this.#daemon.exitCode === null && this.#daemon.signalCode === null;
  }

  caller(): Caller {
    const caller = new Caller(this.socket);
    this.#callers.push(caller);
    return caller;
  }

  /** Asks for a line in the work folder, in a session's name when one is given. */
  ask(line: string, options: { readonly session?: string; readonly again?: boolean } = {}): Caller {
    return this.caller().ask(line, { cwd: this.work, home: this.home, ...options });
  }

  /** Calls one method on a connection of its own. */
  async call<M extends Method>(method: M, params: Params<M>): Promise<Results[M]> {
    const client = await DaemonClient.connect(this.socket);
    try {
      return await client.call(method, params);
    } finally {
      client.close();
    }
  }

  answer(id: string, granted: boolean, confirm: string | null = null): Promise<unknown> {
    return this.call('held.answer', { id, granted, reason: granted ? null : 'no', confirm });
  }

  belay(args: readonly string[], env: Record<string, string> = {}, wrapper: readonly string[] = []): Promise<Ended> {
    const [program = '', ...words] = [...wrapper, process.execPath, BELAY, ...args];
    return ended(
      spawn(program, words, { env: { ...this.env, ...env }, cwd: this.work, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  /** Memory that the daemon holds now, in bytes. */
  rss(): number {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'));
    return Number(line?.[1] ?? 0) * 1024;
  }

  /** Files that the daemon has open now. */
  openFiles(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** Ends all that lives here. */
  async close(beforeRemoving: () => void = () => {}): Promise<void> {
    for (const caller of this.#callers) caller.drop();
    for (const session of this.#sessions) session.close();
    for (const child of this.#others) if (child.exitCode === null) child.kill('SIGKILL');
    await eventually('the end of all that was started here', () => {
      const left = this.#processes();
      for (const pid of left) process.kill(pid, 'SIGKILL');
      return left.length === 0 ? true : null;
    });
    beforeRemoving();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What was started here and lives, by its home folder: a daemon that the command line started is no child of ours. */
  #processes(): readonly number[] {
    return readdirSync('/proc').flatMap((name) => {
      const pid = Number(name);
      if (!Number.isInteger(pid) || pid === process.pid) return [];
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
        const isLive = !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
        return isLive && environment.includes(`HOME=${this.home}`) ? [pid] : [];
      } catch {
        return []; // it is gone
      }
    });
  }
}

/** Resolves when the child has ended and its output is read. */
export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    stdout += bytes.toString();
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    stderr += bytes.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Asks again until there is an answer: for what no event tells. */
export async function eventually<T>(what: string, ask: () => Promise<T | null> | T | null): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const found = await ask();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`it did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
