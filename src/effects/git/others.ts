/** git subcommands that mostly read, yet write a file, run a tool, print a secret or plan a job when told to. Pure. Follows git 2.47. */
import type { Effect } from '../effect.ts';
import type { Arg, OptionSpec, Reading } from '../program.ts';
import { flow, NOTHING, runText, text, together, words } from '../readings.ts';
import { does, type GitCall, type GitTable, harmless } from './subcommand.ts';

function archive(git: GitCall): Reading {
  const options = git.options({
    flags: words('-l --list -v --verbose --worktree-attributes'),
    values: words('--format --prefix -o --output --add-file --add-virtual-file --mtime --remote --exec'),
  });
  const output = options.value('-o', '--output');
  return together(
    does(...(output === undefined ? [] : [git.effect('fs.write', [git.path(output)])])),
    runText(git.call, options.value('--exec'), 'git archive --exec'),
  );
}

/** `--output FILE` of the diff family overwrites it, git-diff(1). What is shown is content of files. */
function diff(git: GitCall): Reading {
  const spec: OptionSpec = {
    values: words(
      '--output -o -S -G -U -O --format --pretty --since --until --after --before --author --grep -n --max-count --skip -L --diff-filter --stat-width',
    ),
    flags: words('--name-only --name-status --stat -p -q --quiet --cached --staged --no-index'),
  };
  const options = git.options(spec);
  const output = options.value('--output');
  const effects = [
    ...(output === undefined ? [] : [git.effect('fs.write', [git.path(output)])]),
    ...(options.has('--no-index') ? readsOutside(git, options.operands) : []),
  ];
  return { effects, output: options.has('--name-only') ? flow(['files'], [git.here]) : flow(['content']) };
}

function listing(git: GitCall): Reading {
  return { effects: [], output: flow(['files'], [git.here]) };
}

/** With --no-index git reads files as any program does, of a repository or not. */
function readsOutside(git: GitCall, files: readonly Arg[]): readonly Effect[] {
  return files.length === 0 ? [] : [git.effect('fs.read', files.map(git.path))];
}

function grep(git: GitCall): Reading {
  const options = git.options({
    flags: words(
      '-i -n -l -r -E -F -P -w -c -v -q -h -H -I -a -z -L -o -p -W --cached --no-index --untracked --all-match --and --or --not --name-only --files-with-matches --break --heading --count',
    ),
    values: words('-e -f -A -B -C -m --max-depth --threads'),
    optionalValues: words('-O --open-files-in-pager --color'),
  });
  const pager = options.value('-O', '--open-files-in-pager');
  const opened = runText(git.call, pager, 'git grep -O');
  const files = options.has('--no-index') ? options.operands.slice(options.has('-e', '-f') ? 0 : 1) : [];
  return { effects: [...opened.effects, ...readsOutside(git, files)], output: flow(['content']) };
}

function tool(git: GitCall): Reading {
  const options = git.options({
    flags: words(
      '-d --dir-diff -y --no-prompt --prompt --gui -g --no-gui --cached --staged --no-index --tool-help --trust-exit-code --no-trust-exit-code --symlinks --no-symlinks',
    ),
    values: words('-x --extcmd -t --tool -O --rotate-to --skip-to'),
  });
  return runText(git.call, options.value('-x', '--extcmd'), 'git difftool --extcmd');
}

function credential(git: GitCall): Reading {
  switch (text(git.args.findLast((arg) => text(arg)?.startsWith('-') !== true))) {
    case 'fill':
    case 'get':
      return {
        effects: [git.effect('secret.print', [], { what: git.subcommand })],
        output: flow(['secret'], [], [`git ${git.subcommand}`]),
      };
    case 'reject':
    case 'erase':
      return does(git.effect('secret.store', [], { verb: 'delete' }));
    case 'approve':
    case 'store':
      return does(git.effect('secret.store', [], { verb: 'write' }));
    default:
      return NOTHING;
  }
}

function maintenance(git: GitCall): Reading {
  const verb = text(git.args[0]) ?? '';
  return /^(start|stop|register|unregister)$/.test(verb)
    ? does(git.effect('schedule.change', [], { verb: `git maintenance ${verb}` }))
    : NOTHING;
}

function formatPatch(git: GitCall): Reading {
  const options = git.options({
    flags: words('--stdout -n -s -k --cover-letter --numbered --signoff --root'),
    values: words(
      '-o --output-directory --start-number -v --reroll-count --subject-prefix --in-reply-to --to --cc --base',
    ),
  });
  const folder = options.value('-o', '--output-directory');
  return does(
    ...(options.has('--stdout') ? [] : [git.effect('fs.create', [folder === undefined ? git.here : git.path(folder)])]),
  );
}

function hook(git: GitCall): Reading {
  const [verb, hookName] = git.args;
  const target = text(hookName);
  return text(verb) === 'run' && target !== undefined
    ? git.call.script(`.git/hooks/${target}`, 'git hook run')
    : NOTHING;
}

function scalar(git: GitCall): Reading {
  return text(git.args[0]) === 'delete'
    ? does(git.effect('fs.delete', git.paths(git.args.slice(1)), { recursive: true, force: true }))
    : NOTHING;
}

export const othersTable: GitTable = {
  subcommands: {
    archive,
    diff,
    log: diff,
    show: diff,
    'diff-tree': diff,
    'diff-index': diff,
    'diff-files': diff,
    'cat-file': diff,
    blame: diff,
    'ls-files': listing,
    'ls-tree': listing,
    status: listing,
    grep,
    difftool: tool,
    mergetool: tool,
    credential,
    'credential-store': credential,
    'credential-cache': credential,
    'credential-manager': credential,
    'credential-osxkeychain': credential,
    maintenance,
    'format-patch': formatPatch,
    hook,
    scalar,
    'rev-parse': harmless,
    'rev-list': harmless,
    'sparse-checkout': harmless,
    describe: harmless,
    fsck: harmless,
    help: harmless,
    version: harmless,
  },
  examples: [
    { command: "git archive --remote=ext --exec='rm -rf src' HEAD", effects: ['fs.delete'] },
    { command: 'git archive -o out.tar HEAD', effects: ['fs.write'] },
    { command: 'git archive HEAD', effects: [] },
    { command: 'git log --output=notes.txt', effects: ['fs.write'] },
    { command: 'git log --oneline -5', effects: [] },
    { command: 'git diff --stat', effects: [] },
    { command: 'git status --short', effects: [] },
    { command: "git grep -O'rm -rf src' foo", effects: ['fs.delete'] },
    { command: 'git grep foo', effects: [] },
    { command: 'git grep --no-index KEY ~/.ssh/id_rsa', effects: ['secret.read'] },
    { command: 'git diff --no-index /dev/null ~/.ssh/id_rsa', effects: ['secret.read'] },
    { command: 'git diff --no-index a.txt b.txt', effects: [] },
    { command: "git difftool -y -x 'rm -rf src' HEAD~1", effects: ['fs.delete'] },
    { command: 'git difftool --tool-help', effects: [] },
    { command: 'git credential fill', effects: ['secret.print'] },
    { command: 'git credential-store erase', effects: ['secret.store'] },
    { command: 'git maintenance start', effects: ['schedule.change'] },
    { command: 'git maintenance run', effects: [] },
    { command: 'git format-patch --stdout HEAD~1', effects: [] },
    { command: 'git rev-list --all', effects: [] },
  ],
};
