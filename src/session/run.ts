/**
 * `belay run`: one command with everything it starts, guarded. Sets up the session, joins the terminal, watches the tree,
 * and ends with the command's own exit status. Changes nothing in the repository or in the home folder, and starts
 * nothing that outlives it but the daemon.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DaemonClient, type DaemonStart } from '../daemon/client.ts';
import { BelayError } from '../errors.ts';
import { adoptOrphans } from '../platform/subreaper.ts';
import type { Params } from '../protocol/calls.ts';
import { Bursts } from '../watch/bursts.ts';
import { GitWatch } from '../watch/git-watch.ts';
import { type Alarm, Tripwire } from '../watch/tripwire.ts';
import { Alarms } from './alarms.ts';
import { brakeOf } from './brake.ts';
import { agentOf, sessionEnvironment } from './environment.ts';
import { clearFolders, leaveFolder, ownFolder } from './leftovers.ts';
import { findProgram, workspaceOf } from './program.ts';
import { linkShims } from './shim-links.ts';
import { SHIM_NAMES } from './shim-names.ts';
import { type Ended, type RunningCommand, runInTerminal } from './terminal.ts';

export interface SessionOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly daemon: DaemonStart;
  /** The installed package, and its shell start-up files. */
  readonly package: { readonly root: string; readonly startup: string };
  /** Names that get a shim though they are in no table, and names that get none. */
  readonly shims: { readonly extra: readonly string[]; readonly skip: readonly string[] };
  readonly runtimeFolder: string;
  readonly sessionsFolder: string;
  readonly watch: { readonly deletions: number; readonly seconds: number; readonly leaveOut: ReadonlySet<string> };
  /** Says something to the person at the terminal, between the command's own output. */
  readonly say: (text: string) => void;
  /** Called when a request of the session waits for a person. */
  readonly onHeld?: () => void;
}

/** Resolves with how the command ended. Throws what kept it from starting. */
export async function runSession(options: SessionOptions): Promise<Ended> {
  const [name = ''] = options.command;
  const inside = options.env['BELAY_SESSION'];
  if (inside !== undefined && inside !== '') throw new BelayError('session.nested', { session: inside });
  const program = findProgram(name, options.env['PATH'], options.cwd);
  if (program === null) throw new BelayError('session.command-not-found', { program: name });

  const workspace = workspaceOf(options.cwd);
  const session = `s${randomBytes(5).toString('hex')}`;
  const first = await DaemonClient.connectOrStart(options.daemon);
  const start: Params<'session.start'> = {
    id: session,
    pid: process.pid,
    workspace,
    command: [...options.command],
    agent: agentOf(options.command),
    terminal: null,
  };
  await first.call('session.start', start);

  const folder = join(options.sessionsFolder, session);
  clearFolders(options.sessionsFolder);
  const links = linkShims(options.package.root, folder, options.env['PATH'] ?? '', shimNames(options.shims));
  ownFolder(folder);
  const env = sessionEnvironment(options.env, {
    session,
    socket: options.daemon.socket,
    start: writeStarter(options),
    shims: links.bin,
    hooks: links.gitHooks,
    startup: options.package.startup,
    line: links.line,
    workspace,
  });
  const spare = new Set<number>();
  const stopReaping = adoptOrphans(spare);
  const running = startCommand([program, ...argumentsOf(options)], options.cwd, env);
  spare.add(running.pid);
  const link = new SessionLink(options.daemon, { ...start, terminal: running.terminal }, first);
  if (options.onHeld !== undefined) void link.followHeld(options.onHeld);
  const bursts = new Bursts(() => link.burst());
  const watched = { root: workspace, ...options.watch, onChange: () => bursts.changed() };
  const alarms = new Alarms({
    ask: (alarm) => link.alarm(alarm),
    brake: brakeOf(process.pid),
    stands: (isStanding) => (isStanding ? bursts.hold() : bursts.go()),
    say: options.say,
    now: () => performance.now(),
  });
  const gitWatch = new GitWatch(workspace, () => bursts.changed());
  const tripwire = new Tripwire(watched, (alarm) => void alarms.raise(alarm));
  const forward = passSignals(running);
  try {
    await link.register();
    return await link.finish(await running.ended);
  } finally {
    forward.stop();
    stopReaping();
    bursts.close();
    alarms.close();
    link.close();
    gitWatch.close();
    await tripwire.close();
    await leaveFolder(folder, session);
  }
}

function shimNames({ extra, skip }: SessionOptions['shims']): readonly string[] {
  return [...new Set([...SHIM_NAMES, ...extra])].filter((name) => !skip.includes(name));
}

/** An interactive bash gets a start-up file by which typed lines are judged; anything else starts as it was given. */
function argumentsOf(options: SessionOptions): readonly string[] {
  const [name = '', ...args] = options.command;
  const isInteractive = args.every((arg) => arg === '-i') && process.stdin.isTTY === true;
  return basename(name) === 'bash' && isInteractive
    ? ['--rcfile', join(options.package.startup, 'bashrc'), ...args]
    : args;
}

/** In a terminal of its own when we have one on both ends; else with our own streams, so that pipes stay pipes. */
function startCommand(command: readonly string[], cwd: string, env: Record<string, string>): RunningCommand {
  const { stdin, stdout } = process;
  if (stdin.isTTY && stdout.isTTY) return runInTerminal(command, { cwd, env, stdin, stdout });
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd, env, stdio: 'inherit' });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exit, signal) => resolve({ exit, signal }));
  });
  return { pid: child.pid ?? 0, terminal: null, ended, signal: (name) => child.kill(name) };
}

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

function passSignals(running: RunningCommand): { stop(): void } {
  const listeners = FORWARDED.map((name) => ({ name, pass: (): void => running.signal(name) }));
  for (const { name, pass } of listeners) process.on(name, pass);
  return {
    stop: () => {
      for (const { name, pass } of listeners) process.off(name, pass);
    },
  };
}

/** Writes the executable by which a shim starts the daemon again, with the folders that this one was found by. */
function writeStarter(options: SessionOptions): string {
  const path = join(options.runtimeFolder, 'start-daemon');
  const kept = ['HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'PATH', 'LANG', 'TZ'];
  const settings = kept.map((name) => {
    const value = options.env[name];
    return value === undefined ? `unset ${name}` : `export ${name}=${quote(value)}`;
  });
  const command = options.daemon.command.map(quote).join(' ');
  writeFileSync(path, `#!/bin/sh\nunset BELAY_SESSION\n${settings.join('\n')}\ncd /\nexec ${command}\n`, {
    mode: 0o700,
  });
  chmodSync(path, 0o700);
  return path;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The session's standing connection: the daemon knows by it that the session lives, and it is made anew when it breaks. */
class SessionLink {
  readonly #daemon: DaemonStart;
  readonly #start: Params<'session.start'>;
  #client: DaemonClient;
  #follower: DaemonClient | null = null;
  readonly #asking = new Set<DaemonClient>();
  #closing = false;

  constructor(daemon: DaemonStart, start: Params<'session.start'>, client: DaemonClient) {
    this.#daemon = daemon;
    this.#start = start;
    this.#client = client;
    void this.#keepUp();
  }

  async register(): Promise<void> {
    await this.#client.call('session.start', this.#start);
  }

  alarm(alarm: Alarm): Promise<{ readonly granted: boolean; readonly muted: boolean; readonly reason: string | null }> {
    return this.#once((client) =>
      client.call('session.alarm', {
        id: this.#start.id,
        deleted: alarm.deleted,
        seconds: alarm.seconds,
        sample: [...alarm.sample],
      }),
    );
  }

  /** Has what is there now kept, once a burst of changes is over. */
  async burst(): Promise<void> {
    if (!this.#closing) await this.#once((client) => client.call('session.burst', { id: this.#start.id }));
  }

  /** Calls `onHeld` for each request of this session that becomes held, until the link is closed. */
  async followHeld(onHeld: () => void): Promise<void> {
    while (!this.#closing) {
      try {
        this.#follower = await DaemonClient.connect(this.#daemon.socket);
        if (this.#closing) return this.#follower.close();
        await this.#follower.call('held.follow', {}, ({ event, held }) => {
          if (event === 'held' && isOf(held, this.#start.id)) onHeld();
        });
      } catch {
        if (!this.#closing) await sleep(500, null, { ref: false }); // the daemon is away: the standing connection has it started
      }
    }
  }

  async finish(ended: Ended): Promise<Ended> {
    this.#closing = true;
    await this.#client
      .call('session.end', { id: this.#start.id, exit: ended.exit, signal: ended.signal })
      .catch(() => null); // the daemon is away: it sees the end when it looks for our process
    return ended;
  }

  close(): void {
    this.#closing = true;
    this.#follower?.close();
    this.#client.close();
    for (const client of this.#asking) client.close();
  }

  /** A call on a connection of its own: one that waits for a person must not hold up the others. */
  async #once<T>(ask: (client: DaemonClient) => Promise<T>): Promise<T> {
    const client = await DaemonClient.connectOrStart(this.#daemon);
    this.#asking.add(client);
    try {
      return await ask(client);
    } finally {
      this.#asking.delete(client);
      client.close();
    }
  }

  async #keepUp(): Promise<void> {
    for (;;) {
      await this.#client.closed();
      while (!this.#closing) {
        try {
          this.#client = await DaemonClient.connectOrStart(this.#daemon);
          await this.register();
          break;
        } catch {
          await sleep(500);
        }
      }
      if (this.#closing) return;
    }
  }
}

function isOf(held: unknown, session: string): boolean {
  return typeof held === 'object' && held !== null && 'session' in held && held.session === session;
}
