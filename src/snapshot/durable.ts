/** Writing so that it survives a power cut: data first, then its name, then the folder that holds the name. */

import * as crypto from 'node:crypto';
import { closeSync, fdatasyncSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Syncs a folder, so that names made in it are durable. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Syncs what was written below `folder` as far as names go, and its file system where `sync` can. */
export function syncTree(folder: string, sync: ((fd: number) => boolean) | null): void {
  const fd = openSync(folder, 'r');
  try {
    if (sync?.(fd) !== true) fsyncSync(fd);
    else fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Syncs one file's bytes. */
export function syncFile(file: string): void {
  const fd = openSync(file, 'r');
  try {
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Writes `file` whole, old or new whatever happens; durable when it returns. */
export function writeDurably(file: string, bytes: Uint8Array): void {
  const temporary = `${file}.tmp`;
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeAll(fd, bytes, bytes.length, null);
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, file);
  syncFolder(dirname(file));
}

/** Whether a call failed because the disk, or what one may use of it, is full. */
export function isFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Writes all `length` bytes at `position`, or at the file's own when it is null. */
export function writeAll(fd: number, bytes: Uint8Array, length: number, position: number | null): void {
  let done = 0;
  while (done < length) {
    done += writeSync(fd, bytes, done, length - done, position === null ? null : position + done);
  }
}

/** Returns the SHA-256 of `bytes`. */
export function hashOf(bytes: Uint8Array): Buffer {
  // In one call where there is one (Node 20.12): a third less for small files.
  if (typeof crypto.hash === 'function') return crypto.hash('sha256', bytes, 'buffer');
  return crypto.createHash('sha256').update(bytes).digest();
}

/** Returns the hash of a folder's node: of another kind than a file's, so that no file's bytes can be taken for a folder. */
export function nodeHashOf(body: Uint8Array): Buffer {
  return crypto.createHash('sha256').update('folder\0').update(body).digest();
}
