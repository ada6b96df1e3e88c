/** Copies between this machine and stores of files elsewhere: rclone, azcopy, s5cmd, mc. Reads are free; what arrives there is told. */
import type { Effect } from '../effect.ts';
import type { Arg, Program, Reading } from '../program.ts';
import { flowOf, given, names, type Row, subcommands, type Tool, type Use, words } from '../subcommands.ts';

/** Which words of a tool name a place elsewhere. */
type Far = (word: string) => boolean;

interface Store extends Omit<Tool, 'rows' | 'flow'> {
  readonly far: Far;
  /** Verbs that copy, of these those that make equal (and so delete) and those that take the source away. */
  readonly copies: string;
  readonly mirrors?: RegExp;
  readonly moves?: RegExp;
  /** Verbs that delete. */
  readonly removes: string;
  readonly more?: readonly Row[];
}

const start = (arg: Arg): string => (arg.kind === 'unknown' ? arg.prefix : arg.value);

/** Returns what copying does: from here to there it leaves this machine, with all that lies below a folder. */
function copy(use: Use, store: Store): Reading {
  const verb = use.verbs.at(-1) ?? '';
  const from = use.operands.slice(0, -1);
  const to = use.operands.at(-1);
  if (to === undefined || from.length === 0) return { effects: [] };
  const facts = { provider: use.call.name, service: 'storage', verb };
  const here = from.filter((arg) => !store.far(start(arg)));
  const there = from.filter((arg) => store.far(start(arg)));
  const removes = store.mirrors?.test(verb) === true || use.has('--delete', '--remove', '--delete-destination');
  const effects: Effect[] = [];
  if (here.length > 0) effects.push(use.call.effect('fs.read', here.map(use.call.path), { recursive: true }));
  if (store.far(start(to))) {
    effects.push(
      use.call.effect('cloud.change', names('place', [to]), facts),
      ...(here.length > 0 ? [use.call.effect('net.send', names('place', [to]), { what: 'file', method: 'PUT' })] : []),
    );
    if (removes) effects.push(use.call.effect('cloud.delete', names('place', [to]), { ...facts, recursive: true }));
  } else {
    if (there.length > 0) effects.push(use.call.effect('net.fetch', names('url', there)));
    effects.push(use.call.effect('fs.create', [use.call.path(to)], { merge: true }));
    if (removes)
      effects.push(
        use.call.effect('fs.delete', [use.call.path(to)], {
          recursive: true,
          force: true,
          listed: true,
          filter: 'what the source lacks',
        }),
      );
  }
  if (store.moves?.test(verb) === true) {
    if (there.length > 0) effects.push(use.call.effect('cloud.delete', names('place', there), facts));
    if (here.length > 0)
      effects.push(
        use.call.effect('fs.delete', here.map(use.call.path), { recursive: true, force: true, copied: true }),
      );
  }
  return { effects, output: flowOf('network', there.map(start)) };
}

/** Deleting: elsewhere in the cloud, or on this machine's own disk, which these tools take as well. */
function remove(use: Use, store: Store): Reading {
  const verb = use.verbs.join(' ');
  const far = use.operands.filter((arg) => store.far(start(arg)) || arg.kind === 'unknown');
  const near = use.operands.filter((arg) => !far.includes(arg));
  return {
    effects: [
      ...(far.length > 0
        ? [use.call.effect('cloud.delete', names('place', far), { provider: use.call.name, service: 'storage', verb })]
        : []),
      ...(near.length > 0
        ? [use.call.effect('fs.delete', near.map(use.call.path), { recursive: true, force: true })]
        : []),
    ],
  };
}

function store(how: Store): Program {
  return subcommands({
    ...how,
    flow: 'network',
    rows: [
      { on: how.copies, read: (use) => copy(use, how) },
      { on: how.removes, read: (use) => remove(use, how) },
      ...(how.more ?? []),
    ],
  });
}

const rclone = store({
  names: ['rclone'],
  manual: 'rclone 1.71',
  values: words(
    '--config --filter --filter-from --include --include-from --exclude --exclude-from --files-from --transfers --checkers --bwlimit --max-age --min-age --max-size --min-size --log-file --log-level --backup-dir --suffix --retries --timeout --stats --tpslimit --max-depth --drive-chunk-size --s3-chunk-size',
  ),
  dryRun: ['-n', '--dry-run'],
  far: (word) => /^:?[\w.+@ -]+(?:,[^:]*)?:/.test(word) && !/^[A-Za-z]:[\\/]/.test(word),
  copies: 'copy,copyto,sync,bisync,move,moveto',
  mirrors: /^(?:bi)?sync$/,
  moves: /^move/,
  removes: 'delete,deletefile,purge,rmdir,rmdirs,cleanup',
  more: [
    {
      on: 'rcat',
      does: { effect: 'cloud.change', noun: 'place', facts: { provider: 'rclone', service: 'storage', verb: 'rcat' } },
    },
    { on: 'link', does: { effect: 'cloud.permission', noun: 'place', facts: { provider: 'rclone', verb: 'link' } } },
    { on: 'serve', does: { effect: 'net.listen', when: given('--addr'), facts: { public: true } } },
    {
      on: 'config show,dump',
      flow: 'secret',
      does: { effect: 'secret.print', facts: { what: 'the accounts of rclone' } },
    },
  ],
  examples: [
    { command: 'rclone copy dist remote:site', effects: ['cloud.change'] },
    { command: 'rclone copy ~/.ssh remote:keys', effects: ['cloud.change', 'secret.read', 'secret.send'] },
    { command: 'rclone sync dist remote:site', effects: ['cloud.change', 'cloud.delete'] },
    { command: 'rclone sync dist remote:site --dry-run', effects: [] },
    { command: 'rclone purge remote:site', effects: ['cloud.delete'] },
    { command: 'rclone copy remote:site dist', effects: [] },
    { command: 'rclone lsf remote:site', effects: [] },
  ],
});

const azcopy = store({
  names: ['azcopy'],
  manual: 'azcopy 10.30',
  values: words(
    '--include-pattern --exclude-pattern --include-path --exclude-path --from-to --log-level --cap-mbps --block-size-mb',
  ),
  dryRun: ['--dry-run'],
  far: (word) => /^https?:\/\//.test(word),
  copies: 'copy,cp,c,sync',
  removes: 'remove,rm,r',
  examples: [
    { command: 'azcopy copy dist https://x.blob.core.windows.net/c --recursive', effects: ['cloud.change'] },
    { command: 'azcopy remove https://x.blob.core.windows.net/c --recursive', effects: ['cloud.delete'] },
    { command: 'azcopy copy https://x.blob.core.windows.net/c out', effects: [] },
    { command: 'azcopy list https://x.blob.core.windows.net/c', effects: [] },
  ],
});

const s5cmd = store({
  names: ['s5cmd', 's3cmd', 's4cmd'],
  manual: 's5cmd 2.3, s3cmd 2.4',
  values: words(
    '--endpoint-url --profile --region --numworkers --log --retry-count --credentials-file -c --config --acl --content-type --exclude --include --storage-class --concurrency',
  ),
  dryRun: ['--dry-run', '-n'],
  far: (word) => word.startsWith('s3://'),
  copies: 'cp,mv,sync,put,get',
  moves: /^mv$/,
  removes: 'rm,del,rb',
  more: [
    {
      on: 'mb',
      does: { effect: 'cloud.change', noun: 'bucket', facts: { provider: 's3', service: 'storage', verb: 'mb' } },
    },
    {
      on: 'setacl,setpolicy',
      does: { effect: 'cloud.permission', noun: 'bucket', facts: { provider: 's3', verb: 'acl' } },
    },
  ],
  examples: [
    { command: 's5cmd cp dist/ s3://bucket/site/', effects: ['cloud.change'] },
    { command: 's5cmd cp .env s3://bucket/', effects: ['secret.send'] },
    { command: "s5cmd rm 's3://bucket/site/*'", effects: ['cloud.delete'] },
    { command: "s5cmd cp 's3://bucket/site/*' out/", effects: [] },
    { command: 's5cmd ls s3://bucket/', effects: [] },
  ],
});

const mc = store({
  names: ['mc', 'mcli'],
  manual: 'MinIO client RELEASE.2025-07',
  values: words(
    '--config-dir -C --attr --storage-class --tags --limit-upload --limit-download --older-than --newer-than',
  ),
  dryRun: ['--dry-run', '--fake'],
  // An alias and a bucket have no mark of their own: a path does.
  far: (word) => /^[A-Za-z][\w-]*\/[^/]/.test(word),
  copies: 'cp,mv,mirror,put,get',
  moves: /^mv$/,
  removes: 'rm,rb',
  more: [
    {
      on: 'anonymous set,set-json | policy set | admin user add,remove | admin policy attach,detach',
      does: {
        effect: 'cloud.permission',
        noun: 'place',
        facts: { provider: 'minio', verb: (use) => use.verbs.join(' ') },
      },
    },
    { on: 'alias set,remove | ls | cat | head | stat | tree | du | find | diff', does: [] },
  ],
  examples: [
    { command: 'mc cp ./report.pdf play/bucket', effects: ['cloud.change'] },
    { command: 'mc rm --recursive --force play/bucket', effects: ['cloud.delete'] },
    { command: 'mc cp play/bucket/a.txt ./a.txt', effects: [] },
    { command: 'mc ls play', effects: [] },
  ],
});

export const programs: readonly Program[] = [rclone, azcopy, s5cmd, mc];
