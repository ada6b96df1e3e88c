// The shim as it stands in PATH, and a small server that answers it as a test says.
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeFrame, type Frame, FrameReader } from '../../src/protocol/frame.ts';
import { linkShims, type ShimFolders } from '../../src/session/shim-links.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const REAL_PATH = '/usr/local/bin:/usr/bin:/bin';

/** Returns a fresh folder. */
export function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'belay-shim-'));
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Compiles the shim of this machine into `folder` and returns its path. */
export function compileShim(folder: string): string {
  const program = join(folder, 'belay-shim');
  const done = spawnSync('node', [join(ROOT, 'shims/build.mjs'), '--compile-only', program], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return program;
}

/** Makes the links of a package that has no native shim, inside `folder`. */
export function linkFallback(folder: string): ShimFolders {
  const root = join(folder, 'package');
  mkdirSync(join(root, 'shims'), { recursive: true });
  for (const name of ['shims/belay-shim.sh', 'shims/fallback-client.mjs'])
    copyFileSync(join(ROOT, name), join(root, name));
  symlinkSync(join(ROOT, 'dist'), join(root, 'dist'));
  return linkShims(root, join(folder, 'linked'));
}

/** Makes `folder/bin` with a link of each name to `program`, and returns it. */
export function linkNames(folder: string, program: string, names: readonly string[]): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const name of names) symlinkSync(program, join(bin, name));
  return bin;
}

export interface Question {
  readonly frame: Frame;
  readonly socket: Socket;
  /** cwd, path, arguments and environment, as they were sent. */
  readonly strings: readonly Buffer[];
  answer(type: Parameters<typeof encodeFrame>[0], blob?: string): void;
}

/** A daemon's stand-in. Every frame goes to `onFrame`; `questions` and `outcomes` keep them; `next` waits for more. */
export class StandIn {
  readonly path: string;
  readonly questions: Question[] = [];
  readonly outcomes: Frame[] = [];
  closed = 0;
  onFrame: (question: Question) => void = (question) => question.answer('ALOW');
  #server: Server;
  #sockets = new Set<Socket>();
  #waiting: (() => void)[] = [];

  constructor(path: string) {
    this.path = path;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.path, resolve));
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Resolves as soon as `isTrue`, looked at after every frame and close. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #serve(socket: Socket): void {
    const reader = new FrameReader();
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed++;
      this.#sockets.delete(socket);
      this.#wake();
    });
    socket.on('data', (chunk) => {
      for (const frame of reader.push(chunk)) {
        if (frame.type === 'DONE') this.outcomes.push(frame);
        else this.#ask(frame, socket);
      }
      this.#wake();
    });
  }

  #ask(frame: Frame, socket: Socket): void {
    const question: Question = {
      frame,
      socket,
      strings: split(frame.blob),
      answer: (type, blob = '') => socket.write(encodeFrame(type, {}, blob)),
    };
    this.questions.push(question);
    this.onFrame(question);
  }
}

function split(blob: Buffer): Buffer[] {
  const strings: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    const end = blob.indexOf(0, at);
    if (end < 0) break;
    strings.push(blob.subarray(at, end));
    at = end + 1;
  }
  return strings;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program without waiting for it. */
export function start(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
}

/** Resolves when the child has ended and its output is read. */
export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('latin1').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

export function run(program: string, args: readonly string[], options: SpawnOptions, input?: string): Promise<Ended> {
  const child = start(program, args, input === undefined ? options : { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const end = ended(child);
  if (input !== undefined) child.stdin?.end(input);
  return end;
}

/** Resolves when `isTrue` is, asked again every few milliseconds: for what no event tells (another process's state). */
export async function eventually(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('it did not come true within 20 seconds');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
