import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FIDELITY, type FidelityCase, REPOSITORY } from './fidelity-cases.ts';
import { gitManifest, manifest } from './manifest.ts';
import { EVERYTHING, release, type Scratch, scratch } from './scratch.ts';

describe('a rollback brings back', () => {
  test.each(FIDELITY)('$number: $title', async (row) => {
    const place = scratch();
    try {
      // Some states end in a command that fails: a merge with a conflict does.
      place.bash(`${row.repository ? REPOSITORY : ''}${row.setup}\ntrue`);
      const root = resolve(place.tree, row.workspace ?? '.');
      const judged = [place.tree, place.outside, ...(row.workspace === undefined ? [] : [root])];
      const before = { files: manifest(judged, { times: true }), git: gitManifest(root) };

      const untimed = { files: manifest(judged), git: gitManifest(root) };
      const engine = place.open();
      const kept = await engine.take(release(root, targets(row, place)));
      place.bash(`{ ${row.operation}\n} || true`);
      expect({ files: manifest(judged), git: gitManifest(root) }).not.toEqual(untimed);
      const result = await engine.rollback(kept.id, EVERYTHING);

      const after = { files: manifest(judged, { times: true }), git: gitManifest(root) };
      expect(after).toEqual(before);
      expect(result).toMatchObject({ left: [], verified: true });
    } finally {
      await place.end();
    }
  });

  test('the table has its 48 rows', () => {
    expect(FIDELITY.map(({ number }) => number)).toEqual(Array.from({ length: 48 }, (_, i) => i + 1));
  });
});

function targets(row: FidelityCase, place: Scratch): string[] {
  return row.targets.map((target) => {
    return target.startsWith('$OUT') ? place.outside + target.slice('$OUT'.length) : join(place.tree, target);
  });
}
