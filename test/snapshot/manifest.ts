/**
 * A tree written down entry by entry, by walking it with plain Node calls: the judge of the snapshot tests. It shares no
 * code with what it judges.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

export type Manifest = Readonly<Record<string, string>>;

export interface ManifestOptions {
  /** Also write down modification times of what is no folder. */
  readonly times?: boolean;
  /** Leave these paths (as written in the manifest) out, with what lies below. */
  readonly without?: readonly string[];
}

/** Returns what is below each of `roots`, by path. Git's objects are left to git's own judgement. */
export function manifest(roots: readonly string[], options: ManifestOptions = {}): Manifest {
  const found: Record<string, string> = {};
  const inodes = new Map<string, string[]>();
  const walk = (path: Buffer): void => {
    const shown = path.toString('latin1');
    if (options.without?.some((left) => shown === left || shown.startsWith(`${left}/`)) === true) return;
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) {
      found[shown] = 'absent';
      return;
    }
    const mode = (Number(stat.mode) & 0o7777).toString(8);
    const time = options.times === true && !stat.isDirectory() ? ` ${stat.mtimeNs / 1_000n}` : '';
    if (stat.isSymbolicLink()) found[shown] = `link ${readlinkSync(path, { encoding: 'latin1' })}`;
    else if (stat.isFIFO()) found[shown] = `pipe ${mode}`;
    else if (stat.isFile()) {
      found[shown] = `file ${mode} ${createHash('sha1').update(readFileSync(path)).digest('hex')}${time}`;
      if (stat.nlink > 1n)
        inodes.set(`${stat.dev}:${stat.ino}`, [...(inodes.get(`${stat.dev}:${stat.ino}`) ?? []), shown]);
    } else if (stat.isDirectory()) {
      found[shown] = `folder ${mode}`;
      if (/\.git(?:\/.*)?\/objects$/.test(shown)) return;
      for (const name of readdirSync(path, { encoding: 'buffer' })) walk(Buffer.concat([path, Buffer.from('/'), name]));
    } else found[shown] = 'other';
  };
  for (const root of roots) walk(Buffer.from(root));
  for (const names of inodes.values()) if (names.length > 1) found[`linked ${names.sort().join(' ')}`] = 'together';
  return found;
}

/** Returns what git itself says of a repository: refs, index with stages and flags, stash, reflogs, status, and whether all objects are there. */
export function gitManifest(top: string): Manifest {
  if (!existsSync(`${top}/.git`)) return { git: 'none' };
  const ask = (...words: string[]): string => {
    try {
      const env = {
        PATH: process.env['PATH'] ?? '',
        HOME: '/nonexistent',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_OPTIONAL_LOCKS: '0',
      };
      return execFileSync('git', ['-C', top, ...words], { env, encoding: 'latin1', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      return `failed: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  return {
    head: ask('symbolic-ref', '-q', 'HEAD'),
    commit: ask('rev-parse', '-q', '--verify', 'HEAD'),
    refs: ask('for-each-ref'),
    index: ask('ls-files', '--stage', '-v'),
    flags: ask('ls-files', '-t', '-v'),
    stash: ask('stash', 'list'),
    reflog: ask('reflog', '--all'),
    status: ask('status', '--porcelain=2', '--branch', '--untracked-files=all', '--ignored'),
    whole: ask('fsck', '--connectivity-only', '--no-dangling'),
  };
}
