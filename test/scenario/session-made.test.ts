// What a session made itself is its own to remove, by whatever means it made it; what was there before is not.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Agent } from './agent.ts';
import { World } from './world.ts';

let world: World;
let agent: Agent;
beforeAll(() => {
  world = new World();
  world.write({ 'src/a.ts': 'a\n', 'lib/b.ts': 'b\n', '.gitignore': 'secret.env\n' });
  world.sh('git init -q && git add -A && git commit -qm first && git clone -q . ../other && tar cf ../some.tar src');
  world.write({ 'notes/idea.md': 'only copy\n' });
  agent = world.agent();
});
afterAll(async () => {
  await agent.end();
  world.close();
});

/** Runs each line by itself; returns the first that is held or fails, or null. */
async function stoppedAt(lines: readonly string[]): Promise<string | null> {
  for (const line of lines) {
    const command = agent.start(line);
    await command.settled();
    if (command.result === null) {
      command.signal('SIGTERM');
      return line;
    }
    if (command.result.exit !== 0) return `${line}: ${command.result.stderr}`;
  }
  return null;
}

test.each([
  [['mkdir made1', 'touch made1/a', 'rm -rf made1']],
  [['mkdir -p made2/deep && echo x > made2/deep/f', 'rm -r made2']],
  [['cp -r src made3', 'rm -rf made3']],
  [['git clone -q ../other made4', 'rm -rf made4']],
  [['mkdir made5 && tar xf ../some.tar -C made5', 'rm -rf made5']],
  [['cp src/a.ts copy.ts', 'rm copy.ts']],
  [['mkdir made6', 'mv made6 made7', 'rm -rf made7']],
  [['python3 -c "import os; os.makedirs(\'made8/x\')"', 'rm -rf made8']],
  [['git worktree add -q ../tree -b tree', 'git worktree remove --force ../tree']],
])('runs unasked: %j', async (lines) => {
  expect(await stoppedAt(lines)).toBe(null);
});

test('what was there before is held', async () => {
  expect(await stoppedAt(['touch notes/more', 'rm -rf notes'])).toBe('rm -rf notes');
  expect(existsSync(join(world.repo, 'notes/idea.md'))).toBe(true);
});
