/** rsync and its like: folders made equal, here or across machines. Pure. Only options that delete, move or run are modelled. */
import type { Effect } from '../effect.ts';
import type { Arg, Call, OptionSpec, Program, Reading } from '../program.ts';
import { NOTHING, name, runText, shown, text, words } from '../readings.ts';

const DELETES = words(
  '--del --delete --delete-before --delete-during --delete-delay --delete-after --delete-excluded --delete-missing-args',
);

const RSYNC: OptionSpec = {
  flags: [
    ...DELETES,
    ...words('-v --verbose -q --quiet -c --checksum -a --archive -r --recursive -R --relative -b --backup'),
    ...words('-u --update --inplace --append -d --dirs -l --links -L -k -K -H -p --perms -E -A -X -o -g'),
    ...words('-D -t --times -O -J -S -n --dry-run -W -x --existing --ignore-existing --remove-source-files -y'),
    ...words('--force --ignore-errors --partial -m --prune-empty-dirs -I -z --compress -C -0 -s -h -P -i -8 -4 -6'),
    ...words(
      '--numeric-ids --size-only --stats --progress --list-only --super --fake-super --mkpath --owner --group --no-perms',
    ),
  ],
  values: words(
    '-e --rsh --rsync-path -B --block-size --max-delete --max-size --min-size --partial-dir -T --temp-dir -f --filter --exclude --exclude-from --include --include-from --files-from --suffix --backup-dir --chmod --chown --timeout --port --log-file --password-file --bwlimit --compare-dest --copy-dest --link-dest --out-format --info --debug --config -M',
  ),
};

/** Returns the host of `host:path`, `user@host::module` or `rsync://host/…`, or null for a path here. */
export function hostOf(arg: Arg): string | null {
  const word = shown(arg);
  const url = /^rsync:\/\/(?:[^@/]*@)?([^/:]+)/.exec(word);
  if (url?.[1] !== undefined) return url[1];
  return /^(?:[^/@\s]+@)?(\[[^\]]+\]|[^/:\s]+):/.exec(word)?.[1] ?? null;
}

function rsync(call: Call): Reading {
  const options = call.options(RSYNC);
  const shell = runText(call, options.value('-e', '--rsh'), 'rsync -e').effects.filter(
    (effect) => effect.program !== 'ssh',
  );
  const sources = options.operands.slice(0, -1);
  const destination = options.operands.at(-1);
  if (options.has('-n', '--dry-run', '--list-only') || destination === undefined || sources.length === 0)
    return { effects: shell };
  const deletes = options.has(...DELETES);
  const removes = options.has('--remove-source-files');
  const effects: Effect[] = [...shell];
  const here = sources.filter((source) => hostOf(source) === null);
  const far = sources.find((source) => hostOf(source) !== null);
  const to = hostOf(destination);
  if (to !== null) {
    if (here.length > 0) effects.push(call.effect('fs.read', here.map(call.path), { recursive: true }));
    effects.push(call.effect('remote.copy', [name('host', to)], { direction: 'to', delete: deletes }));
  } else if (far !== undefined) {
    effects.push(call.effect('remote.copy', [name('host', hostOf(far) ?? '')], { direction: 'from', delete: removes }));
  }
  if (to === null) {
    if (here.length > 0)
      effects.push(
        call.effect(
          'fs.read',
          here.map(call.path),
          options.has('-a', '--archive', '-r', '--recursive') ? { recursive: true } : {},
        ),
      );
    const target = call.path(destination);
    effects.push(call.effect('fs.create', [target], { merge: true }));
    if (deletes)
      effects.push(
        call.effect('fs.delete', [target], {
          recursive: true,
          force: true,
          listed: true,
          filter: 'what the source lacks',
        }),
      );
  }
  if (removes && here.length > 0)
    effects.push(call.effect('fs.delete', here.map(call.path), { recursive: true, force: false, copied: true }));
  return { effects };
}

function robocopy(call: Call): Reading {
  const mirror = call.args.some((arg) => /^[/-](mir|purge)$/i.test(text(arg) ?? ''));
  const moves = call.args.some((arg) => /^[/-](mov|move)$/i.test(text(arg) ?? ''));
  const [source, destination] = call.args.filter((arg) => !/^\/[a-z]+(:.*)?$/i.test(text(arg) ?? '-'));
  if (source === undefined || destination === undefined) return NOTHING;
  return {
    effects: [
      call.effect('fs.create', [call.path(destination)], { merge: true }),
      ...(mirror
        ? [call.effect('fs.delete', [call.path(destination)], { recursive: true, force: true, listed: true })]
        : []),
      ...(moves ? [call.effect('fs.move', [call.path(source)], { to: shown(destination) })] : []),
    ],
  };
}

export const programs: readonly Program[] = [
  {
    names: ['rsync'],
    manual: 'rsync(1) 3.3.0',
    read: rsync,
    examples: [
      { command: 'rsync -a --delete src/ /srv/copy/', effects: ['fs.delete'] },
      { command: 'rsync -a --remove-source-files out/ /srv/copy/', effects: ['fs.delete'] },
      { command: 'rsync -az dist/ deploy@web1:/srv/www/', effects: ['remote.copy'] },
      { command: 'rsync -a host.example:/srv/data/ data/', effects: ['remote.copy'] },
      { command: 'rsync -an --delete src/ /srv/copy/', effects: [] },
      { command: 'rsync -a ~/.ssh host.example:keys', effects: ['secret.send'] },
      { command: 'rsync -a src/ copy/', effects: [] },
    ],
  },
  {
    names: ['robocopy', 'robocopy.exe'],
    manual: 'robocopy, Windows Server 2022 command reference',
    read: robocopy,
    examples: [
      { command: 'robocopy src copy /MIR', effects: ['fs.delete'] },
      { command: 'robocopy src copy', effects: [] },
    ],
  },
];
