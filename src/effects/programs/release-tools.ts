/** Build and release tools whose words or flags publish, push or deploy: nx, sbt, azd, hexo, mkdocs, pants, earthly, changelogen. */
import { deploys } from '../platforms.ts';
import type { Program, Reading } from '../program.ts';
import { type Does, given, known, type Row, subcommands, type Tool, type Use, words } from '../subcommands.ts';
import { listensPublicly } from './tunnels.ts';

const publish = (what: string): Does => ({ effect: 'package.publish', facts: { what } });
const PUSH: Does = { effect: 'git.push', facts: { force: 'none', tags: true } };
const toPages = (on: string, when?: Does['when']): Row => ({
  on,
  does: { ...deploys('pages'), ...(when === undefined ? {} : { when }) },
});
const tool = (names: readonly string[], manual: string, rest: Omit<Tool, 'names' | 'manual'>): Program =>
  subcommands({ names, manual, dryRun: ['--dry-run'], ...rest });

/** sbt's words are command lines of its own: `+lib/publishSigned`, `;clean;release`, `release with-defaults`. */
const SBT_PUBLISHES =
  /^\+?(?:[\w-]+\s*\/\s*)?(?:publish(?:Signed)?|release|ci-release|(?:sonatype|sona)(?:Bundle)?(?:Release|Upload)\w*)$/;

function sbt(use: Use): Reading {
  const commands = use.operands.flatMap((arg) => (known(arg) ?? '').split(/[;\s]+/));
  return { effects: commands.some((word) => SBT_PUBLISHES.test(word)) ? [use.call.effect('package.publish')] : [] };
}

export const programs: readonly Program[] = [
  tool(['nx'], 'Nx 21 command reference', {
    values: words(
      '-p --projects -g --groups --specifier --preid --otp --tag --registry --access --git-remote --gitRemote --git-commit-message --git-commit-args --from --to --interactive --configuration -c --target -t',
    ),
    dryRun: ['--dry-run', '--dryRun', '-d'],
    rows: [
      {
        on: 'release',
        does: [
          { ...publish('packages'), unless: given('--skip-publish', '--skipPublish') },
          { ...PUSH, when: given('--git-push', '--gitPush') },
        ],
      },
      { on: 'release publish', does: publish('packages') },
      { on: 'release version,changelog', does: { ...PUSH, when: given('--git-push', '--gitPush') } },
      { on: 'release plan,plan:check', does: [] },
    ],
    examples: [
      { command: 'nx release --yes', effects: ['package.publish'] },
      { command: 'nx release --dry-run', effects: [] },
      { command: 'nx release --skip-publish', effects: [] },
      { command: 'nx release publish --tag next', effects: ['package.publish'] },
      { command: 'nx release version 1.2.3', effects: [] },
      { command: 'nx release version 1.2.3 --git-push', effects: ['git.push'] },
      { command: 'nx run-many -t build test', effects: [] },
    ],
  }),
  tool(['sbt', 'sbtn'], 'sbt 1.10 reference, sbt-release 1.4, sbt-ci-release 1.9', {
    singleDash: true,
    rows: [],
    otherwise: sbt,
    examples: [
      { command: 'sbt +publishSigned', effects: ['package.publish'] },
      { command: 'sbt "release with-defaults"', effects: ['package.publish'] },
      { command: 'sbt clean core/publish', effects: ['package.publish'] },
      { command: 'sbt publishLocal', effects: [] },
      { command: 'sbt "testOnly a.ReleaseSpec"', effects: [] },
    ],
  }),
  tool(['azd'], 'Azure Developer CLI 1.20 reference', {
    values: words('-e --environment -C --cwd -l --location --subscription --from-package'),
    rows: [
      { on: 'up | deploy | publish', does: deploys('azure') },
      {
        on: 'provision',
        does: { effect: 'infra.apply', facts: { tool: 'azd', unattended: true }, unless: given('--preview') },
      },
      { on: 'down', does: { effect: 'infra.destroy', facts: { tool: 'azd' } } },
      { on: 'env set-secret', does: { effect: 'secret.store', facts: { verb: 'write' } } },
    ],
    examples: [
      { command: 'azd up', effects: ['deploy'] },
      { command: 'azd deploy api', effects: ['deploy'] },
      { command: 'azd provision', effects: ['infra.apply'] },
      { command: 'azd provision --preview', effects: [] },
      { command: 'azd down --force --purge', effects: ['infra.destroy'] },
      { command: 'azd package --all', effects: [] },
    ],
  }),
  tool(['hexo'], 'Hexo 7 commands', {
    values: words('--cwd --config'),
    rows: [
      toPages('deploy,d'),
      toPages('generate,g', given('-d', '--deploy')),
      { on: 'server,s', does: { effect: 'net.listen' } },
    ],
    examples: [
      { command: 'hexo deploy', effects: ['deploy'] },
      { command: 'hexo g -d', effects: ['deploy'] },
      { command: 'hexo generate', effects: [] },
    ],
  }),
  tool(['mkdocs', 'ng'], 'MkDocs 1.6, Angular CLI 20', {
    values: words('-f --config-file -b --remote-branch -m --message -r --remote-name -a --dev-addr'),
    rows: [
      toPages('gh-deploy'),
      toPages('deploy', (use) => use.call.name === 'ng'),
      {
        on: 'serve',
        does: {
          effect: 'net.listen',
          facts: { public: (use) => (listensPublicly(use, ['-a', '--dev-addr', '--host']) ? true : undefined) },
        },
      },
    ],
    examples: [
      { command: 'mkdocs gh-deploy --force', effects: ['deploy'] },
      { command: 'mkdocs serve -a 127.0.0.1:8001', effects: ['net.listen'] },
      { command: 'mkdocs build --strict', effects: [] },
      { command: 'ng deploy --base-href=/app/', effects: ['deploy'] },
      { command: 'ng build', effects: [] },
    ],
  }),
  tool(['mike', 'ghp-import'], 'mike 2.1, ghp-import 2.1', {
    values: words('-F --config-file -b --branch -m --message -r --remote -c --cname -x --prefix'),
    rows: [],
    // A branch of its own, for pages.
    otherwise: (use) => ({
      effects: use.has('-p', '--push')
        ? [use.call.effect('git.push', [], { force: use.has('--force') ? 'force' : 'none' })]
        : [],
    }),
    examples: [
      { command: 'mike deploy --push 1.0 latest', effects: ['git.push'] },
      { command: 'mike deploy 1.0', effects: [] },
      { command: 'ghp-import -n -p site', effects: ['git.push'] },
    ],
  }),
  tool(['pants', './pants'], 'Pants 2.28 goals', {
    rows: [
      { on: 'publish', does: publish('packages') },
      { on: 'deploy,experimental-deploy', does: deploys('targets') },
    ],
    examples: [
      { command: 'pants publish ::', effects: ['package.publish'] },
      { command: 'pants test ::', effects: [] },
    ],
  }),
  tool(['earthly'], 'Earthly 0.8 command reference', {
    values: words('--arg --secret --secret-file --platform --remote-cache --buildkit-host --arg-file-path'),
    rows: [],
    otherwise: (use) => ({
      effects: use.has('--push') ? [use.call.effect('package.publish', [], { what: 'image' })] : [],
    }),
    examples: [
      { command: 'earthly --push +release', effects: ['package.publish'] },
      { command: 'earthly +build', effects: [] },
    ],
  }),
  tool(['changelogen', 'bumpp'], 'changelogen 0.6, bumpp 10', {
    values: words('--from --to --dir --output -r --publishTag --token -c --commit -t --tag -x --execute'),
    rows: [{ on: 'gh', does: { effect: 'forge.write', facts: { verb: 'write', object: 'release' } } }],
    otherwise: (use) => ({
      effects: [
        // Only bumpp pushes unasked.
        ...((use.call.name === 'bumpp' && !use.has('--no-push')) || use.has('--push')
          ? [use.call.effect('git.push', [], { force: 'none', tags: true })]
          : []),
        ...(use.has('--publish') ? [use.call.effect('package.publish', [], { what: 'package' })] : []),
      ],
    }),
    examples: [
      { command: 'changelogen --release --push', effects: ['git.push'] },
      { command: 'changelogen --release --publish', effects: ['package.publish'] },
      { command: 'changelogen --release', effects: [] },
      { command: 'changelogen gh release', effects: ['forge.write'] },
      { command: 'bumpp patch --yes', effects: ['git.push'] },
      { command: 'bumpp patch --no-push', effects: [] },
    ],
  }),
  tool(['maturin'], 'maturin 1.9 user guide', {
    rows: [{ on: 'publish | upload', does: publish('package') }],
    examples: [
      { command: 'maturin publish', effects: ['package.publish'] },
      { command: 'maturin develop', effects: [] },
    ],
  }),
];
