/**
 * A file that one process at a time may hold, by flock(2): the kernel lets go of it when that process ends, however it
 * ends, so a lock is never stale. The holder's pid stands in the file, for messages only.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import koffi from 'koffi';

// <sys/file.h>, the same on Linux and macOS.
const LOCK_EX = 2;
const LOCK_NB = 4;

type Flock = (fd: number, operation: number) => number;
let flock: Flock | null = null;

export interface Lock {
  /** Lets go. May be called twice. The file stays, since removing it would let two hold it. */
  release(): void;
}

/**
 * Returns the lock on `file` (made with mode 0600 when there is none), or the pid of who holds it (null when it is not
 * readable). Never waits. Throws what the system throws when the file can't be opened.
 */
export function tryLock(file: string): { readonly lock: Lock } | { readonly heldBy: number | null } {
  for (;;) {
    const fd = openSync(file, 'a+', 0o600);
    if (systemFlock()(fd, LOCK_EX | LOCK_NB) !== 0) {
      const errno = koffi.errno();
      closeSync(fd);
      if (errno !== koffi.os.errno['EWOULDBLOCK'])
        throw new Error(`can't lock ${file}: flock failed with errno ${errno}`);
      return { heldBy: holder(file) };
    }
    // Somebody may have removed the file between opening and locking: then the lock is on a file that nobody else meets.
    const named = statSync(file, { throwIfNoEntry: false });
    if (named === undefined || named.ino !== fstatSync(fd).ino) {
      closeSync(fd);
      continue;
    }
    ftruncateSync(fd, 0);
    writeSync(fd, `${process.pid}\n`);
    return { lock: lockOf(fd) };
  }
}

function lockOf(fd: number): Lock {
  let isHeld = true;
  return {
    release() {
      if (isHeld) closeSync(fd);
      isHeld = false;
    },
  };
}

function holder(file: string): number | null {
  const pid = Number.parseInt(readFileSync(file, 'latin1'), 10);
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}

function systemFlock(): Flock {
  if (flock === null) {
    const call: unknown = koffi.load(null).func('int flock(int fd, int operation)');
    flock = call as Flock; // a foreign function: its C type stands in the line above
  }
  return flock;
}
