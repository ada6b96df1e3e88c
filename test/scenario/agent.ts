/** A guarded agent: `belay run -- node agent.mjs`, told over its standard input what to run, as a model would tell it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Result, World } from './world.ts';

const message = z.object({
  id: z.number(),
  stream: z.enum(['stdout', 'stderr']).optional(),
  bytes: z.string().optional(),
  exit: z.number().nullish(),
  signal: z.string().nullish(),
  error: z.string().optional(),
});

const WAIT_MS = 40_000;

export interface Told {
  readonly argv?: readonly string[];
  readonly input?: Buffer;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** One command of the agent's, while it runs and after. */
export class AgentCommand {
  readonly line: string;
  readonly #send: (signal: NodeJS.Signals) => void;
  readonly #said: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  #result: Result | null = null;
  #wake: () => void = () => {};

  constructor(line: string, send: (signal: NodeJS.Signals) => void) {
    this.line = line;
    this.#send = send;
  }

  get stdout(): Buffer {
    return Buffer.concat(this.#said.stdout);
  }

  get stderr(): string {
    return Buffer.concat(this.#said.stderr).toString();
  }

  /** The id of the request that it waits for, or waited for last. */
  get heldId(): string | null {
    return [...this.stderr.matchAll(/^belay: held (r-[a-z0-9]+)/gm)].at(-1)?.[1] ?? null;
  }

  /** Sends a signal to its whole process group, as a terminal does for Ctrl-C. */
  signal(signal: NodeJS.Signals): void {
    this.#send(signal);
  }

  /** Resolves to how it ended. */
  async ended(): Promise<Result> {
    await this.#until('its end', () => this.#result !== null);
    return this.#result ?? { exit: null, signal: null, stdout: '', stderr: '' };
  }

  /** Resolves to the id under which it is held. Throws when it ends instead. */
  async held(): Promise<string> {
    await this.#until('held', () => this.heldId !== null || this.#result !== null);
    if (this.heldId === null) throw new Error(`not held, but ended: ${this.line}\n${this.#text()}`);
    return this.heldId;
  }

  /** Resolves when it is held or has ended, whichever comes first. */
  settled(): Promise<void> {
    return this.#until('held or its end', () => this.heldId !== null || this.#result !== null);
  }

  get result(): Result | null {
    return this.#result;
  }

  take(told: z.infer<typeof message>): void {
    if (told.stream !== undefined) this.#said[told.stream].push(Buffer.from(told.bytes ?? '', 'base64'));
    else {
      const signal = told.signal === undefined || told.signal === null ? null : (told.signal as NodeJS.Signals);
      this.#result = { exit: told.exit ?? null, signal, stdout: this.stdout.toString(), stderr: this.stderr };
    }
    this.#wake();
  }

  #text(): string {
    return `exit ${this.#result?.exit} ${this.#result?.signal}\n${this.stdout.toString()}${this.stderr}`;
  }

  async #until(what: string, isSo: () => boolean): Promise<void> {
    const deadline = Date.now() + WAIT_MS;
    while (!isSo()) {
      if (Date.now() > deadline) throw new Error(`did not come: ${what} of: ${this.line}\n${this.#text()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

export class Agent {
  readonly #session: ChildProcess;
  readonly #commands = new Map<number, AgentCommand>();
  readonly #closed: Promise<void>;
  #stderr = '';
  #exit: number | null = null;
  #next = 1;

  constructor(world: World, guarded: boolean) {
    const program = join(import.meta.dirname, 'agent.mjs');
    const [name = '', ...args] = [...(guarded ? ['belay', 'run', '-q', '--'] : []), 'node', program];
    this.#session = spawn(name, args, {
      cwd: world.repo,
      env: world.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#session.stdin?.on('error', () => {}); // the session may have been ended
    this.#session.stderr?.on('data', (bytes: Buffer) => {
      this.#stderr += bytes.toString();
    });
    createInterface({ input: this.#session.stdout ?? process.stdin }).on('line', (line) => {
      const told = message.parse(JSON.parse(line));
      this.#commands.get(told.id)?.take(told);
    });
    this.#closed = new Promise((resolve) =>
      this.#session.once('close', (exit) => {
        this.#exit = exit;
        for (const [id, command] of this.#commands)
          if (command.result === null) command.take({ id, exit: null, signal: 'SIGKILL' });
        resolve();
      }),
    );
  }

  /** What `belay run` said on the terminal of the session. */
  get said(): string {
    return this.#stderr;
  }

  /** Starts a command, as the agent's shell tool would. */
  start(line: string, told: Told = {}): AgentCommand {
    const id = this.#next++;
    const command = new AgentCommand(line, (signal) => this.#tell({ id, signal }));
    this.#commands.set(id, command);
    this.#tell({ id, command: line, ...told, input: told.input?.toString('base64') });
    return command;
  }

  /** Runs a command to its end. */
  run(line: string, told: Told = {}): Promise<Result> {
    return this.start(line, told).ended();
  }

  /** Resolves to the exit status of the session when it is over. */
  async over(): Promise<number | null> {
    await this.#closed;
    return this.#exit;
  }

  /** The agent is told nothing more, and so ends. */
  async end(): Promise<number | null> {
    this.#session.stdin?.end();
    return this.over();
  }

  #tell(told: object): void {
    this.#session.stdin?.write(`${JSON.stringify(told)}\n`);
  }
}
