/**
 * Where Belay keeps its things, by the XDG Base Directory Specification, and the check that a folder is only ours.
 * Reads nothing but whether folders exist and whose they are; the environment is handed in.
 */
import { chmodSync, lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { BelayError, causeText } from '../errors.ts';

/** `sun_path` without its closing NUL: unix(7) has 108 bytes, macOS's unix(4) 104. Node 20 cuts longer ones silently. */
const MAX_SOCKET_PATH_BYTES: Partial<Record<NodeJS.Platform, number>> = { linux: 107, darwin: 103 };
const SMALLEST_SOCKET_PATH_BYTES = 103;

export interface BelayPaths {
  /** What outlives a reboot: journal, snapshots, grants. */
  readonly stateFolder: string;
  /** What does not: the socket, sessions. */
  readonly runtimeFolder: string;
  readonly socket: string;
  readonly configFolder: string;
  readonly configFile: string;
  readonly journalFile: string;
  readonly snapshotFolder: string;
  readonly logFile: string;
  readonly lockFile: string;
  readonly sessionsFolder: string;
  /** The digests of the repositories' `.belay.toml` that the user trusts. */
  readonly trustFile: string;
}

/**
 * Returns Belay's paths for an environment. Relative XDG values are ignored, as the specification asks; so is an
 * XDG_RUNTIME_DIR that does not exist or is not ours. Throws `daemon.socket-path` when the socket's path is too long.
 */
export function belayPaths(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): BelayPaths {
  const home = absolute(env['HOME']) ?? userInfo().homedir;
  const stateFolder = join(absolute(env['XDG_STATE_HOME']) ?? join(home, '.local', 'state'), 'belay');
  const configFolder = join(absolute(env['XDG_CONFIG_HOME']) ?? join(home, '.config'), 'belay');
  const runtimeBase = absolute(env['XDG_RUNTIME_DIR']);
  const runtimeFolder =
    runtimeBase !== null && isOurFolder(runtimeBase) ? join(runtimeBase, 'belay') : join(stateFolder, 'run');
  const socket = join(runtimeFolder, 'belay.sock');
  checkSocketPath(socket, platform);
  return {
    stateFolder,
    runtimeFolder,
    socket,
    configFolder,
    configFile: join(configFolder, 'config.toml'),
    journalFile: join(stateFolder, 'journal.db'),
    snapshotFolder: join(stateFolder, 'snapshots'),
    logFile: join(stateFolder, 'daemon.log'),
    lockFile: join(runtimeFolder, 'daemon.lock'),
    sessionsFolder: join(runtimeFolder, 'sessions'),
    trustFile: join(stateFolder, 'trusted.json'),
  };
}

/** Throws `daemon.socket-path` when the system would cut `socket` short. */
export function checkSocketPath(socket: string, platform: NodeJS.Platform): void {
  const bytes = Buffer.byteLength(socket);
  const max = MAX_SOCKET_PATH_BYTES[platform] ?? SMALLEST_SOCKET_PATH_BYTES;
  if (bytes > max) throw new BelayError('daemon.socket-path', { bytes, max, socket });
}

/**
 * Makes `folder` with mode 0700, its parents too, or checks the one that stands there. Throws `daemon.folder-unsafe`
 * for a symbolic link, for another user's folder, and for one that others may write to, since something may have been
 * planted in it. A folder of ours that others may only read is closed to them and taken.
 */
export function ensurePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw new BelayError('daemon.folder-unsafe', { folder, found: causeText(thrown) }, thrown);
  }
  const found = lstatSync(folder);
  const fault = folderFault(found);
  if (fault !== null) throw new BelayError('daemon.folder-unsafe', { folder, found: fault });
  if ((found.mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
}

function folderFault(found: Stats): string | null {
  if (found.isSymbolicLink()) return 'it is a symbolic link';
  if (!found.isDirectory()) return 'it is not a folder';
  if (found.uid !== process.getuid?.()) return `it belongs to user ${found.uid}`;
  if ((found.mode & 0o022) !== 0) return `others may write to it (mode ${(found.mode & 0o7777).toString(8)})`;
  return null;
}

function isOurFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

function absolute(path: string | undefined): string | null {
  return path !== undefined && isAbsolute(path) ? path : null;
}
