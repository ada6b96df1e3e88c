/** A person at a real pseudo-terminal: types, and sees a screen's worth of bytes. */
import { spawn } from 'node-pty';
import { eventually, type World } from './world.ts';

export class Terminal {
  readonly #pty: ReturnType<typeof spawn>;
  readonly #ended: Promise<number>;
  #seen = '';
  #from = 0;

  constructor(world: World, command: readonly string[], size = { cols: 100, rows: 30 }) {
    const [program = '', ...args] = command;
    this.#pty = spawn(program, args, {
      name: 'xterm-256color',
      ...size,
      cwd: world.repo,
      env: { ...world.env },
      encoding: null,
    });
    this.#pty.onData((bytes) => {
      this.#seen += bytes.toString();
    });
    this.#ended = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  /** Types text as keys. */
  type(keys: string): void {
    this.#pty.write(Buffer.from(keys));
  }

  resize(cols: number, rows: number): void {
    this.#pty.resize(cols, rows);
  }

  /** Resolves to the match once it is on the screen, behind what was waited for before. */
  sees(pattern: RegExp): Promise<RegExpExecArray> {
    return eventually(
      () => `${pattern} on the screen, but:\n${this.#seen.slice(this.#from)}`,
      () => {
        const found = pattern.exec(this.#seen.slice(this.#from));
        if (found !== null) this.#from += found.index + found[0].length;
        return found;
      },
    );
  }

  /** All that was printed. */
  get seen(): string {
    return this.#seen;
  }

  /** Resolves to the exit status. */
  ended(): Promise<number> {
    return this.#ended;
  }
}
