/** What a folder lists. */

import { readdirSync } from 'node:fs';

/** Returns the names in `folder`, sorted by their bytes; none when it is gone, null when it can't be read. */
export function listNames(folder: Buffer): Buffer[] | null {
  try {
    return readdirSync(folder, { encoding: 'buffer' }).sort(Buffer.compare);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    return code === 'ENOENT' || code === 'ENOTDIR' ? [] : null;
  }
}
