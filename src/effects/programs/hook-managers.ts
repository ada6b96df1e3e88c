/** Programs that put a project's checks into git's hooks, and take them out again: pre-commit, lefthook, husky and their kin. */
import type { Program } from '../program.ts';
import { subcommands, words } from '../subcommands.ts';

const removes = {
  effect: 'git.hook-skip',
  facts: { how: (use: { readonly call: { readonly name: string } }) => `${use.call.name} uninstall` },
} as const;

export const programs: readonly Program[] = [
  subcommands({
    names: ['pre-commit', 'prek', 'lefthook', 'husky', 'overcommit', 'captainhook', 'simple-git-hooks'],
    manual: 'pre-commit 4.3, lefthook 2.0, husky 9.1, overcommit 0.68',
    values: words('-c --config -t --hook-type --color --files --from-ref --to-ref --repo -j --jobs'),
    rows: [
      { on: 'uninstall', does: removes },
      {
        on: 'install | run | autoupdate | clean | gc | validate-config | init | add | dump | version | sample-config',
        does: [],
      },
    ],
    examples: [
      { command: 'pre-commit uninstall', effects: ['git.hook-skip'] },
      { command: 'lefthook uninstall', effects: ['git.hook-skip'] },
      { command: 'npx husky uninstall', effects: ['git.hook-skip'] },
      { command: 'pre-commit run --all-files', effects: [] },
      { command: 'pre-commit install', effects: [] },
    ],
  }),
];
