/** Paths as the bytes that they are: joined in place, shown to people, compared. Pure. */

const SLASH = 47;

/** A path that grows and shrinks in place, NUL-terminated for system calls. */
export class PathBuffer {
  bytes = Buffer.alloc(8_192);
  length = 0;

  reset(path: Uint8Array): void {
    this.#room(path.length + 1);
    this.bytes.set(path, 0);
    this.length = path.length;
    this.bytes[this.length] = 0;
  }

  /** Appends `/` and the name that stands in `names` from `at`. Returns the length before, for `cut`. */
  push(names: Uint8Array, at: number, count: number): number {
    const before = this.length;
    this.#room(before + count + 2);
    const bytes = this.bytes;
    let end = before;
    if (end !== 1 || bytes[0] !== SLASH) bytes[end++] = SLASH;
    for (let i = 0; i < count; i++) bytes[end++] = names[at + i] ?? 0;
    bytes[end] = 0;
    this.length = end;
    return before;
  }

  cut(length: number): void {
    this.length = length;
    this.bytes[length] = 0;
  }

  /** The path without its NUL, as a view that the next change overwrites. */
  view(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  copy(): Buffer {
    return Buffer.from(this.view());
  }

  #room(needed: number): void {
    if (needed < this.bytes.length) return;
    const larger = Buffer.alloc(needed * 2);
    larger.set(this.bytes, 0);
    this.bytes = larger;
  }
}

/** Returns `folder/name`. */
export function joinBytes(folder: Uint8Array, name: Uint8Array): Buffer {
  if (folder.length === 1 && folder[0] === SLASH) return Buffer.concat([folder, name]);
  return Buffer.concat([folder, Buffer.of(SLASH), name]);
}

/** Returns the folder that `path` lies in; `/` for what lies at the top. */
export function parentBytes(path: Buffer): Buffer {
  const at = path.lastIndexOf(SLASH);
  return at <= 0 ? Buffer.from('/') : path.subarray(0, at);
}

/** Returns the last name of `path`. */
export function nameBytes(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(SLASH) + 1);
}

/** Returns whether `path` is `folder` or lies below it. */
export function isBelow(path: Buffer, folder: Buffer): boolean {
  if (folder.length === 1 && folder[0] === SLASH) return true;
  if (path.length < folder.length || path.compare(folder, 0, folder.length, 0, folder.length) !== 0) return false;
  return path.length === folder.length || path[folder.length] === SLASH;
}

/** Returns `path` with a NUL behind it, for a system call. */
export function terminated(path: Buffer): Buffer {
  return Buffer.concat([path, Buffer.of(0)]);
}

/** Returns `path` for people and for JSON: as it is when it is UTF-8, else with `\xNN` for the bytes that are not. */
export function shownPath(path: Uint8Array): string {
  const text = Buffer.from(path).toString('utf8');
  if (!text.includes('\uFFFD') || Buffer.from(text, 'utf8').equals(path)) return text;
  let shown = '';
  for (const byte of path)
    shown += byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  return shown;
}

/** Returns whether `text`, as a person or a program wrote it, names `path` or a folder above it. */
export function namesPath(text: string, path: Buffer): boolean {
  const trimmed = text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text;
  if (isBelow(path, Buffer.from(trimmed))) return true;
  if (!trimmed.includes('\\x')) return false;
  const shown = shownPath(path);
  return shown === trimmed || shown.startsWith(`${trimmed}/`);
}
