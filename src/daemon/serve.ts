/** Builds the daemon and runs it until it is stopped: the lock first, so that there is one, and the journal before the socket. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { destination, pino } from 'pino';
import { HeldRequests } from '../approval/held-requests.ts';
import { openJournal } from '../audit/journal.ts';
import { formatHeld, formatRefused } from '../cli/format/held.ts';
import { BelayError } from '../errors.ts';
import { tryLock } from '../platform/locks.ts';
import { type BelayPaths, ensurePrivateFolder } from '../platform/paths.ts';
import { openSnapshots } from '../snapshot/open.ts';
import { REGENERABLE } from '../snapshot/regenerable.ts';
import { Daemon } from './daemon.ts';
import { ModeSwitch } from './mode.ts';
import type { SettingsSource } from './settings.ts';

export interface ServeOptions {
  readonly paths: BelayPaths;
  readonly settings: SettingsSource;
  readonly version: string;
}

/** Resolves when the daemon has stopped. Throws what keeps it from starting: another one, an unsafe folder, a bad journal. */
export async function serve({ paths, settings, version }: ServeOptions): Promise<void> {
  mkdirSync(dirname(paths.stateFolder), { recursive: true });
  ensurePrivateFolder(paths.stateFolder);
  ensurePrivateFolder(paths.runtimeFolder);
  const locked = tryLock(paths.lockFile);
  if (!('lock' in locked)) throw new BelayError('daemon.running', { pid: locked.heldBy ?? 'unknown' });

  const log = pino({ base: { pid: process.pid } }, destination({ dest: paths.logFile, mkdir: false, sync: true }));
  process.on('uncaughtException', (thrown) => {
    log.fatal({ err: thrown }, 'stopped by an error');
    process.exit(1);
  });
  const journal = await openJournal({ file: paths.journalFile });
  const config = settings.configFor(null);
  const snapshots = await openSnapshots({
    storeFolder: paths.snapshotFolder,
    budgetBytes: config.snapshots['budget-gb'] * 1024 ** 3,
    regenerable: [...REGENERABLE, ...config.snapshots.regenerable],
  });
  const daemon = new Daemon({
    socket: paths.socket,
    version,
    journal,
    held: new HeldRequests(),
    snapshots,
    settings,
    mode: new ModeSwitch(`${paths.stateFolder}/mode.json`),
    log,
    texts: { held: formatHeld, refused: formatRefused },
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void daemon.stop());
  await daemon.start();
  await daemon.stopped();
  locked.lock.release();
}
