/**
 * A machine for one story: a home folder and a repository in a fresh folder, harmless stand-ins for what could reach
 * outside (curl, sudo, npm publish), and the real `belay` with a daemon of its own. Nothing of the real home is touched.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HeldView, StatusView } from '../../src/protocol/calls.ts';
import { Agent } from './agent.ts';
import { BELAY, buildProduct } from './product.ts';

const WAIT_MS = 30_000;
const REAL_PATH = '/usr/local/bin:/usr/bin:/bin';

/** Each notes that it was run, and does nothing else. `npm` does all but publish. */
const STAND_INS: Readonly<Record<string, string>> = {
  curl: `echo "curl $*" >> "$ESCAPES"; echo 'echo installed by a stranger'`,
  sudo: `echo "sudo $*" >> "$ESCAPES"`,
  npm: `if [ "$1" = publish ]; then echo "npm $*" >> "$ESCAPES"; echo published; else exec /usr/bin/npm "$@"; fi`,
};

export interface Result {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class World {
  readonly folder: string;
  readonly home: string;
  readonly repo: string;
  readonly env: Readonly<Record<string, string>>;

  constructor() {
    buildProduct();
    this.folder = mkdtempSync(join(tmpdir(), 'bel-'));
    this.home = join(this.folder, 'home');
    this.repo = join(this.home, 'repo');
    const bin = join(this.folder, 'bin');
    for (const folder of [this.home, this.repo, bin]) mkdirSync(folder);
    this.env = {
      HOME: this.home,
      PATH: `${bin}:${REAL_PATH}`,
      SHELL: '/bin/bash',
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      SHLVL: '1',
      USER: 'somebody',
      ESCAPES: join(this.folder, 'escapes'),
      npm_config_update_notifier: 'false',
      npm_config_cache: join(this.folder, 'npm-cache'),
    };
    for (const [name, script] of Object.entries(STAND_INS)) writeProgram(join(bin, name), script);
    writeProgram(join(bin, 'belay'), `exec '${process.execPath}' '${BELAY}' "$@"`);
    writeFileSync(
      join(this.home, '.gitconfig'),
      '[user]\n\tname = Somebody\n\temail = somebody@example.org\n[init]\n\tdefaultBranch = main\n',
    );
  }

  /** What got past the guard to a stand-in, a line each. */
  escapes(): readonly string[] {
    const file = this.env['ESCAPES'] ?? '';
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  /** Writes files into the repository; a path's folders are made. */
  write(files: Readonly<Record<string, string | Buffer>>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.repo, path)), { recursive: true });
      writeFileSync(join(this.repo, path), content);
    }
  }

  /** Runs a line of bash unguarded in the repository. Throws when it fails. */
  sh(line: string): string {
    const done = spawnSync('/bin/bash', ['-c', line], { cwd: this.repo, env: this.env, encoding: 'utf8' });
    if (done.status !== 0)
      throw new Error(`${line}\nended with ${done.status ?? done.signal}\n${done.stdout}${done.stderr}`);
    return done.stdout;
  }

  /** Runs a program to its end, unguarded unless it is `belay run`. */
  run(
    program: string,
    args: readonly string[],
    options: { readonly input?: string | Buffer; readonly cwd?: string; readonly env?: Record<string, string> } = {},
  ): Promise<Result> {
    const child = spawn(program, args, {
      cwd: options.cwd ?? this.repo,
      env: { ...this.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return resultOf(child, options.input ?? '');
  }

  belay(...args: readonly string[]): Promise<Result> {
    return this.run('belay', args);
  }

  /** `belay … --json`, parsed. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { stdout, stderr } = await this.belay(...args, '--json');
    try {
      return JSON.parse(stdout);
    } catch {
      throw new Error(`belay ${args.join(' ')} printed no JSON: ${stdout}${stderr}`);
    }
  }

  status(): Promise<StatusView & { readonly running: boolean }> {
    return this.json('status');
  }

  /** Resolves once so many requests are held, to all of them. */
  held(count = 1): Promise<readonly HeldView[]> {
    return eventually(`${count} held`, async () => {
      const held = await this.json<readonly HeldView[]>('review');
      return held.length >= count ? held : null;
    });
  }

  /** Starts an agent, in a guarded session of its own. */
  agent({ guarded } = { guarded: true }): Agent {
    return new Agent(this, guarded);
  }

  /** Every process that was started in this world and lives, told by the home folder in its environment. */
  processes(): readonly { readonly pid: number; readonly command: string }[] {
    const mine = `HOME=${this.home}`;
    return readdirSync('/proc').flatMap((pid) => {
      if (!/^\d+$/.test(pid)) return [];
      try {
        const isMine = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mine);
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return isMine && command !== '' ? [{ pid: Number(pid), command }] : [];
      } catch {
        return []; // it is gone
      }
    });
  }

  /** Ends all that lives in this world, whatever state a story left it in. */
  async close(): Promise<void> {
    await eventually('the end of every process', () => {
      const left = this.processes();
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      return left.length === 0 ? true : null;
    });
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function writeProgram(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Resolves to how a child ended and what it printed. */
export function resultOf(child: ChildProcess, input: string | Buffer): Promise<Result> {
  const said = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdin?.on('error', () => {}); // it may end without reading its input
  child.stdin?.end(input);
  for (const name of ['stdout', 'stderr'] as const) child[name]?.on('data', (bytes: Buffer) => said[name].push(bytes));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit, signal) =>
      resolve({
        exit,
        signal,
        stdout: Buffer.concat(said.stdout).toString(),
        stderr: Buffer.concat(said.stderr).toString(),
      }),
    );
  });
}

/** Asks again until there is an answer: for what no event tells. Throws after half a minute, saying what did not come. */
export async function eventually<T>(
  what: string | (() => string),
  ask: () => Promise<T | null> | T | null,
): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const found = await ask();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`it did not come: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
