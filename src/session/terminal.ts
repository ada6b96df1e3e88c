/**
 * A command in a pseudo-terminal of its own, joined to this process's terminal: keys, window size, output and exit status
 * pass through unchanged. The command's terminal is another one than ours, so that nothing in it can type into ours.
 */
import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { type IPty, spawn } from 'node-pty';
import { processInfo } from '../platform/process-info.ts';

export interface Ended {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningCommand {
  readonly pid: number;
  /** Device number of a terminal that is the command's alone, or null when it has ours or none. */
  readonly terminal: number | null;
  readonly ended: Promise<Ended>;
  signal(name: NodeJS.Signals): void;
}

/** Starts `command` in a pseudo-terminal of the size and kind of ours. Both streams must be terminals. */
export function runInTerminal(
  command: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Record<string, string>;
    readonly stdin: NodeJS.ReadStream;
    readonly stdout: NodeJS.WriteStream;
  },
): RunningCommand {
  const { stdin, stdout } = options;
  const [program = '', ...args] = command;
  const pty = spawn(program, args, {
    name: options.env['TERM'] ?? 'xterm-256color',
    cols: stdout.columns,
    rows: stdout.rows,
    cwd: options.cwd,
    env: options.env,
    encoding: null,
  });
  const wasRaw = stdin.isRaw;
  stdin.setRawMode(true);
  passOutputOn();
  stdin.resume();
  const type = (bytes: Buffer): void => pty.write(bytes);
  const resize = (): void => pty.resize(stdout.columns, stdout.rows);
  stdin.on('data', type);
  stdout.on('resize', resize);
  pty.onData((bytes) => show(pty, stdout, bytes));
  const ended = new Promise<Ended>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      stdin.off('data', type);
      stdout.off('resize', resize);
      stdin.setRawMode(wasRaw);
      stdin.pause();
      resolve(signal ? { exit: null, signal: signalName(signal) } : { exit: exitCode, signal: null });
    });
  });
  return { pid: pty.pid, terminal: processInfo(pty.pid)?.terminal || null, ended, signal: (name) => pty.kill(name) };
}

/**
 * The command's terminal has turned its newlines into CR LF already, or was told not to. Node's raw mode turns them again
 * (ONLCR stays on), which breaks full-screen programs. Undone with raw mode: Node then sets back what it found at first.
 */
function passOutputOn(): void {
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
}

function show(pty: IPty, stdout: NodeJS.WriteStream, bytes: Buffer): void {
  if (stdout.write(bytes)) return;
  pty.pause();
  stdout.once('drain', () => pty.resume());
}

function signalName(number: number): NodeJS.Signals {
  for (const [name, value] of Object.entries(constants.signals)) {
    if (value === number && isSignal(name)) return name;
  }
  return 'SIGTERM';
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name);
}
