/** What git configuration makes run: which keys hold code, `git config` and `-c key=value`. Pure. Follows git-config(1) 2.47. */
import type { Effect } from '../effect.ts';
import type { Arg, Reading } from '../program.ts';
import { NOTHING, named, shown, text, words } from '../readings.ts';
import { does, type GitCall, type GitTable } from './subcommand.ts';

/** Keys whose value git hands to a shell. Sections and names fold case, git-config(1). */
const COMMAND_KEYS = new RegExp(
  `^(${[
    'core\\.(pager|editor|sshcommand|askpass|gitproxy|fsmonitor|alternaterefscommand)',
    'pager\\..+',
    'sequence\\.editor',
    'credential(\\..+)?\\.helper',
    'diff\\.external',
    'diff\\..+\\.(command|textconv)',
    'merge\\..+\\.driver',
    'filter\\..+\\.(clean|smudge|process)',
    'gpg(\\..+)?\\.program',
    'gpg\\.ssh\\.defaultkeycommand',
    '(difftool|mergetool|guitool|browser|man)\\..+\\.cmd',
    'interactive\\.difffilter',
    'uploadpack\\.packobjectshook',
    'remote\\..+\\.(uploadpack|receivepack)',
    'trailer\\..+\\.(command|cmd)',
    'sendemail\\..*(tocmd|cccmd|headercmd)',
    'sendpack\\..+',
    'tar\\..+\\.command',
    'web\\.browser',
    'instaweb\\.httpd',
  ].join('|')})$`,
  'i',
);

/** Keys that bring in other configuration, hooks or transports: code by another road. */
const CODE_PATH_KEYS =
  /^(core\.hookspath|init\.templatedir|include\.path|includeif\..+\.path|core\.attributesfile|core\.worktree|submodule\..+\.update|protocol(\.\w+)?\.allow|lfs\.customtransfer\..+|lfs\.extension\..+|alias\..+|hook\..+\.command)$/i;

/** Keys that say where pushes and fetches go, or that lift a safeguard. */
const REMOTE_KEYS =
  /^(remote\..+\.(url|pushurl|proxy)|url\..+\.(insteadof|pushinsteadof)|branch\..+\.(remote|pushremote)|remote\.pushdefault)$/i;

/** Pagers, editors and transports that people name every day. */
const EVERYDAY =
  /^!?\s*(\S*\/)?(cat|less|more|true|false|:|ssh|vi|vim|nvim|nano|delta|bat|diff-so-fancy|code|echo|emacs|gpg|gpg2|gh auth git-credential)(\s|$)/;

/**
 * Subcommands that call no hook but the index's own, so that turning hooks off for one skips no check. Agents do so for
 * all the git that they run for themselves: measured with Claude Code and Codex, 2026-11. Source: githooks(5).
 */
const HOOKLESS: ReadonlySet<string> = new Set(
  words(
    'add blame cat-file check-attr check-ignore commit-tree config count-objects describe diff diff-files diff-index diff-tree for-each-ref grep hash-object help init log ls-files ls-remote ls-tree merge-base mktree name-rev remote rev-list rev-parse shortlog show show-ref status update-index var version write-tree',
  ),
);

function isHookless(git: GitCall): boolean {
  return HOOKLESS.has(git.subcommand) || (git.subcommand === 'worktree' && text(git.args[0]) === 'list');
}

/** Returns whether git runs the value of `key` as code, or code that the value leads to. */
export function runsAsCode(key: string, value: string | undefined): boolean {
  if (/^alias\./i.test(key)) return value === undefined || value.trimStart().startsWith('!');
  if (/^core\.fsmonitor$/i.test(key) && /^(true|false|yes|no|on|off|0|1|)$/i.test(value ?? 'unknown')) return false;
  if (
    /^(credential.*\.helper)$/i.test(key) &&
    /^(store|cache|osxkeychain|manager|manager-core|wincred|libsecret|)(\s+--?[\w-]+(=\S*)?)*$/.test(value ?? 'unknown')
  )
    return false;
  if (/^protocol/i.test(key)) return /^(always|user)$/i.test(value ?? 'always') && /^protocol\.(ext|allow)/i.test(key);
  if (/^submodule\./i.test(key)) return value === undefined || value.startsWith('!');
  return COMMAND_KEYS.test(key) || CODE_PATH_KEYS.test(key);
}

/** Returns the effects of one `-c key=value` that holds for a single call: what the value runs there and then. */
export function configEffects(git: GitCall, setting: Arg, how: string): readonly Effect[] {
  const word = text(setting);
  if (word === undefined) {
    const key = setting.kind === 'unknown' ? (setting.prefix.split('=')[0] ?? '') : '';
    return key !== '' && !runsAsCode(key, undefined)
      ? []
      : [git.effect('run.code', [], { language: 'shell', from: 'variable' })];
  }
  const equals = word.indexOf('=');
  const key = equals < 0 ? word : word.slice(0, equals);
  const value = equals < 0 ? 'true' : word.slice(equals + 1);
  const via = `git ${how === 'clone' ? 'clone ' : ''}-c ${key}`;
  if (/^core\.hookspath$/i.test(key)) {
    return isHookless(git) ? [] : [git.effect('git.hook-skip', [git.here], { how: 'core.hooksPath' })];
  }
  if (/^alias\./i.test(key) || !runsAsCode(key, value)) return [];
  if (!COMMAND_KEYS.test(key))
    return [git.effect('git.config', [git.here], { key, value, scope: 'command', runs: true })];
  if (value.trim() === '') return [];
  const run = git.call.script(value.replace(/^!/, ''), via).effects.filter((effect) => effect.program !== 'ssh');
  const known = EVERYDAY.test(value.trim()) || (/\s/.test(value.trim()) && run.length === 0);
  return known ? run : [git.effect('git.config', [git.here], { key, value, scope: 'command', runs: true }), ...run];
}

const READS = words('get get-all list get-regexp get-urlmatch get-color get-colorbool');

function config(git: GitCall): Reading {
  const options = git.options({
    flags: words(
      '--global --system --local --worktree --get --get-all --get-regexp --get-urlmatch --get-color --get-colorbool --add --replace-all --unset --unset-all --rename-section --remove-section -l --list -e --edit --bool --int --bool-or-int --bool-or-str --path --expiry-date --no-type -z --null --name-only --show-origin --show-scope --includes --no-includes --fixed-value --all --append --regexp --show-names',
    ),
    values: words('-f --file --blob --type --default --comment --value --url'),
  });
  const scope = options.has('--global')
    ? 'global'
    : options.has('--system')
      ? 'system'
      : options.has('--worktree')
        ? 'worktree'
        : options.has('-f', '--file')
          ? 'file'
          : 'local';
  if (
    options.has(
      '--get',
      '--get-all',
      '--get-regexp',
      '--get-urlmatch',
      '--get-color',
      '--get-colorbool',
      '-l',
      '--list',
    )
  )
    return printed(git, options.operands);
  const [first, ...rest] = options.operands;
  const verb = text(first);
  if (options.has('-e', '--edit') || verb === 'edit')
    return does(git.effect('git.config', [git.here], { key: '*', value: '', scope, runs: false, verb: 'edit' }));
  if (verb !== undefined && READS.includes(verb) && !verb.includes('.')) return printed(git, rest);
  const dotless = verb !== undefined && /^(set|unset|remove-section|rename-section)$/.test(verb);
  const operands = dotless ? rest : options.operands;
  const [keyArg, valueArg] = operands;
  const removes =
    options.has('--unset', '--unset-all', '--remove-section', '--rename-section') || (dotless && verb !== 'set');
  if (keyArg === undefined) return NOTHING;
  if (valueArg === undefined && !removes) return printed(git, operands);
  const key = shown(keyArg);
  const value = valueArg === undefined || removes ? undefined : text(valueArg);
  const effects = [
    git.effect('git.config', [git.here], {
      key,
      value: removes ? '' : shown(valueArg ?? keyArg),
      scope,
      runs: !removes && runsAsCode(key, value),
      verb: removes ? 'unset' : 'set',
    }),
  ];
  if (/^core\.hookspath$/i.test(key)) effects.push(git.effect('git.hook-skip', [git.here], { how: 'core.hooksPath' }));
  if (REMOTE_KEYS.test(key) && !removes)
    effects.push(
      git.effect('git.remote', [git.here, ...(valueArg === undefined ? [] : [named('url', valueArg)])], {
        verb: 'set-url',
      }),
    );
  return { effects };
}

/** Reading a key that holds a credential prints it. */
function printed(git: GitCall, operands: readonly Arg[]): Reading {
  const secret = operands.some((arg) =>
    /extraheader|\.(password|token|oauthtoken|pat|secret)$|smtppass/i.test(text(arg) ?? ''),
  );
  return secret ? does(git.effect('secret.print', [], { what: 'git config' })) : NOTHING;
}

export const configTable: GitTable = {
  subcommands: { config },
  examples: [
    { command: 'git config core.hooksPath /dev/null', effects: ['git.config', 'git.hook-skip'] },
    { command: "git config --global alias.x '!rm -rf src'", effects: ['git.config'] },
    { command: 'git config set --global core.pager less', effects: ['git.config'] },
    { command: 'git config --unset user.name', effects: ['git.config'] },
    { command: 'git config remote.origin.url https://example.org/a.git', effects: ['git.config', 'git.remote'] },
    { command: 'git config --get core.hooksPath', effects: [] },
    { command: 'git config get user.name', effects: [] },
    { command: 'git config user.email', effects: [] },
    { command: 'git config --get-all http.https://example.org/.extraheader', effects: ['secret.print'] },
    { command: 'git -c core.hooksPath=/dev/null commit -m x', effects: ['git.hook-skip'] },
    { command: 'git -c core.hooksPath=/dev/null -c core.fsmonitor= status --porcelain', effects: [] },
    { command: 'git -c core.hooksPath=/dev/null worktree list --porcelain', effects: [] },
    {
      command: `git -c core.alternateRefsCommand='f() { git --git-dir="$1" for-each-ref; }; f' log`,
      effects: [],
    },
    { command: "git -c core.alternateRefsCommand='f() { rm -rf ~; }; f' log", effects: ['git.config', 'fs.delete'] },
    { command: "git -c core.sshCommand='rm -rf src' fetch", effects: ['fs.delete'] },
    { command: 'git -c core.sshCommand=./x fetch', effects: ['git.config'] },
    { command: 'git -c core.pager=cat log', effects: [] },
    { command: 'git -c core.quotepath=off status', effects: [] },
    { command: 'git -c credential.helper= -c core.fsmonitor=false fetch', effects: [] },
  ],
};
