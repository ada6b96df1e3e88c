/** Builds the daemon and runs it until it is stopped: the lock first, so that there is one, and the journal before the socket. */
import { lstatSync, mkdirSync, renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { destination, type Logger, pino } from 'pino';
import { HeldRequests } from '../approval/held-requests.ts';
import { openJournal } from '../audit/journal.ts';
import { formatHeld, formatRefused } from '../cli/format/held.ts';
import { BelayError } from '../errors.ts';
import { type Lock, tryLock } from '../platform/locks.ts';
import { type BelayPaths, ensurePrivateFolder } from '../platform/paths.ts';
import { openSnapshots } from '../snapshot/open.ts';
import { REGENERABLE } from '../snapshot/regenerable.ts';
import { Daemon } from './daemon.ts';
import { ModeSwitch } from './mode.ts';
import { ReopeningSnapshots } from './reopening-snapshots.ts';
import type { SettingsSource } from './settings.ts';
import { isAlive } from './socket.ts';

export interface ServeOptions {
  readonly paths: BelayPaths;
  readonly settings: SettingsSource;
  readonly version: string;
}

/** A daemon that is being stopped holds the lock until its journal is closed. */
const LOCK_MS = 5_000;
const LOCK_RETRY_MS = 20;
/** What could not be written to the log is kept up to this size, and then dropped. */
const MAX_UNWRITTEN_LOG_BYTES = 1_048_576;
/** A log beyond this size begins anew when the daemon starts; the one before it is kept beside it. */
const MAX_LOG_BYTES = 5 * 1_048_576;

/**
 * Resolves when the daemon has stopped. Throws what keeps it from starting: another one, an unsafe folder, a squatted
 * socket. A journal or a snapshot store that can't be used does not: what needs them is refused meanwhile.
 */
export async function serve({ paths, settings, version }: ServeOptions): Promise<void> {
  makeStateFolder(paths);
  ensurePrivateFolder(paths.runtimeFolder);
  const lock = await lockOf(paths);

  const log = openLog(paths.logFile);
  process.on('uncaughtException', (thrown) => {
    log.fatal({ err: thrown }, 'stopped by an error');
    process.exit(1);
  });
  const journal = await openJournal({ file: paths.journalFile });
  const config = settings.configFor(null);
  const snapshots = new ReopeningSnapshots(async () =>
    openSnapshots({
      storeFolder: paths.snapshotFolder,
      budgetBytes: config.snapshots['budget-gb'] * 1024 ** 3,
      keepDays: config.snapshots['keep-days'],
      regenerable: [...REGENERABLE, ...config.snapshots.regenerable],
    }),
  );
  const daemon = new Daemon({
    socket: paths.socket,
    version,
    journal,
    held: new HeldRequests(journal),
    snapshots,
    settings,
    mode: new ModeSwitch(`${paths.stateFolder}/mode.json`),
    log,
    texts: { held: formatHeld, refused: formatRefused },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void daemon.stop());
  await daemon.start();
  await daemon.stopped();
  lock.release();
}

/** A folder that can't be made is not fatal: the journal says so, and read-only commands run. One that is not ours is. */
function makeStateFolder({ stateFolder }: BelayPaths): void {
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  } catch {
    if (!isThere(stateFolder)) return;
  }
  ensurePrivateFolder(stateFolder);
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // something on the way to it is no folder, or is closed to us
  }
}

async function lockOf({ lockFile, socket }: BelayPaths): Promise<Lock> {
  const deadline = Date.now() + LOCK_MS;
  for (;;) {
    const locked = tryLock(lockFile);
    if ('lock' in locked) return locked.lock;
    if (Date.now() > deadline || (await isAlive(socket)))
      throw new BelayError('daemon.running', { pid: locked.heldBy ?? 'unknown' });
    await sleep(LOCK_RETRY_MS);
  }
}

/** A log that can't be written keeps nothing from running: what is wrong is in `belay status` too. */
function openLog(file: string): Logger {
  try {
    if ((lstatSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) renameSync(file, `${file}.1`);
    const to = destination({ dest: file, mode: 0o600, sync: true, maxLength: MAX_UNWRITTEN_LOG_BYTES });
    to.on('error', () => {});
    return pino({ base: { pid: process.pid } }, to);
  } catch {
    return pino({ enabled: false });
  }
}
