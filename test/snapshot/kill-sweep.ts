/**
 * Kills a process at a chosen system call, at one after another: a run under strace says which calls that change anything it
 * makes, and each of them is a point at which a later run dies, before the call is made.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Compiled } from './compiled.ts';
import type { Scratch } from './scratch.ts';

/** Calls that change files or make changes durable. Between two of them a kill leaves what the second finds. */
const CHANGING = `
  openat open creat write pwrite64 writev pwritev ftruncate fallocate truncate rename renameat renameat2 link
  linkat unlink unlinkat rmdir mkdir mkdirat symlink symlinkat mknod mknodat copy_file_range sendfile ioctl
  utimensat utime chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat setxattr lsetxattr fsetxattr
  removexattr lremovexattr fsync fdatasync syncfs sync_file_range
`
  .trim()
  .split(/\s+/);
/** So many points of each act are tried unless all are asked for. */
const SAMPLE = 8;

/** All points, or a sample that the seed chooses: `BELAY_KILL_SWEEP=all`, or a number. */
const wanted = process.env['BELAY_KILL_SWEEP'] ?? '';

export const traced = spawnSync('strace', ['-f', '-e', 'trace=none', 'true']).status === 0;

export interface Point {
  readonly call: string;
  readonly when: number;
  readonly line: string;
}

export interface Sweep {
  readonly compiled: Compiled;
  readonly place: Scratch;
  readonly act: readonly string[];
  /** Puts the tree back as it was before the act. */
  readonly reset: () => void;
  /** Judges what a kill left. `said` is what the child had finished; `when` names the point. */
  readonly judge: (store: string, said: readonly string[], when: string) => Promise<void>;
}

/** Kills at each point and judges each time. Returns how often the child died, and of how many points. */
export async function sweep({ compiled, place, act, reset, judge }: Sweep): Promise<{ kills: number; points: number }> {
  const store = join(place.folder, 'copy');
  const child = [
    join(import.meta.dirname, 'kill-child.mjs'),
    pathToFileURL(join(compiled.folder, 'snapshot/engine.js')).href,
    store,
    place.tree,
    ...act,
  ];
  const renew = (): void => {
    reset();
    copyStore(place.store, store);
  };
  renew();
  const points = pointsOf(child, join(place.folder, 'trace'));
  let kills = 0;
  for (const { call, when, line } of sampled(points)) {
    renew();
    const run = strace(
      ['-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${when}`],
      child,
    );
    const said = run.stdout.split('\n').filter((text) => text !== '');
    await judge(store, said, `${act.join(' ')}, killed at ${line}: ${said} ${run.stderr.slice(0, 300)}`);
    if (said.at(-1) !== 'end') kills++;
  }
  if (wanted === 'all') process.stderr.write(`${act[0]}: ${points.length} points, ${kills} kills\n`);
  return { kills, points: points.length };
}

/** Hard links of the store stay links to the files that they shared. */
export function copyStore(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  rmSync(join(to, 'links'), { recursive: true });
  execFileSync('cp', ['-al', join(from, 'links'), join(to, 'links')]);
}

function pointsOf(child: readonly string[], file: string): Point[] {
  const { stdout, stderr } = strace(['-o', file, '-e', `trace=${CHANGING.map((call) => `?${call}`).join()}`], child);
  if (!stdout.endsWith('end\n')) throw new Error(`the child failed: ${stdout} ${stderr}`);
  const lines = readFileSync(file, 'latin1').split('\n');
  const main = lines[0]?.split(' ')[0] ?? '';
  const counts = new Map<string, number>();
  const points: Point[] = [];
  let begun = false;
  for (const line of lines) {
    const [, pid, call, rest = ''] = /^(\d+) +(\w+)\((.*)$/.exec(line) ?? [];
    if (pid !== main || call === undefined) continue;
    const when = (counts.get(call) ?? 0) + 1;
    counts.set(call, when);
    if (begun && isChange(call, rest)) points.push({ call, when, line: `${call}(${rest.slice(0, 160)}` });
    if (call === 'write' && rest.startsWith('1, "begin')) begun = true;
  }
  return points;
}

function isChange(call: string, rest: string): boolean {
  if (call === 'openat' || call === 'open') return /O_CREAT|O_TRUNC/.test(rest);
  if (call === 'ioctl') return rest.includes('FICLONE');
  // What a thread wakes another with changes nothing on disk.
  return call !== 'write' || !/^\d+, "\\(?:1\\0)+"/.test(rest);
}

function strace(flags: readonly string[], child: readonly string[]): { stdout: string; stderr: string } {
  return spawnSync('strace', ['-f', '-qq', ...flags, process.execPath, ...child], { encoding: 'utf8' });
}

function sampled(points: readonly Point[]): readonly Point[] {
  if (wanted === 'all') return points;
  const most = /^\d+$/.test(wanted) ? Number(wanted) : SAMPLE;
  let seed = Number(process.env['BELAY_SEED'] ?? 1);
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed / 2 ** 32;
  };
  return points
    .map((point) => ({ point, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ point }) => point);
}
