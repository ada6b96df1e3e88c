/**
 * Replaces a small file so that a reader, or a power cut, meets the old bytes or the new ones, never a mixture.
 * Durable when it returns: written beside, synced, renamed over, and the folder synced (rename(2), fsync(2)).
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Writes `bytes` as the whole of `path`. A symbolic link stays, and the file that it leads to is replaced. Permissions
 * of a file that was there are kept; a new one gets `mode`. Throws what the system throws, leaving the old file as it was.
 */
export function replaceFile(path: string, bytes: Buffer | string, mode = 0o600): void {
  const target = targetOf(path);
  const folder = dirname(target);
  const before = statSync(target, { throwIfNoEntry: false });
  const beside = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    writeSynced(beside, Buffer.from(bytes), before === undefined ? mode : before.mode & 0o7777);
    renameSync(beside, target);
  } catch (thrown) {
    rmSync(beside, { force: true });
    throw thrown;
  }
  syncFolder(folder);
}

/** Makes the names in `folder` durable: what was created, renamed or removed there. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeSynced(path: string, bytes: Buffer, mode: number): void {
  const fd = openSync(path, 'wx', 0o600);
  try {
    let done = 0;
    while (done < bytes.length) done += writeSync(fd, bytes, done);
    fchmodSync(fd, mode);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function targetOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? path : realpathSync(path);
}
