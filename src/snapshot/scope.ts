/** What a snapshot is about, as folders: for those that must know whom its rollback would disturb. Pure. */

import { isInside } from '../evidence/places.ts';
import type { SnapshotSummary } from './snapshot.ts';

/** Returns whether a rollback to `snapshot` may write in `folder`. */
export function touches({ root, paths }: Pick<SnapshotSummary, 'root' | 'paths'>, folder: string): boolean {
  const places = root === null ? paths : [root, ...paths];
  return places.some((place) => isInside(folder, place) || isInside(place, folder));
}
