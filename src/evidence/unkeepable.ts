/** What a snapshot could not keep of a file, told by its state. */
import { accessSync, constants, type Stats } from 'node:fs';

/** Why it can't be kept. A socket is made again by its server; the others are a loss. */
export type Unkeepable = 'a socket' | 'a device' | 'unreadable';

/** Returns why a snapshot could not keep `path`, or null. Folders are told when they are opened. */
export function whyUnkeepable(path: string, stats: Stats): Unkeepable | null {
  if (stats.isSocket()) return 'a socket';
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return 'a device';
  return stats.isFile() && !isReadable(path, stats) ? 'unreadable' : null;
}

/** The mode of an own file says it; only of others' files must the system be asked. */
function isReadable(path: string, stats: Stats): boolean {
  const uid = process.getuid?.();
  if (uid === 0 || (stats.uid === uid && (stats.mode & constants.S_IRUSR) !== 0)) return true;
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
