/**
 * The engine compiled to JavaScript, for tests that need real threads and processes: Node 20 loads no TypeScript there.
 * Compiles only this folder, to a folder of its own below node_modules, where its imports resolve.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface Compiled {
  /** The folder that holds `snapshot/` and `errors.js`. */
  readonly folder: string;
  remove(): void;
}

/** Compiles the engine. Throws when that fails. */
export function compileSnapshots(): Compiled {
  const top = resolve(import.meta.dirname, '../..');
  const cache = join(top, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'belay-snapshot-test-'));
  const config = {
    extends: join(top, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      outDir: folder,
      rootDir: join(top, 'src'),
      typeRoots: [join(top, 'node_modules/@types')],
    },
    include: [join(top, 'src/snapshot')],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  execFileSync(join(top, 'node_modules/.bin/tsc'), ['-p', join(folder, 'tsconfig.json')], { stdio: 'pipe' });
  if (!existsSync(join(folder, 'snapshot/worker.js'))) throw new Error('the engine was not compiled');
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
