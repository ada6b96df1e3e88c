/** Tools that publish packages, extensions and app builds to the world. Registries' own clients are told elsewhere. */
import type { EffectKind } from '../effect.ts';
import { isLocalHost } from '../payload.ts';
import type { Program } from '../program.ts';
import {
  type Does,
  type FactOf,
  given,
  known,
  type Row,
  subcommands,
  type Tool,
  type Use,
  words,
} from '../subcommands.ts';

const publishes = (on: string, what: FactOf, effect: EffectKind = 'package.publish'): Row => ({
  on,
  does: { effect, noun: 'artifact', facts: { what } },
});
const tool = (names: readonly string[], manual: string, rest: Omit<Tool, 'names' | 'manual'>): Program =>
  subcommands({ names, manual, dryRun: ['--dry-run', '-n', '--dryRun', '--snapshot', '--skip=publish'], ...rest });
const whole = (what: string): Pick<Tool, 'rows' | 'otherwise'> => ({
  rows: [],
  otherwise: (use) => ({
    // Without the registry it still tags, and pushes what it tagged.
    effects: use.has('--no-publish', '--no-npm.publish')
      ? [use.call.effect('git.push', [], { force: 'none', tags: true })]
      : [use.call.effect('package.publish', [], { what })],
  }),
});

const isToy = (use: Use): boolean => {
  const network = use.value('--rpc-url', '-r', '--provider.cluster', '-u', '--url', '--network') ?? '';
  return (
    /^(?:localnet|localhost|l|anvil|hardhat(?:Mainnet)?|develop(?:ment)?|ganache|test)$/.test(network) ||
    isLocalHost(network)
  );
};
/** skopeo names where it copies to by a transport; only `docker:` is a registry. */
const isToRegistry = (use: Use): boolean =>
  use.call.name !== 'skopeo' || !/^(?!docker:)[a-z-]+:/.test(known(use.operands.at(-1)) ?? '');
const puts: Does = { effect: 'package.publish', noun: 'contract', facts: { what: 'contract' } };
const onChain = (on: string): Row => ({ on, does: { ...puts, unless: isToy } });
const onNetwork = (on: string): Row => ({
  on,
  does: { ...puts, when: (use) => use.has('--network'), unless: isToy },
});

export const programs: readonly Program[] = [
  tool(['twine'], 'twine 6', {
    values: words('-r --repository --repository-url -u --username -p --password --config-file -c --comment'),
    dryRun: [],
    rows: [publishes('upload | register', 'package')],
    examples: [
      { command: 'twine check dist/*', effects: [] },
      { command: 'twine upload dist/*', effects: ['package.publish'] },
    ],
  }),
  tool(['vsce', '@vscode/vsce', 'ovsx', 'web-ext', 'chrome-webstore-upload', 'wxt'], 'vsce 3, ovsx 0.10, web-ext 8', {
    rows: [
      publishes('publish | sign | upload | submit', 'extension'),
      { ...publishes('unpublish', 'extension', 'package.unpublish') },
    ],
    examples: [
      { command: 'vsce package', effects: [] },
      { command: 'vsce publish minor', effects: ['package.publish'] },
      { command: 'vsce unpublish me.ext', effects: ['package.unpublish'] },
    ],
  }),
  tool(
    ['changeset', 'lerna', 'nx-release', 'auto', 'beachball', 'bumpp-publish', 'multi-semantic-release'],
    'changesets 2.29, lerna 9',
    {
      rows: [
        publishes('publish | shipit', 'package'),
        {
          on: 'version',
          does: {
            effect: 'git.push',
            facts: { force: 'none', tags: true },
            when: (use) => use.call.name === 'lerna' && !use.has('--no-push', '--no-git-tag-version'),
          },
        },
      ],
      examples: [
        { command: 'lerna version patch --yes', effects: ['git.push'] },
        { command: 'lerna version patch --no-push', effects: [] },
        { command: 'changeset version', effects: [] },
        { command: 'changeset status', effects: [] },
        { command: 'changeset publish', effects: ['package.publish'] },
        { command: 'lerna publish from-git --yes', effects: ['package.publish'] },
      ],
    },
  ),
  tool(['semantic-release', 'np', 'release-it', 'standard-release'], 'semantic-release 25, release-it 19', {
    ...whole('release'),
    dryRun: ['--dry-run', '-d', '--preview', '--release-version', '--version', '-v'],
    examples: [
      { command: 'semantic-release --dry-run', effects: [] },
      { command: 'semantic-release', effects: ['package.publish'] },
      { command: 'release-it minor', effects: ['package.publish'] },
      { command: 'np --no-publish', effects: ['git.push'] },
    ],
  }),
  tool(['goreleaser', 'jreleaser', 'cargo-release', 'release-plz', 'cargo-dist'], 'goreleaser 2.12, release-plz 0.3', {
    rows: [publishes('release | publish | full-release | deploy | announce', 'release')],
    dryRun: ['--snapshot', '--dry-run', '--skip-publish', '--dryrun'],
    examples: [
      { command: 'goreleaser check', effects: [] },
      { command: 'goreleaser release --snapshot --clean', effects: [] },
      { command: 'goreleaser release', effects: ['package.publish'] },
    ],
  }),
  tool(
    ['eas', 'eas-cli', 'fastlane', 'altool', 'xcrun-altool', 'code-push', 'appcenter', 'shorebird'],
    'eas-cli 16, fastlane 2.228',
    {
      rows: [
        publishes(
          'submit | update | upload_to_testflight | upload_to_app_store | deliver | pilot | supply | release | beta | deploy | ios release,beta,deploy | android release,beta,deploy | upload',
          'app build',
        ),
        { on: 'credentials | match nuke', does: { effect: 'secret.store', facts: { verb: 'delete' } } },
        { on: 'secret:create | env:create', does: { effect: 'secret.store', facts: { verb: 'write' } } },
      ],
      examples: [
        { command: 'eas build --local', effects: [] },
        { command: 'eas submit -p ios', effects: ['package.publish'] },
        { command: 'fastlane ios release', effects: ['package.publish'] },
      ],
    },
  ),
  tool(
    ['chromatic', 'jsr', 'clasp', 'storybook-publish', 'huggingface-cli', 'hf', 'wandb', 'kaggle', 'modelscope'],
    'chromatic 13, jsr 0.13, hf 1',
    {
      rows: [
        publishes(
          'publish | push | deploy | upload | upload-large-folder | repo create | datasets create,version | models create',
          'artifact',
        ),
        { on: 'repo delete | repo-files delete | delete', does: { effect: 'package.unpublish', noun: 'artifact' } },
      ],
      otherwise: (use) => ({
        effects:
          use.call.name === 'chromatic'
            ? [use.call.effect('net.send', [{ kind: 'name', noun: 'host', name: 'chromatic.com' }], { what: 'file' })]
            : [],
      }),
      examples: [
        { command: 'hf download me/model', effects: [] },
        { command: 'jsr publish', effects: ['package.publish'] },
        { command: 'hf upload me/model .', effects: ['package.publish'] },
      ],
    },
  ),
  tool(
    ['skopeo', 'crane', 'oras', 'cosign', 'regctl', 'ko', 'jib', 'buildah', 'kaniko'],
    'skopeo(1) 1.20, crane 0.20',
    {
      rows: [
        publishes('push | cp | sign | attach | publish | apply | append', 'image'),
        {
          on: 'copy',
          does: { effect: 'package.publish', noun: 'artifact', facts: { what: 'image' }, when: isToRegistry },
        },
        { on: 'delete', does: { effect: 'package.unpublish', noun: 'image' } },
        {
          on: 'rmi | rm',
          does: { effect: 'container.remove', noun: 'image', facts: { what: 'image', all: given('-a', '--all') } },
        },
      ],
      examples: [
        { command: 'skopeo inspect docker://alpine', effects: [] },
        { command: 'skopeo copy docker://alpine dir:alpine', effects: [] },
        { command: 'skopeo copy dir:alpine docker://r.example/alpine', effects: ['package.publish'] },
        { command: 'crane push app.tar me/app', effects: ['package.publish'] },
        { command: 'buildah rm --all', effects: ['container.remove'] },
      ],
    },
  ),
  tool(
    [
      'anaconda',
      'dune-release',
      'conan',
      'snapcraft',
      'charmcraft',
      'rockcraft',
      'wingetcreate',
      'ansible-galaxy',
      'rush',
    ],
    'anaconda-client 1.13, conan 2, snapcraft 8, ansible-galaxy 2.19, rush 5',
    {
      rows: [
        publishes('upload | publish | submit | release | collection publish | role import', 'package'),
        {
          on: 'remove',
          does: {
            effect: 'package.unpublish',
            when: (use) => use.call.name === 'anaconda' || use.has('-r', '--remote'),
          },
        },
      ],
      examples: [
        { command: 'conan remove zlib', effects: [] },
        { command: 'conan install .', effects: [] },
        { command: 'ansible-galaxy collection install a.b', effects: [] },
        { command: 'anaconda upload pkg.tar.bz2', effects: ['package.publish'] },
        { command: 'ansible-galaxy collection publish a-b-1.tar.gz', effects: ['package.publish'] },
      ],
    },
  ),
  // What is put on a chain stays there. A node on this machine is a toy of its own.
  tool(
    ['forge', 'cast', 'solana', 'anchor', 'near'],
    'Foundry 1.4, Forge Code 1, Solana CLI 2.3, Anchor 0.32, near-cli 4',
    {
      // `forge` is a coding agent's name too: before any verb it takes a prompt, and it has settings of its own.
      values: words(
        '--rpc-url -r --private-key --provider.cluster -u --url --keypair -k --network -p --prompt --agent',
      ),
      rows: [
        onChain('create | send | publish | deploy | upgrade | program deploy,upgrade,close | transfer'),
        {
          on: 'mcp add,import,remove',
          does: { effect: 'agent.config', facts: { what: 'forge mcp' }, when: (use) => use.call.name === 'forge' },
        },
        { on: 'script', does: { ...puts, when: (use) => use.has('--broadcast') && !isToy(use) } },
      ],
      examples: [
        { command: 'forge test -vvv', effects: [] },
        { command: 'forge -p create', effects: [] },
        { command: 'forge create src/A.sol:A --rpc-url https://rpc.example', effects: ['package.publish'] },
        { command: 'forge mcp import x.json', effects: ['agent.config'] },
        { command: 'forge script Deploy --rpc-url http://localhost:8545 --broadcast', effects: [] },
        { command: 'forge script Deploy --rpc-url https://rpc.example --broadcast', effects: ['package.publish'] },
        { command: 'cast call 0x0 "f()"', effects: [] },
        { command: 'anchor deploy --provider.cluster localnet', effects: [] },
        { command: 'anchor deploy --provider.cluster mainnet', effects: ['package.publish'] },
      ],
    },
  ),
  // Without a network named they run on a chain of their own, which ends with them.
  tool(['hardhat', 'truffle'], 'Hardhat 3 guides, Truffle 5.11 commands', {
    values: words('--network --config --deployment-id --tags'),
    rows: [onNetwork('run | deploy | ignition deploy | migrate | exec')],
    examples: [
      { command: 'hardhat test', effects: [] },
      { command: 'hardhat run scripts/deploy.js', effects: [] },
      { command: 'hardhat run scripts/deploy.js --network localhost', effects: [] },
      { command: 'hardhat run scripts/deploy.js --network sepolia', effects: ['package.publish'] },
      { command: 'hardhat --network mainnet ignition deploy Lock.ts', effects: ['package.publish'] },
      { command: 'truffle migrate --network develop', effects: [] },
    ],
  }),
];
