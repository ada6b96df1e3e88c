/** Coding agents started by an agent: one with its prompts off is `run.unsafe-agent`, changed settings are `agent.config`. Pure. */
import type { Call, Program, Reading } from '../program.ts';
import { NOTHING, text } from '../readings.ts';

/** The flags that switch an agent's own prompts off, by the agents' `--help`. A flag may stand with its value glued by `=`. */
const UNSAFE: readonly (readonly [names: readonly string[], flags: RegExp])[] = [
  [
    ['claude', 'claude-code'],
    /^(--dangerously-skip-permissions|--allow-dangerously-skip-permissions|--permission-mode=(bypassPermissions|auto|dontAsk)|bypassPermissions)$/,
  ],
  [
    ['codex'],
    /^(--dangerously-bypass-approvals-and-sandbox|--yolo|--full-auto|--dangerously-bypass-hook-trust|--ask-for-approval=never|--sandbox=danger-full-access|danger-full-access|approval_policy="?never"?|sandbox_mode="?danger-full-access"?)$/,
  ],
  [['gemini', 'qwen', 'iflow'], /^(--yolo|-y|--approval-mode=yolo|yolo)$/],
  [['copilot'], /^(--allow-all-tools|--allow-all-paths|--allow-all|--yolo|--allow-all-urls|--no-ask-user)$/],
  [['aider'], /^(--yes-always|--yes)$/],
  [
    [
      'opencode',
      'crush',
      'amp',
      'droid',
      'auggie',
      'kilo',
      'cline',
      'cursor-agent',
      'agent',
      'kiro-cli',
      'q',
      'plandex',
      'vibe',
      'kimi',
      'openhands',
    ],
    /^(--yolo|-y|--dangerously-allow-all|--dangerously-skip-permissions|--skip-permissions-unsafe|--auto=high|--auto-approve|--auto-approve-everything|--force|-f|--trust-all-tools|-a|--approve-mcps|--always-approve|--full-auto)$/,
  ],
];

/** Pairs of words that mean the same as a glued flag: `--permission-mode bypassPermissions`, `-a never`. */
const UNSAFE_PAIR =
  /^(--permission-mode (bypassPermissions|dontAsk|auto)|(-a|--ask-for-approval) never|(-s|--sandbox) danger-full-access|--approval-mode (yolo|full-auto)|--auto (high|medium)|--autonomy high)$/;

function agent(flags: RegExp): (call: Call) => Reading {
  return (call) => {
    const known = call.args.map((arg) => text(arg) ?? '');
    const flag =
      known.find((word) =>
        word.startsWith('-') ? flags.test(word) : /"?(never|danger-full-access)"?$/.test(word) && flags.test(word),
      ) ?? known.map((word, at) => `${word} ${known[at + 1] ?? ''}`).find((pair) => UNSAFE_PAIR.test(pair));
    const settings = configChange(call, known);
    return flag === undefined
      ? settings
      : { effects: [call.effect('run.unsafe-agent', [], { flag }), ...settings.effects] };
  };
}

/** `claude config set`, `claude mcp add`, `codex mcp add`: the agent's own settings. */
function configChange(call: Call, known: readonly string[]): Reading {
  const [first = '', second = ''] = known.filter((word) => !word.startsWith('-'));
  if (
    !/^(config|mcp|plugin|plugins|hooks|permissions|extensions)$/.test(first) ||
    !/^(set|add|add-json|add-from-claude-desktop|remove|install|uninstall|enable|disable|unset|delete|import)$/.test(
      second,
    )
  )
    return NOTHING;
  return { effects: [call.effect('agent.config', [], { what: `${call.name} ${first} ${second}` })] };
}

const EXAMPLES: Readonly<Record<string, Program['examples']>> = {
  claude: [
    { command: 'claude --dangerously-skip-permissions -p x', effects: ['run.unsafe-agent'] },
    { command: 'claude --permission-mode bypassPermissions', effects: ['run.unsafe-agent'] },
    { command: 'claude mcp add x -- npx x', effects: ['agent.config'] },
    { command: "claude -p 'say --yolo'", effects: [] },
  ],
  codex: [
    { command: 'codex exec --full-auto x', effects: ['run.unsafe-agent'] },
    { command: 'codex -a never exec x', effects: ['run.unsafe-agent'] },
    { command: 'codex --version', effects: [] },
  ],
  gemini: [
    { command: 'gemini --yolo -p x', effects: ['run.unsafe-agent'] },
    { command: 'gemini -p x', effects: [] },
  ],
  copilot: [
    { command: 'copilot --allow-all-tools -p x', effects: ['run.unsafe-agent'] },
    { command: 'copilot -p x', effects: [] },
  ],
  aider: [
    { command: 'aider --yes-always', effects: ['run.unsafe-agent'] },
    { command: 'aider --help', effects: [] },
  ],
  opencode: [
    { command: 'amp --dangerously-allow-all', effects: ['run.unsafe-agent'] },
    { command: 'opencode run x', effects: [] },
  ],
};

export const programs: readonly Program[] = UNSAFE.map(
  ([names, flags]): Program => ({
    names,
    manual: `${names.join(', ')} --help, as of 2026-11`,
    read: agent(flags),
    examples: EXAMPLES[names[0] ?? ''] ?? [],
  }),
);
