import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { release, type Scratch, scratch } from './scratch.ts';

let place: Scratch;
beforeEach(() => {
  place = scratch();
});
afterEach(() => place.end());

test('a diff draws what is text, and names what is binary, large, a link, a folder or only a mode', async () => {
  const at = (name: string): string => join(place.tree, name);
  writeFileSync(at('text'), 'one\ntwo\n');
  writeFileSync(at('binary'), Buffer.from([0, 1, 2, 3]));
  writeFileSync(at('large'), Buffer.alloc(3_000_000, 'x'));
  writeFileSync(at('mode'), 'same\n', { mode: 0o644 });
  place.bash('mkdir folder; ln -s text link');
  const engine = place.open();
  const { id } = await engine.take(release(place.tree));
  writeFileSync(at('text'), 'one\nthree\n');
  writeFileSync(at('binary'), Buffer.from([0, 9]));
  writeFileSync(at('large'), 'short now\n');
  chmodSync(at('mode'), 0o755);
  rmSync(at('folder'), { recursive: true });
  rmSync(at('link'));
  symlinkSync('elsewhere', at('link'));
  const shown = await engine.diff(id, []);
  expect(shown).toContain('-two\n+three\n');
  expect(shown).toMatch(/^Binary files .*binary differ$/m);
  expect(shown.split('\n').filter((line) => line.startsWith('#'))).toEqual(
    expect.arrayContaining([
      `# ${at('large')}: file of 3000000 bytes → file of 10 bytes (not shown: too large)`,
      `# ${at('mode')}: mode 644 → 755`,
      `# ${at('folder')}: folder → nothing`,
      `# ${at('link')}: link → link`,
    ]),
  );
  expect(await engine.diff(id, [at('text')])).not.toContain('binary');
});

test('names that are no UTF-8 and 255 bytes long are named where they cannot be drawn', async () => {
  place.bash(`printf 1 > "$(printf '\\377%.0s' $(seq 255))"`);
  const engine = place.open();
  const { id } = await engine.take(release(place.tree));
  place.bash('rm -f ./*');
  expect(await engine.diff(id, [])).toMatch(/^# .*file of 1 bytes → nothing/m);
});
