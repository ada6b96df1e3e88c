/**
 * The tripwire: sees many files vanish within seconds, whoever deletes them. A watcher loses events, so it is never the
 * only evidence of what changed: it raises the alarm, and the snapshots say what was lost. Watches folders only (a watch
 * for each file costs 10 KB: measured 541 MB for 50,000 files) and leaves out what can be made again.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';

export interface TripwireOptions {
  readonly root: string;
  /** So many deletions … */
  readonly deletions: number;
  /** … within so many seconds raise the alarm. */
  readonly seconds: number;
  /** Names of folders that are not watched: node_modules, target, … */
  readonly leaveOut: ReadonlySet<string>;
  /** Called for every change in a watched folder, of whatever kind. */
  readonly onChange?: () => void;
}

export interface Alarm {
  readonly deleted: number;
  readonly seconds: number;
  /** Some of the vanished paths, at most 20. */
  readonly sample: readonly string[];
}

/** Git rewrites its own files all the time: locks, loose objects, temporary packs. */
const NEVER_WATCHED: ReadonlySet<string> = new Set(['.git', '.hg', '.jj', '.svn']);
const SAMPLE = 20;

/** Watches `options.root` until closed. `onAlarm` is called once per burst: after it, deletions count anew. */
export class Tripwire {
  readonly #options: TripwireOptions;
  readonly #watcher: FSWatcher;
  readonly #onAlarm: (alarm: Alarm) => void;
  #recent: { readonly at: number; readonly path: string }[] = [];
  /** Files that were seen to stand there: one that came and went at once (write, then rename) is no loss. */
  readonly #standing = new Set<string>();
  readonly #ready: Promise<void>;

  constructor(options: TripwireOptions, onAlarm: (alarm: Alarm) => void) {
    this.#options = options;
    this.#onAlarm = onAlarm;
    this.#watcher = watch(options.root, {
      ignoreInitial: false,
      followSymlinks: false,
      ignorePermissionErrors: true,
      ignored: (path, stats) =>
        (stats !== undefined && !stats.isDirectory()) || (path !== options.root && this.#isLeftOut(basename(path))),
    });
    this.#watcher.on('addDir', (folder) => this.#list(folder));
    this.#ready = new Promise((resolve) => this.#watcher.once('ready', resolve));
    // a folder's own watch names what changed in it; the files themselves are not watched
    this.#watcher.on('raw', (event, name, details: unknown) => this.#changed(event, name, details));
    this.#watcher.on('error', () => {
      // a folder that vanished or can't be read is no reason to stop
    });
  }

  /** Resolves once every folder is watched. */
  ready(): Promise<void> {
    return this.#ready;
  }

  close(): Promise<void> {
    return this.#watcher.close();
  }

  #isLeftOut(name: string): boolean {
    return NEVER_WATCHED.has(name) || this.#options.leaveOut.has(name);
  }

  #list(folder: string): void {
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (!entry.isDirectory()) this.#standing.add(join(folder, entry.name));
      }
    } catch {
      // gone again, or not readable
    }
  }

  #changed(event: string, name: string, details: unknown): void {
    if (name === '' || this.#isLeftOut(basename(name))) return;
    this.#options.onChange?.();
    if (event !== 'rename') return;
    const folder = watchedFolder(details);
    if (folder === null) return;
    const path = join(folder, name);
    if (existsSync(path)) {
      this.#standing.add(path);
      return;
    }
    if (!this.#standing.delete(path)) return;
    const at = Date.now();
    const since = at - this.#options.seconds * 1_000;
    this.#recent.push({ at, path });
    const first = this.#recent.findIndex((one) => one.at >= since);
    if (first > 0) this.#recent.splice(0, first);
    if (this.#recent.length < this.#options.deletions) return;
    const seconds = Math.max(0.1, (at - (this.#recent[0]?.at ?? at)) / 1_000);
    const deleted = this.#recent.map((one) => one.path);
    this.#recent = [];
    this.#onAlarm({ deleted: deleted.length, seconds, sample: deleted.slice(0, SAMPLE) });
  }
}

function watchedFolder(details: unknown): string | null {
  if (typeof details !== 'object' || details === null) return null;
  const folder: unknown = Reflect.get(details, 'watchedPath');
  return typeof folder === 'string' ? folder : null;
}
