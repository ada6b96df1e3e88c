/** What every verb of the command line is given: where things are, how to speak to the daemon, and how to print. */
import { DaemonClient, type DaemonStart } from '../daemon/client.ts';
import type { SettingsSource } from '../daemon/settings.ts';
import type { BelayPaths } from '../platform/paths.ts';

export interface PackageFolders {
  readonly root: string;
  /** Shell start-up files. */
  readonly startup: string;
}

export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly version: string;
  readonly color: boolean;
  readonly folders: PackageFolders;
  /** Throws `daemon.socket-path` when the socket's path would be too long. */
  readonly paths: () => BelayPaths;
  readonly daemon: () => DaemonStart;
  /** Rules and configuration, read in this process. */
  readonly settings: () => SettingsSource;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Serves until stopped: what `belay daemon serve` runs. */
  readonly serve: () => Promise<void>;
}

/** Calls `ask` with a connection to the daemon, which is started when it is away, and closes it. */
export async function withDaemon<T>(context: CliContext, ask: (client: DaemonClient) => Promise<T>): Promise<T> {
  const client = await DaemonClient.connectOrStart(context.daemon());
  try {
    return await ask(client);
  } finally {
    client.close();
  }
}

/** Prints `value` as JSON when asked to, else what `words` says of it. */
export function print<T>(context: CliContext, json: boolean, value: T, words: (value: T) => string): void {
  const text = json ? JSON.stringify(value, null, 2) : words(value);
  context.out(text.endsWith('\n') || text === '' ? text : `${text}\n`);
}
