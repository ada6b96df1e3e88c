// Agents start a shell by its path for their own set-up, which becomes another shell for the command itself.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { World } from '../scenario/world.ts';

let world: World;
beforeEach(() => {
  world = new World();
  world.write({ 'src/work': 'of hours\n' });
});
afterEach(() => world.close());

test('what was granted to a line is not asked about again by the shell and the tools that it becomes', async () => {
  const line = `x=1; export x\nexec '/bin/bash' -c 'rm -rf src'`;
  const ended = world.belay('run', '-q', '--', '/bin/bash', '-c', line);
  const [held] = await world.held();
  await world.belay('approve', held?.id ?? '');
  expect((await ended).exit).toBe(0);
  expect(existsSync(join(world.repo, 'src'))).toBe(false);
});
