import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BelayError } from '../../src/errors.ts';
import { belayPaths, checkSocketPath, ensurePrivateFolder } from '../../src/platform/paths.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'belay-paths-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('without XDG variables everything lies below the home folder', () => {
  expect(belayPaths({ HOME: '/h/ann' }, 'linux')).toEqual({
    stateFolder: '/h/ann/.local/state/belay',
    runtimeFolder: '/h/ann/.local/state/belay/run',
    socket: '/h/ann/.local/state/belay/run/belay.sock',
    configFolder: '/h/ann/.config/belay',
    configFile: '/h/ann/.config/belay/config.toml',
    journalFile: '/h/ann/.local/state/belay/journal.db',
    snapshotFolder: '/h/ann/.local/state/belay/snapshots',
    logFile: '/h/ann/.local/state/belay/daemon.log',
    lockFile: '/h/ann/.local/state/belay/run/daemon.lock',
    sessionsFolder: '/h/ann/.local/state/belay/run/sessions',
    trustFile: '/h/ann/.local/state/belay/trusted.json',
  });
});

test('XDG folders are followed when they are absolute, the runtime folder when it is there and ours', () => {
  const env = { HOME: '/h', XDG_STATE_HOME: '/s', XDG_CONFIG_HOME: 'relative', XDG_RUNTIME_DIR: folder };
  const paths = belayPaths(env, 'linux');
  expect([paths.stateFolder, paths.configFolder, paths.runtimeFolder]).toEqual([
    '/s/belay',
    '/h/.config/belay',
    join(folder, 'belay'),
  ]);
  expect(belayPaths({ ...env, XDG_RUNTIME_DIR: join(folder, 'gone') }, 'linux').runtimeFolder).toBe('/s/belay/run');
});

test('a socket path that the system would cut is refused in words, counted in bytes', () => {
  expect(() => checkSocketPath(`/${'a'.repeat(106)}`, 'linux')).not.toThrow();
  expect(() => checkSocketPath(`/${'a'.repeat(107)}`, 'linux')).toThrow(
    /the socket path is 108 bytes long, and this system takes at most 107/,
  );
  expect(() => checkSocketPath(`/${'é'.repeat(60)}`, 'linux')).toThrow(/121 bytes/);
  expect(() => checkSocketPath(`/${'a'.repeat(103)}`, 'darwin')).toThrow(/104 bytes long.*at most 103/);
});

test('a private folder is made with its parents, mode 0700, and taken again', () => {
  const wanted = join(folder, 'a/b');
  ensurePrivateFolder(wanted);
  ensurePrivateFolder(wanted);
  expect([lstatSync(wanted).mode & 0o777, lstatSync(join(folder, 'a')).mode & 0o777]).toEqual([0o700, 0o700]);
});

test('a folder of ours that others may read is closed to them', () => {
  chmodSync(folder, 0o755);
  ensurePrivateFolder(folder);
  expect(lstatSync(folder).mode & 0o777).toBe(0o700);
});

const unsafe: [string, (path: string) => void, string][] = [
  ['a symbolic link', (path) => symlinkSync(folder, path), 'it is a symbolic link'],
  ['a file', (path) => writeFileSync(path, ''), 'EEXIST'],
  ['a folder that others may write to', openFolder, 'others may write to it (mode 777)'],
  ['a file on the way', (path) => writeFileSync(path.replace('/x', ''), ''), 'ENOTDIR'],
];
test.each(unsafe)('%s in its place is refused', (_what, prepare, found) => {
  const path = join(folder, 'p/x');
  if (found !== 'ENOTDIR') mkdirSync(join(folder, 'p'));
  prepare(path);
  try {
    ensurePrivateFolder(path);
    expect.unreachable();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(BelayError);
    expect(String(thrown)).toContain(`the folder ${path} is not safe: ${found}`);
  }
});

function openFolder(path: string): void {
  mkdirSync(path);
  chmodSync(path, 0o777);
}
