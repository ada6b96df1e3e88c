// What happened in a folder is told from snapshot to snapshot, the bursts of a program that asked nobody included.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Stretch } from '../../src/cli/format/timeline.ts';
import type { SnapshotSummary } from '../../src/snapshot/snapshot.ts';
import { eventually, World } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World();
  world.sh('git init -q');
  world.write({ 'src/a.js': 'a\n', 'src/b.js': 'b\n', notes: 'mine\n' });
});
afterEach(() => world.close());

/** Resolves to the snapshots of one kind, once there are so many. */
function kept(kind: SnapshotSummary['reason']['kind'], count = 1): Promise<readonly SnapshotSummary[]> {
  return eventually(`${count} snapshots: ${kind}`, async () => {
    const found = (await world.json<readonly SnapshotSummary[]>('snapshots')).filter(
      ({ reason }) => reason.kind === kind,
    );
    return found.length >= count ? found : null;
  });
}

test('what a program changed without asking is kept once it rests, told with who ran it, and had back', async () => {
  const agent = world.agent();
  await agent.run('true');
  await kept('baseline');
  await agent.run('echo more >> src/a.js; echo new > src/c.js');
  const [burst] = await kept('burst');
  // nobody asked about this: it is another program's doing, after the burst
  rmSync(join(world.repo, 'src', 'c.js'));
  const command = agent.start('rm -rf notes');
  expect((await world.belay('approve', await command.held())).exit).toBe(0);
  await command.ended();

  const stretches = await world.json<readonly Stretch[]>('timeline');
  const [baseline, second, third, last] = stretches;
  expect([baseline, second, third].map((one) => one?.snapshot?.reason.kind)).toEqual(['baseline', 'burst', 'release']);
  expect(baseline?.changes).toBeNull();
  expect(second?.changes).toMatchObject({ added: 1, changed: 1, deleted: 0 });
  expect(second?.requests.map((one) => one.command)).toContain('echo more >> src/a.js; echo new > src/c.js');
  expect(third?.changes).toMatchObject({ added: 0, changed: 0, deleted: 1 });
  expect(third?.precedes.map((one) => one.command)).toContain('rm -rf notes');

  expect(last?.requests.map((one) => one.command)).toContain('rm -rf notes');
  expect(last?.changes).toMatchObject({
    added: 0,
    changed: 0,
    deleted: 1,
    sample: [{ path: join(world.repo, 'notes') }],
  });

  const { stdout } = await world.belay('timeline');
  expect(stdout).toContain('1 added, 1 changed: ~src/a.js  +src/c.js');
  expect(stdout).toContain('1 deleted: -src/c.js');
  expect(stdout).toContain('before: rm -rf notes');
  const { exit } = await world.belay('rollback', burst?.id ?? '', 'src/c.js', '--yes');
  expect(exit).toBe(0);
  expect(world.sh('cat src/c.js')).toBe('new\n');
});

test('a folder of which nothing is kept says so, and a number that makes no sense is refused', async () => {
  expect((await world.belay('timeline')).stdout).toBe(`nothing is kept of ${world.repo} yet\n`);
  expect(await world.belay('timeline', '-n', 'many')).toMatchObject({ exit: 2 });
});
