import { describe, expect, test } from 'vitest';
import type { Places } from '../../src/evidence/evidence.ts';
import { fileClassOf } from '../../src/evidence/file-classes.ts';
import { holdsBelay, stricterZone, zoneOf } from '../../src/evidence/places.ts';

const places: Places = {
  home: '/home/u',
  workspace: '/home/u/p',
  temp: ['/tmp'],
  belay: ['/home/u/.local/state/belay', '/home/u/.config/belay'],
};

test.each([
  ['/', 'root'],
  ['/*', 'root'],
  ['/usr', 'root'],
  ['/home', 'root'],
  ['/home/u', 'home'],
  ['/home/u/*', 'home'],
  ['/home/u/.[!.]*', 'home'],
  ['/home/u/*.log', 'in-home'],
  ['/home/u/.config', 'in-home'],
  ['/home/u/other/file', 'in-home'],
  ['/home/v/file', 'system'],
  ['/home/u/p', 'workspace'],
  ['/home/u/p/*', 'workspace'],
  ['/home/u/p/src', 'in-workspace'],
  ['/home/u/p/*.ts', 'in-workspace'],
  ['/home/u/p/.git', 'git-dir'],
  ['/home/u/p/sub/.git/config', 'git-dir'],
  ['/home/u/p/.github/x', 'in-workspace'],
  ['/home/u/pq', 'in-home'],
  ['/tmp', 'temp'],
  ['/tmp/*', 'temp'],
  ['/tmp/x', 'in-temp'],
  ['/var/folders/ab/cd/T/x', 'in-temp'],
  ['/etc/passwd', 'system'],
  ['/opt/tool', 'system'],
  ['/dev/null', 'sink'],
  ['/dev/sda', 'device'],
  ['/dev', 'root'],
  ['/proc/1/mem', 'kernel'],
  ['/data/x', 'outside'],
  ['/home/u/.local/state/belay/journal.db', 'belay'],
  ['relative', 'unknown'],
] as const)('%s lies in %s', (path, zone) => {
  expect(zoneOf(path, places)).toBe(zone);
});

test('a folder around the workspace is told from the home and from the root', () => {
  const deep = { ...places, workspace: '/home/u/code/team/p' };
  expect(zoneOf('/home/u/code', deep)).toBe('above-workspace');
  expect(zoneOf('/home/u', deep)).toBe('home');
});

test('a workspace in the temporary folder is a workspace', () => {
  const inTemp = { ...places, workspace: '/tmp/w' };
  expect([zoneOf('/tmp/w/a', inTemp), zoneOf('/tmp/a', inTemp)]).toEqual(['in-workspace', 'in-temp']);
});

test("what holds Belay's own folders is known by them", () => {
  expect(
    ['/home/u/.local', '/home/u', '/home/u/.config/belay', '/home/u/.cache'].map((path) => holdsBelay(path, places)),
  ).toEqual([true, true, true, false]);
});

test('the stricter of two zones is the more alarming one', () => {
  expect(stricterZone('in-workspace', 'in-home')).toBe('in-home');
  expect(stricterZone('system', 'in-temp')).toBe('system');
});

describe('a file is of the class that decides its risk', () => {
  test.each([
    ['/home/u/.ssh/id_rsa', 'secret'],
    ['/home/u/.ssh/id_rsa.pub', 'ordinary'],
    ['/home/u/p/.env', 'secret'],
    ['/home/u/p/.env.example', 'ordinary'],
    ['/home/u/.bashrc', 'shell-startup'],
    ['/home/u/.config/fish/config.fish', 'shell-startup'],
    ['/home/u/.ssh/authorized_keys', 'authorized-keys'],
    ['/etc/cron.d/job', 'scheduler'],
    ['/home/u/.config/systemd/user/a.service', 'scheduler'],
    ['/etc/sudoers.d/me', 'system-auth'],
    ['/home/u/.claude/settings.json', 'agent-config'],
    ['/home/u/p/.mcp.json', 'agent-config'],
    ['/home/u/p/CLAUDE.md', 'agent-instructions'],
    ['/home/u/.claude/plans/a.md', 'agent-notes'],
    ['/home/u/.claude/projects/x/memory/MEMORY.md', 'agent-notes'],
    ['/home/u/.claude/projects/x/1234.jsonl', 'log'],
    ['/home/u/p/.git/hooks/pre-commit', 'git-config'],
    ['/home/u/.gitconfig', 'git-config'],
    ['/home/u/p/.github/workflows/ci.yml', 'ci'],
    ['/home/u/p/package.json', 'package-manifest'],
    ['/home/u/p/.envrc', 'tool-startup'],
    ['/home/u/p/dev.sqlite3', 'database'],
    ['/home/u/p/terraform.tfstate', 'infra-state'],
    ['/home/u/.bash_history', 'log'],
    ['/home/u/p/packages/a/node_modules', 'regenerable'],
    ['/home/u/p/dist', 'regenerable'],
    ['/home/u/other/node_modules/x', 'regenerable'],
    ['/home/u/other/dist', 'ordinary'],
    ['/home/u/.cache/thing', 'ordinary'],
    ['/tmp/x/notes.md', 'ordinary'],
    ['/home/u/p/src/a.ts', 'ordinary'],
  ] as const)('%s is %s', (path, fileClass) => {
    expect(fileClassOf(path, places)).toBe(fileClass);
  });
});
