/**
 * Sees that git's own state moved: HEAD, refs, the index, a stash, a merge or rebase under way. The tripwire leaves `.git`
 * out since git writes objects and locks all the time; here only the few folders are watched whose names say what changed.
 */
import { existsSync, type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { gitPlaces, repositoryTop } from '../snapshot/git-places.ts';

/** Of the many names in a git folder those that are state: gitrepository-layout(5). FETCH_HEAD moves nothing. */
const STATE = /^(?:(?!FETCH_)[A-Z_]*HEAD|index|packed-refs|config|rebase-merge|rebase-apply|sequencer|BISECT_LOG)$/;
/** One inotify watch each. */
const MAX_FOLDERS = 500;

/** Watches the repository around `workspace` until closed; `onChange` is called for each change. */
export class GitWatch {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onChange: () => void;

  constructor(workspace: string, onChange: () => void) {
    this.#onChange = onChange;
    const top = repositoryTop(workspace);
    const places = top === null ? null : gitPlaces(top);
    if (places === null) return;
    for (const folder of new Set([places.gitDir, places.commonDir])) this.#watch(folder, (name) => STATE.test(name));
    this.#refs(join(places.commonDir, 'refs'));
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** A branch may make a folder (`feature/x`), which is watched from then on. */
  #refs(folder: string): void {
    const isRef = (name: string): boolean => !name.endsWith('.lock');
    this.#watch(folder, (name) => {
      if (isRef(name) && !this.#watchers.has(join(folder, name))) this.#below(folder);
      return isRef(name);
    });
    this.#below(folder);
  }

  #below(folder: string): void {
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory() && !this.#watchers.has(path)) this.#refs(path);
      }
    } catch {
      // gone again
    }
  }

  #watch(folder: string, isState: (name: string) => boolean): void {
    if (this.#watchers.size >= MAX_FOLDERS) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || isState(name)) this.#onChange();
        if (!existsSync(folder)) this.#forget(folder);
      });
      watcher.on('error', () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      // it is gone, or there are no watches left: a snapshot never depends on one
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}
