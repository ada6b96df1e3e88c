import { expect, test } from 'vitest';
import { agentOf, type SessionSetting, sessionEnvironment } from '../../src/session/environment.ts';

const SETTING: SessionSetting = {
  session: 's1',
  socket: '/run/belay.sock',
  start: '/run/start-daemon',
  shims: '/run/shims/bin',
  hooks: '/run/hooks/git',
  startup: '/belay/shims/shell',
  line: '/run/shims/belay-line',
  workspace: '/work',
};

test.each<[string, Record<string, string>, Record<string, string | undefined>]>([
  ['shims stand in front of PATH', { PATH: '/a:/b' }, { PATH: '/run/shims/bin:/a:/b' }],
  ['without a PATH there is the usual one behind them', {}, { PATH: '/run/shims/bin:/usr/local/bin:/usr/bin:/bin' }],
  ['SHELL names the shim of the same shell', { SHELL: '/bin/zsh' }, { SHELL: '/run/shims/bin/zsh' }],
  [
    'a shell that agents can not start as one becomes bash',
    { SHELL: '/usr/bin/fish' },
    { SHELL: '/run/shims/bin/bash' },
  ],
  [
    "Claude Code's own choice of shell, which takes bash and zsh alone, is a shim too",
    { SHELL: '/bin/sh' },
    { SHELL: '/run/shims/bin/sh', CLAUDE_CODE_SHELL: '/run/shims/bin/bash' },
  ],
  [
    "bash's start-up file is ours, and the user's own is kept to go on to",
    { BASH_ENV: '/home/me/env' },
    { BASH_ENV: '/belay/shims/shell/bash-env', BELAY_BASH_ENV: '/home/me/env' },
  ],
  ['of none there is none to go on to', {}, { BASH_ENV: '/belay/shims/shell/bash-env', BELAY_BASH_ENV: undefined }],
  [
    "zsh's start-up files are ours, and the folder of the user's own is kept",
    { ZDOTDIR: '/home/me/zsh' },
    { ZDOTDIR: '/belay/shims/shell/zsh', BELAY_ZDOTDIR: '/home/me/zsh' },
  ],
  ['a shell level below one is raised, so that bash reads BASH_ENV below a socket', {}, { SHLVL: '1' }],
  ['a shell level that is no number is taken for none', { SHLVL: 'x' }, { SHLVL: '1' }],
  ['any other shell level stays', { SHLVL: '3' }, { SHLVL: '3' }],
  [
    "git finds Belay's hooks",
    {},
    { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.hooksPath', GIT_CONFIG_VALUE_0: '/run/hooks/git' },
  ],
  [
    'settings that git has from the environment stay before ours',
    { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_VALUE_0: 'me' },
    { GIT_CONFIG_COUNT: '2', GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_KEY_1: 'core.hooksPath' },
  ],
  ['a count that is no number counts as none', { GIT_CONFIG_COUNT: 'many' }, { GIT_CONFIG_COUNT: '1' }],
  ['everything else is handed on as it is', { FOO: 'a=b\nc', EMPTY: '' }, { FOO: 'a=b\nc', EMPTY: '' }],
])('%s', (_, base, expected) => {
  expect(sessionEnvironment(base, SETTING)).toMatchObject(
    Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
  );
  for (const [name, value] of Object.entries(expected))
    if (value === undefined) expect(sessionEnvironment(base, SETTING)).not.toHaveProperty(name);
});

test('nothing is added but what is listed', () => {
  const added = Object.keys(sessionEnvironment({}, SETTING)).sort();
  expect(added).toEqual(
    [
      ['PATH', 'SHELL', 'SHLVL', 'CLAUDE_CODE_SHELL', 'BASH_ENV', 'ZDOTDIR'],
      ['GIT_CONFIG_COUNT', 'GIT_CONFIG_KEY_0', 'GIT_CONFIG_VALUE_0'],
      ['SESSION', 'SOCKET', 'START', 'SHIMS', 'HOOKS', 'LINE', 'WORKSPACE'].map((name) => `BELAY_${name}`),
    ]
      .flat()
      .sort(),
  );
});

test('an agent is told by the name of its program, wherever that lies', () => {
  expect(agentOf(['/opt/x/bin/claude', '-p'])).toBe('claude-code');
  expect(agentOf(['codex'])).toBe('codex');
  expect(agentOf(['bash'])).toBeNull();
  expect(agentOf([])).toBeNull();
});
