/**
 * The system calls that Node lacks, reached through koffi: stat to the nanosecond without garbage, exact times, extended
 * attributes, named pipes, a sync of one file system. Null where the C library has none of them; callers then do without.
 */

import koffi from 'koffi';

/** Room for one `struct statx` as 32-bit words, statx(2). */
export const STATX_WORDS = 64;

export interface Native {
  /** Fills `out` for the NUL-terminated `path`, links not followed. Returns 0, or the errno. */
  statx(path: Uint8Array, out: Uint8Array): number;
  /** Sets the modification time of a path itself, links not followed. Returns whether it could. */
  setTime(path: Uint8Array, seconds: bigint, nanoseconds: number): boolean;
  makePipe(path: Uint8Array, mode: number): boolean;
  /** Names and values of the extended attributes that can be put back, or null when there are none. */
  readAttributes(path: Uint8Array): Map<string, Buffer> | null;
  /** Makes them what `attributes` says: others of their kind are removed. Returns whether it could. */
  writeAttributes(path: Uint8Array, attributes: ReadonlyMap<string, Buffer>): boolean;
  /** Syncs the file system that `fd` lies on. Returns whether it could. */
  syncFileSystem(fd: number): boolean;
  /** Hands memory that nothing uses back to the kernel, as far as the C library knows of it. */
  trimMemory(): void;
}

const AT_FDCWD = -100; // fcntl.h, Linux
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_STATX_DONT_SYNC = 0x4000;
const STATX_BASIC = 0x7ff;
const MAX_ATTRIBUTE_BYTES = 65_536; // xattr(7), XATTR_SIZE_MAX

/** Attributes beyond these belong to the kernel or need privileges to write: xattr(7). */
const KEPT_ATTRIBUTE = /^(?:user\.|system\.posix_acl_|security\.capability$)/;

/** Returns the calls of this machine, or null where they can't be had. */
export function loadNative(): Native | null {
  if (process.platform !== 'linux') return null;
  try {
    return bind();
  } catch {
    return null;
  }
}

function bind(): Native {
  const libc = koffi.load(null);
  const statx: (at: number, path: Uint8Array, flags: number, mask: number, out: Uint8Array) => number = libc.func(
    'int statx(int at, const uint8_t *path, int flags, uint32_t mask, uint8_t *out)',
  );
  const utimensat: (at: number, path: Uint8Array, times: BigInt64Array, flags: number) => number = libc.func(
    'int utimensat(int at, const uint8_t *path, const int64_t *times, int flags)',
  );
  const mkfifo: (path: Uint8Array, mode: number) => number = libc.func(
    'int mkfifo(const uint8_t *path, uint32_t mode)',
  );
  const syncfs: (fd: number) => number = libc.func('int syncfs(int fd)');
  const listxattr: (path: Uint8Array, list: Uint8Array | null, size: number) => number = libc.func(
    'int64_t llistxattr(const uint8_t *path, uint8_t *list, size_t size)',
  );
  const removexattr: (path: Uint8Array, name: string) => number = libc.func(
    'int lremovexattr(const uint8_t *path, const char *name)',
  );
  const getxattr: (path: Uint8Array, name: string, value: Uint8Array, size: number) => number = libc.func(
    'int64_t lgetxattr(const uint8_t *path, const char *name, uint8_t *value, size_t size)',
  );
  const setxattr: (path: Uint8Array, name: string, value: Uint8Array, size: number, flags: number) => number =
    libc.func('int lsetxattr(const uint8_t *path, const char *name, const uint8_t *value, size_t size, int flags)');
  const trim = optional(() => libc.func('int malloc_trim(size_t pad)'));
  const attributeNames = Buffer.alloc(MAX_ATTRIBUTE_BYTES);
  const times = new BigInt64Array(4);

  const native: Native = {
    statx(path, out) {
      const flags = AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC;
      return statx(AT_FDCWD, path, flags, STATX_BASIC, out) === 0 ? 0 : koffi.errno();
    },
    setTime(path, seconds, nanoseconds) {
      times[0] = seconds;
      times[1] = BigInt(nanoseconds);
      times[2] = seconds;
      times[3] = BigInt(nanoseconds);
      return utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) === 0;
    },
    makePipe: (path, mode) => mkfifo(path, mode) === 0,
    readAttributes(path) {
      const length = Number(listxattr(path, attributeNames, attributeNames.length));
      if (length <= 0) return null;
      const found = new Map<string, Buffer>();
      for (const name of attributeNames.subarray(0, length).toString('utf8').split('\0')) {
        if (!KEPT_ATTRIBUTE.test(name)) continue;
        const value = Buffer.alloc(MAX_ATTRIBUTE_BYTES);
        const bytes = Number(getxattr(path, name, value, value.length));
        if (bytes >= 0) found.set(name, value.subarray(0, bytes));
      }
      return found.size === 0 ? null : found;
    },
    writeAttributes(path, attributes) {
      let all = true;
      for (const name of native.readAttributes(path)?.keys() ?? []) {
        if (!attributes.has(name) && removexattr(path, name) !== 0) all = false;
      }
      for (const [name, value] of attributes) {
        if (setxattr(path, name, value.length === 0 ? Buffer.alloc(1) : value, value.length, 0) !== 0) all = false;
      }
      return all;
    },
    syncFileSystem: (fd) => syncfs(fd) === 0,
    trimMemory: () => trim?.(0),
  };
  const probe = new Uint8Array(STATX_WORDS * 4);
  if (native.statx(Buffer.from('/\0'), probe) !== 0) throw new Error('statx does not work here');
  return native;
}

/** Returns the call that `find` finds, or null where this C library lacks it. */
function optional<Call>(find: () => Call): Call | null {
  try {
    return find();
  } catch {
    return null;
  }
}
