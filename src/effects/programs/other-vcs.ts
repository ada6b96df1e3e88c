/** Version control other than git: Mercurial, Jujutsu, Subversion. Pure; the verbs that lose work or publish it. */
import type { Call, Program, Reading } from '../program.ts';
import { literal, NOTHING, shown, text, words } from '../readings.ts';

interface VerbCall {
  readonly verb: string;
  readonly second: string;
  readonly flags: readonly string[];
  readonly operands: Call['args'];
}

function verbCall(call: Call): VerbCall {
  const options = call.options({
    values: words('-R --repository --cwd --config -m --message -r --revision --rev -u --user -d --date -b --branch'),
  });
  const [verb, ...operands] = options.operands;
  return {
    verb: text(verb) ?? '',
    second: text(operands[0]) ?? '',
    flags: call.args.map((arg) => text(arg) ?? '').filter((word) => word.startsWith('-')),
    operands,
  };
}

function effects(call: Call, rows: (use: VerbCall) => Readonly<Record<string, () => Reading['effects']>>): Reading {
  const use = verbCall(call);
  if (use.flags.includes('--help') || use.flags.includes('--dry-run')) return NOTHING;
  const row = rows(use)[use.verb];
  return row === undefined ? NOTHING : { effects: row() };
}

const here = (call: Call) => call.path(literal('.', call.span));

function hg(call: Call): Reading {
  return effects(call, ({ flags, operands }) => {
    const discard = (what: string) => [
      call.effect('git.discard', operands.length > 0 && what === 'worktree' ? operands.map(call.path) : [here(call)], {
        what,
        force: true,
      }),
    ];
    const clean = flags.some((flag) => /^(-C|--clean)$/.test(flag));
    const update = () => (clean ? [call.effect('git.discard', [here(call)], { what: 'worktree', force: true })] : []);
    return {
      update,
      up: update,
      checkout: update,
      revert: () => discard('worktree'),
      purge: () => (flags.some((flag) => /^(-p|--print)$/.test(flag)) ? [] : discard('untracked')),
      strip: () => discard('commits'),
      rollback: () => discard('commits'),
      push: () => [
        call.effect('git.push', [here(call)], {
          force: flags.some((flag) => /^(-f|--force)$/.test(flag)) ? 'force' : 'none',
          ...(operands[0] === undefined ? {} : { remote: shown(operands[0]) }),
        }),
      ],
      rebase: () => [call.effect('git.history', [here(call)], { what: 'rebase' })],
      histedit: () => [call.effect('git.history', [here(call)], { what: 'rebase' })],
    };
  });
}

function jj(call: Call): Reading {
  return effects(call, ({ second, flags, operands }) => ({
    abandon: () => [call.effect('git.discard', [here(call)], { what: 'commits', force: false })],
    restore: () => [
      call.effect('git.discard', operands.length > 0 ? operands.map(call.path) : [here(call)], {
        what: 'worktree',
        force: false,
      }),
    ],
    op: () =>
      /^(restore|abandon)$/.test(second)
        ? [
            call.effect('git.discard', [here(call)], {
              what: second === 'abandon' ? 'objects' : 'commits',
              force: true,
            }),
          ]
        : [],
    git: () =>
      second === 'push'
        ? [call.effect('git.push', [here(call)], { force: 'lease', delete: flags.includes('--deleted') })]
        : [],
    bookmark: () =>
      second === 'delete' ? [call.effect('git.ref-delete', [here(call)], { force: true, ref: 'branch' })] : [],
  }));
}

function svn(call: Call): Reading {
  return effects(call, ({ flags, operands }) => {
    const targets = operands.length > 0 ? operands.map(call.path) : [here(call)];
    const remove = () => {
      const far = operands.some((arg) => /^[\w+]+:\/\//.test(text(arg) ?? ''));
      return far
        ? [call.effect('git.push', [here(call)], { force: 'none', delete: true })]
        : [call.effect('fs.delete', targets, { recursive: true, force: flags.includes('--force'), tracked: true })];
    };
    const commit = () => [call.effect('git.push', [here(call)], { force: 'none', remote: 'svn' })];
    return {
      revert: () => [
        call.effect('git.discard', targets, {
          what: 'worktree',
          force: flags.some((flag) => /^(-R|--recursive)$/.test(flag)),
        }),
      ],
      cleanup: () =>
        flags.some((flag) => /^--remove-(unversioned|ignored)$/.test(flag))
          ? [
              call.effect('git.discard', targets, {
                what: flags.includes('--remove-ignored') ? 'ignored' : 'untracked',
                force: true,
              }),
            ]
          : [],
      delete: remove,
      rm: remove,
      commit,
      ci: commit,
    };
  });
}

export const programs: readonly Program[] = [
  {
    names: ['hg'],
    manual: 'hg(1), Mercurial 6.8',
    read: hg,
    examples: [
      { command: 'hg update -C', effects: ['git.discard'] },
      { command: 'hg push -f', effects: ['git.push'] },
      { command: 'hg status', effects: [] },
    ],
  },
  {
    names: ['jj'],
    manual: 'jj 0.24 command reference',
    read: jj,
    examples: [
      { command: 'jj op restore abc', effects: ['git.discard'] },
      { command: 'jj git push', effects: ['git.push'] },
      { command: 'jj log', effects: [] },
    ],
  },
  {
    names: ['svn'],
    manual: 'svn(1), Subversion 1.14',
    read: svn,
    examples: [
      { command: 'svn revert -R .', effects: ['git.discard'] },
      { command: 'svn commit -m x', effects: ['git.push'] },
      { command: 'svn status', effects: [] },
    ],
  },
];
