/** The environment of a guarded session: what leads an agent's commands through the shims and git's hooks. Pure. */
import { basename, delimiter, join } from 'node:path';

export interface SessionSetting {
  readonly session: string;
  readonly socket: string;
  /** An executable that starts the daemon. */
  readonly start: string;
  /** The folder of shims that goes in front of PATH. */
  readonly shims: string;
  /** The folder of git hooks. */
  readonly hooks: string;
  /** The folder of shell start-up files (`shims/shell`). */
  readonly startup: string;
  /** The client that judges one shell line (`build/shims/belay-line`). */
  readonly line: string;
  readonly workspace: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Shells that have a shim, so that SHELL may name it. */
const SHELLS: ReadonlySet<string> = new Set(['bash', 'sh', 'zsh', 'dash']);

/**
 * Returns `base` with what leads into Belay added; nothing else changes. Why each is needed: agents that start `$SHELL`
 * (Claude Code, OpenCode, Aider), `bash` from PATH (Gemini CLI, Qwen Code), `/bin/bash` by path but with BASH_ENV (Codex,
 * Cline), zsh by ZDOTDIR; measured with system-call traces, 2026-11.
 */
export function sessionEnvironment(base: Environment, setting: SessionSetting): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) if (value !== undefined) env[name] = value;
  const shell = basename(env['SHELL'] ?? 'bash');
  const shellShim = join(setting.shims, SHELLS.has(shell) ? shell : 'bash');

  env['PATH'] = [setting.shims, env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter);
  env['SHELL'] = shellShim;
  env['CLAUDE_CODE_SHELL'] = /bash|zsh/.test(shellShim) ? shellShim : join(setting.shims, 'bash');
  env['SHLVL'] = String(Math.max(1, shellLevel(env['SHLVL'])));
  chain(env, 'BASH_ENV', join(setting.startup, 'bash-env'), 'BELAY_BASH_ENV');
  chain(env, 'ZDOTDIR', join(setting.startup, 'zsh'), 'BELAY_ZDOTDIR');
  addGitSetting(env, 'core.hooksPath', setting.hooks);

  env['BELAY_SESSION'] = setting.session;
  env['BELAY_SOCKET'] = setting.socket;
  env['BELAY_START'] = setting.start;
  env['BELAY_SHIMS'] = setting.shims;
  env['BELAY_HOOKS'] = setting.hooks;
  env['BELAY_LINE'] = setting.line;
  env['BELAY_WORKSPACE'] = setting.workspace;
  return env;
}

/**
 * Bash passes BASH_ENV by when stdin is a socket and SHLVL says that no shell is above it: it takes itself for one that rshd
 * or sshd started (bash 5.2, shell.c, run_startup_files). Agents built with Bun give sockets: measured with Cline, 2026-11.
 */
function shellLevel(said: string | undefined): number {
  return /^\d{1,3}$/.test(said ?? '') ? Number(said) : 0;
}

/** Puts ours in place of the user's own start-up file, and remembers theirs so that ours can go on to it. */
function chain(env: Record<string, string>, name: string, ours: string, theirs: string): void {
  const before = env[name];
  if (before !== undefined && before !== ours) env[theirs] = before;
  env[name] = ours;
}

/** Adds a setting that git reads from the environment, after those that are there. Source: git-config(1), ENVIRONMENT. */
function addGitSetting(env: Record<string, string>, key: string, value: string): void {
  const count = Number(env['GIT_CONFIG_COUNT'] ?? '0');
  const next = Number.isInteger(count) && count > 0 ? count : 0;
  env[`GIT_CONFIG_KEY_${next}`] = key;
  env[`GIT_CONFIG_VALUE_${next}`] = value;
  env['GIT_CONFIG_COUNT'] = String(next + 1);
}

/** Agents by the name of their program, for the journal and for rules. */
const AGENTS: Readonly<Record<string, string>> = {
  claude: 'claude-code',
  codex: 'codex',
  gemini: 'gemini-cli',
  qwen: 'qwen-code',
  opencode: 'opencode',
  copilot: 'copilot',
  cline: 'cline',
  droid: 'droid',
  goose: 'goose',
  aider: 'aider',
  'cursor-agent': 'cursor',
  amp: 'amp',
};

/** Returns the agent that a command starts, or null for anything else. */
export function agentOf(command: readonly string[]): string | null {
  return AGENTS[basename(command[0] ?? '')] ?? null;
}
