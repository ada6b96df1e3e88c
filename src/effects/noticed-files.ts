/** Files that a command of the line copies or unpacks, remembered for what runs or reads them later in it. */
import { posix } from 'node:path';
import type { Effect } from './effect.ts';
import { fileName, madeFile } from './line-files.ts';
import type { Frame } from './machine.ts';
import { pathTarget } from './paths.ts';
import type { Arg, Flow } from './program.ts';
import { findProgram } from './registry.ts';
import { unpackedBy } from './unpacked.ts';

const UNPACKS = /^(?:g?tar|bsdtar|unzip|7z[arz]?|unar|cpio)$/;

/** Remembers where the program unpacks what came from the network. */
export function noticeUnpacked(
  frame: Frame,
  name: string,
  args: readonly Arg[],
  effects: readonly Effect[],
  stdin: Flow,
): void {
  if (!UNPACKS.test(name)) return;
  const unpacked = unpackedBy(effects, archiveOf(frame, args, stdin), frame.state.cwd);
  if (unpacked !== null) frame.machine.unpacked.push(unpacked);
}

/** What a call unpacks: a file among its words that came from the network, else its stdin. */
function archiveOf(frame: Frame, args: readonly Arg[], stdin: Flow): Flow {
  for (const arg of args) {
    if (arg.kind !== 'literal') continue;
    const name = fileName(pathTarget(arg, frame.state.cwd, frame.machine.world.home));
    const made = madeFile(frame.machine, name);
    if (made?.labels.has('network') === true) return { ...made, sources: [name ?? ''] };
  }
  return stdin;
}

/** Remembers a file that became another program, or got the content of one that this line wrote. */
export function noticeCopy(frame: Frame, args: readonly Arg[]): void {
  const [from, to] = args.filter((arg) => arg.kind === 'literal' && !arg.value.startsWith('-')).slice(-2);
  if (from === undefined || to === undefined) return;
  const named = (arg: Arg) => fileName(pathTarget(arg, frame.state.cwd, frame.machine.world.home));
  const target = named(to);
  const origin = named(from);
  if (target === null || origin === null) return;
  const written = madeFile(frame.machine, origin);
  if (written !== null) frame.machine.files.set(target, written);
  const name = frame.machine.programs.get(origin) ?? posix.basename(origin);
  if (/\/s?bin\//.test(origin) && findProgram(name) !== null) frame.machine.programs.set(target, name);
}
