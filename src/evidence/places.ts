/**
 * Tells in which zone of the machine a path lies, from its text alone. Pure: a path that symlinks lead elsewhere is told
 * again by its real path in `gather.ts`, and the stricter of the two zones counts.
 */
import { posix } from 'node:path';
import type { Places, Zone } from './evidence.ts';

/** Folders for passing things that every system has, beside the ones of `Places`. */
const TEMP = ['/tmp', '/var/tmp', '/private/tmp', '/private/var/tmp', '/dev/shm'];
/** Windows' folder for temporary files, as WSL and Git Bash name it. */
const WINDOWS_TEMP = /^\/(?:mnt\/)?[a-z]\/Users\/[^/]+\/AppData\/Local\/Temp/;
/** macOS: one temporary folder for each user, `/var/folders/xx/yyyy/T`. */
const MAC_TEMP = /^(?:\/private)?\/var\/folders\/[^/]+\/[^/]+\/[TC](?=\/|$)/;
const SINKS =
  /^\/dev\/(?:null|zero|full|random|urandom|stdin|stdout|stderr|tty|ptmx|fd(?:\/.*)?|pts\/.*|console)$|^\/proc\/self\/fd\/\d+$/;
/** Anyone's home folder, on Linux and macOS. */
const A_HOME = /^\/(?:(?:home|(?:(?:mnt\/)?[a-z]\/)?Users)\/[^/]+|root|var\/root)(?=\/|$)/;
/** Folders that stand right below the root on every system, and are the system as a whole: hier(7). */
const TOP =
  /^\/(?:bin|boot|dev|etc|home|lib\w*|media|mnt|opt|proc|root|run|sbin|snap|srv|sys|usr|var|System|Library|Applications|Users|Volumes|private|cores|nix)$/;
/** Where the machine keeps what is not one person's: hier(7). */
const SYSTEM =
  /^\/(?:bin|boot|etc|home|lib\w*|opt|root|run|sbin|snap|srv|usr|var|System|Library|Applications|Users|Volumes|private|cores)(?=\/|$)/;
/** A last part that stands for all that its folder holds: `*`, `.*`, `{*,.*}`, `.[!.]*`. */
const EVERYTHING = /^(?:\.?\*+(?:\.\*)?|\?\*|\.\?\*|\.\[[!^]\.\]\*|\.\??\?\*|\{[.*,?]+\})$/;

/** From the least to the most alarming place to lose or to change something in. */
const BY_STRICTNESS: readonly Zone[] = [
  'sink',
  'in-temp',
  'in-workspace',
  'workspace',
  'git-dir',
  'temp',
  'outside',
  'in-home',
  'unknown',
  'above-workspace',
  'system',
  'kernel',
  'home',
  'device',
  'root',
  'belay',
];

/** Returns the zone of an absolute, normalised path. `everything in it` (`~/*`) counts as the folder itself. */
export function zoneOf(written: string, places: Places): Zone {
  const path = asPosix(written);
  if (!path.startsWith('/')) return 'unknown';
  const whole = wholeOf(path);
  if (places.belay.some((folder) => isInside(whole, folder))) return 'belay';
  if (isSink(path)) return 'sink';
  const workspace = workspaceOn(whole, places);
  if (workspace !== null && isInside(whole, workspace)) {
    if (isInGitDir(whole.slice(workspace.length))) return 'git-dir';
    return whole === workspace ? 'workspace' : 'in-workspace';
  }
  const temp = tempOf(whole, places);
  const homes = homesOf(places, workspace, whole);
  // A home that itself lies in a temporary folder (a container's, a test's) is a home first.
  if (temp !== null && !homes.some((home) => isInside(whole, home) && isInside(home, temp))) {
    if (isInGitDir(whole)) return 'git-dir';
    return whole === temp ? 'temp' : 'in-temp';
  }
  if (isInside(whole, '/dev')) return whole === '/dev' ? 'root' : 'device';
  if (isInside(whole, '/proc') || isInside(whole, '/sys')) return posix.dirname(whole) === '/' ? 'root' : 'kernel';
  if (homes.includes(whole)) return 'home';
  if (whole === '/' || TOP.test(whole)) return 'root';
  if (workspace !== null && isInside(workspace, whole)) return 'above-workspace';
  if (homes.some((home) => isInside(whole, home))) return isInGitDir(whole) ? 'git-dir' : 'in-home';
  if (SYSTEM.test(whole)) return 'system';
  return isInGitDir(whole) ? 'git-dir' : 'outside';
}

/** Returns the more alarming of two zones. */
export function stricterZone(one: Zone, other: Zone): Zone {
  return BY_STRICTNESS.indexOf(one) >= BY_STRICTNESS.indexOf(other) ? one : other;
}

/** Returns whether `path` is a place where writing keeps nothing: /dev/null and its like. */
export function isSink(path: string): boolean {
  return SINKS.test(path);
}

/** Returns whether `path` is `folder` or lies below it. Both absolute and normalised. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** Returns whether losing `path` would take something of Belay's own with it. */
export function holdsBelay(path: string, places: Places): boolean {
  const whole = wholeOf(path);
  return places.belay.some((folder) => isInside(folder, whole));
}

/** Returns the folder that `path` stands for when its last part is all that a folder holds, else `path` itself. */
export function wholeOf(path: string): string {
  let whole = path;
  while (EVERYTHING.test(posix.basename(whole)) && whole !== '/') whole = posix.dirname(whole);
  return whole;
}

function isInGitDir(path: string): boolean {
  return path.endsWith('/.git') || path.includes('/.git/');
}

function tempOf(path: string, places: Places): string | null {
  const own = MAC_TEMP.exec(path) ?? WINDOWS_TEMP.exec(path);
  if (own !== null) return own[0];
  return [...places.temp, ...TEMP].find((folder) => isInside(path, folder)) ?? null;
}

/**
 * The person's home, and the home that the workspace lies in. When neither is known, anyone's home may be theirs.
 */
function homesOf(places: Places, workspace: string | null, path: string): readonly string[] {
  const somewhere = places.home === null && workspace === null ? path : workspace;
  const around = somewhere === null ? null : (A_HOME.exec(somewhere)?.[0] ?? null);
  return [places.home, around].filter((home) => home !== null);
}

/** The workspace, spelt as `path` is: a drive of Windows is `/d` to Git Bash and `/mnt/d` to WSL. */
function workspaceOn(path: string, places: Places): string | null {
  if (places.workspace === null) return null;
  const workspace = projectOf(asPosix(places.workspace));
  return path.startsWith('/mnt/') && !places.workspace.startsWith('/') ? `/mnt${workspace}` : workspace;
}

/** Folders that projects have inside, and that are hardly the name of one. */
const PART_OF_PROJECT = /^(?:src|tests?|e2e|apps|packages|crates|website|src-tauri|cmd|pkg|internal)$/;

/** The project around a workspace that is plainly a part of one: `…/shop/packages/api`, `…/shop/src`. */
function projectOf(workspace: string): string {
  const base = A_HOME.exec(workspace)?.[0] ?? '';
  const parts = workspace.slice(base.length + 1).split('/');
  const from = Math.max(base === '' ? 1 : 2, parts.length - 3);
  const at = parts.findIndex((part, index) => index >= from && PART_OF_PROJECT.test(part));
  return at < 0 ? workspace : `${base}/${parts.slice(0, at).join('/')}`;
}

/** `D:\x` and `D:/x` as Git Bash spells them, `/d/x`; the last drive counts in a path that was joined to a folder. */
export function asPosix(path: string): string {
  const drive = path.includes(':') ? /(?:^|[/\\])([A-Za-z]):[\\/]([^:]*)$/.exec(path) : null;
  if (drive === null) return path;
  return posix
    .normalize(`/${(drive[1] ?? '').toLowerCase()}/${(drive[2] ?? '').replaceAll('\\', '/')}`)
    .replace(/(?<=.)\/$/, '');
}
