// Real shells with the start-up files of a session, and in the place of the judge a script that notes what it is asked.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from 'node-pty';

export const STARTUP = fileURLToPath(new URL('../../shims/shell', import.meta.url));
const WAIT_MS = 20_000;
const MARK = 'ready>';

/** A home folder, a folder of shims, and a judge that refuses every line with the word `evil` in it. */
export class Place {
  readonly home = mkdtempSync(join(tmpdir(), 'belay-shell-'));
  readonly shims = join(this.home, 'shims');
  readonly env: Record<string, string>;

  constructor() {
    const line = join(this.home, 'line');
    mkdirSync(this.shims);
    writeFileSync(
      line,
      '#!/bin/sh\nprintf "%s\\0" "$2" >> "$ASKED"\ncase $2 in *evil*) echo "not run" >&2; exit 1 ;; esac\n',
    );
    chmodSync(line, 0o755);
    this.env = {
      HOME: this.home,
      PATH: '/usr/bin:/bin',
      TERM: 'dumb',
      SHLVL: '1',
      BELAY_SESSION: 's1',
      BELAY_LINE: line,
      BELAY_SHIMS: this.shims,
      ASKED: join(this.home, 'asked'),
    };
  }

  write(path: string, content: string): string {
    const whole = join(this.home, path);
    writeFileSync(whole, content);
    return whole;
  }

  read(path: string): string | null {
    return existsSync(join(this.home, path)) ? readFileSync(join(this.home, path), 'utf8') : null;
  }

  /** The lines that the judge was asked about. */
  asked(): readonly string[] {
    return (this.read('asked') ?? '').split('\0').slice(0, -1);
  }

  close(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A shell at a terminal. */
export class TypedShell {
  readonly #pty: IPty;
  #seen = '';
  #wake: () => void = () => {};
  #ended = false;

  constructor(place: Place, command: readonly string[]) {
    const [program = '', ...args] = command;
    this.#pty = spawn(program, args, {
      name: 'dumb',
      cols: 200,
      rows: 50,
      cwd: place.home,
      env: place.env,
      encoding: null,
    });
    this.#pty.onData((bytes) => {
      this.#seen += bytes.toString();
      this.#wake();
    });
    this.#pty.onExit(() => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** Resolves at the first prompt. */
  async prompt(): Promise<this> {
    await this.#until(0);
    return this;
  }

  /** Types text and `keys`, and resolves at the next prompt to what was shown between. */
  async type(text: string, keys = '\r'): Promise<string> {
    const from = this.#seen.length;
    this.#pty.write(text + keys);
    return this.#until(from);
  }

  /** Types Ctrl-C until there is a prompt again: bash 5.2 by itself misses one now and then, right after a key. */
  async interrupt(): Promise<void> {
    const again = setInterval(() => this.#pty.write('\x03'), 1_000);
    try {
      await this.type('', '\x03');
    } finally {
      clearInterval(again);
    }
  }

  /** Types keys, and resolves when the terminal shows `text` last. */
  async typeUntil(keys: string, text: string): Promise<void> {
    const from = this.#seen.length;
    this.#pty.write(keys);
    await this.#until(from, text);
  }

  async #until(from: number, mark: string = MARK): Promise<string> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const fresh = this.#seen.slice(from).replaceAll('\r', '');
      if (fresh.trimEnd().endsWith(mark)) return fresh.trimEnd().slice(0, -mark.length);
      if (this.#ended || Date.now() > deadline) throw new Error(`${mark} did not come: ${JSON.stringify(fresh)}`);
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#wake = resolve;
        }),
        new Promise((resolve) => setTimeout(resolve, 200).unref()),
      ]);
    }
  }

  end(): void {
    if (!this.#ended) this.#pty.kill('SIGKILL');
  }
}
