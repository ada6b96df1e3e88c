// Shells that agents start for one command, by the shim or past it: real bash, real zsh where it is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Place, STARTUP } from './shell.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
  place.env['BASH_ENV'] = join(STARTUP, 'bash-env');
  place.env['ZDOTDIR'] = join(STARTUP, 'zsh');
});
afterEach(() => place.close());

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, ...args: readonly string[]): Ran {
  return spawnSync(program, args, { env: place.env, cwd: place.home, encoding: 'utf8' });
}

test('the line of a bash that is started by its path is judged before it runs, of a login shell too', () => {
  expect(run('/bin/bash', '-c', 'echo evil > a')).toMatchObject({ status: 1, stdout: '', stderr: 'not run\n' });
  expect(run('/bin/bash', '-lc', 'echo evil > a')).toMatchObject({ status: 1, stdout: '' });
  expect(place.read('a')).toBeNull();
  expect(run('/bin/bash', '-c', 'echo "$1" > a; exit 3', 'name', 'x').status).toBe(3);
  expect(place.read('a')).toBe('x\n');
  expect(place.asked()).toEqual(['echo evil > a', 'echo evil > a', 'echo "$1" > a; exit 3']);
});

test('a script is not asked about as a line; what it starts meets the shims', () => {
  const script = place.write('script', 'echo evil "$PATH"');
  expect(run('/bin/bash', script).stdout).toBe(`evil ${place.shims}:/usr/bin:/bin\n`);
  expect(place.asked()).toEqual([]);
});

test('a line that the shim had judged is not asked about again, but what that shell becomes is', () => {
  const shim = `export BELAY_ASKED=$$; exec /bin/bash -c 'exec /bin/bash -c "echo evil"'`;
  const ran = spawnSync('/bin/sh', ['-c', shim], { env: place.env, encoding: 'utf8' });
  expect(place.asked()).toEqual(['echo evil']);
  expect(ran.status).toBe(1);
});

test('a PATH that a login shell resets has the shims in front again', () => {
  place.write('.bash_profile', 'PATH=/usr/bin:/bin');
  expect(run('/bin/bash', '-lc', 'echo "$PATH"').stdout).toBe(`${place.shims}:/usr/bin:/bin\n`);
});

test("the user's own BASH_ENV is read after", () => {
  place.env['BELAY_BASH_ENV'] = place.write('own', 'OWN="mine $PATH"');
  expect(run('/bin/bash', '-c', 'echo "$OWN"').stdout).toBe(`mine ${place.shims}:/usr/bin:/bin\n`);
  place.env['BELAY_BASH_ENV'] = join(place.home, 'gone');
  expect(run('/bin/bash', '-c', 'echo fine')).toMatchObject({ status: 0, stdout: 'fine\n', stderr: '' });
});

test('outside a session nothing is asked and nothing changed', () => {
  delete place.env['BELAY_SESSION'];
  expect(run('/bin/bash', '-c', 'echo evil "$PATH"').stdout).toBe('evil /usr/bin:/bin\n');
  expect(place.asked()).toEqual([]);
});

test('a bash whose stdin is a socket reads BASH_ENV only when SHLVL says that a shell is above it', async () => {
  const status = async (env: Record<string, string>): Promise<number | null> => {
    const child = spawn('/bin/bash', ['-c', 'echo evil'], { env, stdio: ['pipe', 'ignore', 'ignore'] }); // Node pipes are sockets
    return new Promise((resolve) => child.once('close', resolve));
  };
  const { SHLVL: _, ...withoutLevel } = place.env;
  expect(await status(withoutLevel)).toBe(0);
  expect(await status(place.env)).toBe(1);
});

describe.skipIf(!existsSync('/usr/bin/zsh') && !existsSync('/bin/zsh'))('with zsh installed', () => {
  const zsh = existsSync('/bin/zsh') ? '/bin/zsh' : '/usr/bin/zsh';

  test('the line of a zsh that is started by its path is judged before it runs, of a login shell too', () => {
    expect(run(zsh, '-c', 'echo evil > a')).toMatchObject({ status: 1, stdout: '', stderr: 'not run\n' });
    expect(run(zsh, '-lc', 'echo evil > a')).toMatchObject({ status: 1, stdout: '' });
    expect(place.read('a')).toBeNull();
    expect(run(zsh, '-c', 'echo fine; exit 3')).toMatchObject({ status: 3, stdout: 'fine\n' });
  });

  test("the user's own start-up files are read from where they lie, and ZDOTDIR is as it was", () => {
    place.write('.zshenv', 'echo "env ${ZDOTDIR-none}"');
    place.write('.zprofile', 'echo profile');
    expect(run(zsh, '-lc', 'echo line').stdout).toBe('env none\nprofile\nline\n');
    place.env['BELAY_ZDOTDIR'] = place.home;
    expect(run(zsh, '-c', 'echo line').stdout).toBe(`env ${place.home}\nline\n`);
  });

  test('the shims stand in front of a PATH that .zshenv sets, and at a prompt of one that .zshrc sets', () => {
    place.write('.zshenv', 'PATH=/usr/bin:/bin');
    place.write('.zshrc', 'PATH=/usr/local/bin:/usr/bin:/bin');
    expect(run(zsh, '-c', 'echo $PATH').stdout).toBe(`${place.shims}:/usr/bin:/bin\n`);
    const typed = spawnSync(zsh, ['-i'], { env: place.env, input: 'echo "<$PATH>"\n', encoding: 'utf8' });
    expect(typed.stdout).toContain(`<${place.shims}:/usr/local/bin:/usr/bin:/bin>`);
  });
});
