// What a rollback says before it does anything: ids and paths that are not there, and sessions that run in the folder.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SnapshotSummary } from '../../src/snapshot/snapshot.ts';
import { eventually, World } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World();
  world.sh('git init -q');
  world.write({ 'src/a.js': 'a\n', notes: 'mine\n' });
});
afterEach(() => world.close());

async function newest(): Promise<SnapshotSummary | undefined> {
  return (await world.json<readonly SnapshotSummary[]>('snapshots'))[0];
}

test('an unknown id is answered with the nearest and what they were, a path with where it was last seen', async () => {
  await world.belay('snapshots', 'take');
  const first = await newest();
  world.sh('rm notes; echo more > more');
  await world.belay('snapshots', 'take');
  const second = await newest();
  const unknown = await world.belay('rollback', 's-zzzzzzzzzz', '--yes');
  expect(unknown.exit).toBe(1);
  expect(unknown.stderr).toContain('there is no snapshot s-zzzzzzzzzz');
  expect(unknown.stderr).toMatch(new RegExp(`${first?.id} \\(\\d{4}-\\d\\d-\\d\\dT.*, manual\\)`));
  const gone = await world.belay('rollback', second?.id ?? '', 'notes');
  expect(gone).toMatchObject({ exit: 1 });
  expect(gone.stderr).toContain(`it was last seen in ${first?.id}`);
  const never = await world.belay('rollback', second?.id ?? '', 'typo.js');
  expect(never.stderr).toContain('no snapshot has it');
});

test('a session that runs in the folder is named in the preview, and ended when that is asked for', async () => {
  const agent = world.agent();
  await agent.run('true');
  const kept = await eventually('a snapshot of the beginning', async () => (await newest()) ?? null);
  await agent.run('echo changed > src/a.js');
  const preview = await world.belay('rollback', kept.id);
  expect(preview.stdout).toContain('its processes will stand still meanwhile');
  expect(preview.stdout).toContain('--stop-session');
  expect(preview.stdout).toContain('Nothing was changed.');
  const beside = await world.belay('rollback', kept.id, '--to', '../beside', '--yes');
  expect(beside.stdout).not.toContain('stand still');

  expect((await world.belay('rollback', kept.id, '--yes')).stdout).toContain('verified against the snapshot');
  expect(world.sh('cat src/a.js')).toBe('a\n');
  expect(await agent.run('echo again > src/a.js && echo still here')).toMatchObject({
    exit: 0,
    stdout: 'still here\n',
  });

  const ended = await world.belay('rollback', kept.id, '--yes', '--stop-session');
  expect(ended.stdout).toContain('it will be ended first');
  expect(ended.exit).toBe(0);
  expect(await agent.over()).not.toBe(0);
  expect(world.sh('cat src/a.js')).toBe('a\n');
  expect((await world.belay('rollback', kept.id)).stdout).not.toContain('stand still');
});
