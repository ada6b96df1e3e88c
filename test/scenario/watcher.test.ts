// A program that deletes many files without asking: the session stands still until a person has answered.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually, World } from './world.ts';

const FILES = 300;
/** Deletes what it finds, then says that it is through: deletions come faster than anybody can look. */
const DELETER = `
import os, sys, time
folder = os.path.join(os.getcwd(), 'data')
for name in sorted(os.listdir(folder)):
    os.unlink(os.path.join(folder, name))
print('all deleted', flush=True)
for at in range(600):
    time.sleep(0.05)
    open('went-on', 'w').write(str(at))
`;

let world: World;
beforeEach(() => {
  world = new World();
  world.sh('git init -q');
  world.write(Object.fromEntries(Array.from({ length: FILES }, (_, at) => [`data/file-${at}`, `content ${at}\n`])));
  world.write({ '../deleter.bin': DELETER });
});
afterEach(() => world.close());

/** A program whose deletions no reading of its command line foretells. */
async function startDeleting() {
  const agent = world.agent();
  await agent.run('true');
  await eventually('a snapshot of the beginning', async () =>
    (await world.json<unknown[]>('snapshots')).length > 0 ? true : null,
  );
  const command = agent.start('the deleter', { argv: ['/usr/bin/python3', join(world.home, 'deleter.bin')] });
  const [held] = await world.held();
  return { agent, command, held };
}

test('many files vanish: denied, the session ends and they are had back', async () => {
  const { agent, held } = await startDeleting();
  expect(held?.verdict.reasons[0]).toMatchObject({ rule: 'watch.mass-deletion', risk: 'loss.files' });
  expect(agent.said).toContain('the session stands still until you answer');
  const states = world.processes().filter(({ command }) => command.includes('deleter.bin'));
  for (const { pid } of states) expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) T /);

  expect((await world.belay('deny', held?.id ?? '', '-r', 'that was my data')).exit).toBe(0);
  expect(await agent.over()).not.toBe(0);
  expect(agent.said).toContain('the session was ended: that was my data');
  expect(readdirSync(join(world.repo, 'data')).length).toBeLessThan(FILES);

  const undone = await world.belay('undo', '--yes');
  expect(undone).toMatchObject({ exit: 0, stderr: '' });
  expect(readdirSync(join(world.repo, 'data')).length).toBe(FILES);
  expect(readFileSync(join(world.repo, 'data', 'file-217'), 'utf8')).toBe('content 217\n');
  expect((await world.belay('log')).stdout).toMatch(/ask +denied +delete .*repo$/m);
});

test('many files vanish: approved, the session goes on', async () => {
  const { command, held } = await startDeleting();
  const before = readdirSync(world.repo).includes('went-on') ? readFileSync(join(world.repo, 'went-on'), 'utf8') : '';
  expect((await world.belay('approve', held?.id ?? '')).exit).toBe(0);
  await eventually('that it goes on', () => {
    const there = readdirSync(world.repo).includes('went-on');
    return there && readFileSync(join(world.repo, 'went-on'), 'utf8') !== before ? true : null;
  });
  expect(command.stdout.toString()).toContain('all deleted');
});

test('a command that was asked about and released raises no alarm', async () => {
  const agent = world.agent();
  const command = agent.start('rm -rf data && echo gone');
  await world.belay('approve', await command.held());
  expect((await command.ended()).stdout).toBe('gone\n');
  expect(await agent.run('sleep 1; echo still here')).toMatchObject({ exit: 0, stdout: 'still here\n' });
  expect(await world.json('review')).toEqual([]);
});
