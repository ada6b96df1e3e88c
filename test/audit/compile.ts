/** Compiles one of our modules for a child process to run: Node 20 strips no types. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Returns the folder, below `folder`, that mirrors `src/` with `module` (such as `audit/journal.ts`) and what it imports. */
export function compile(folder: string, module: string): string {
  const out = join(folder, 'compiled');
  mkdirSync(out);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const config = join(folder, 'tsconfig.json');
  const options = { outDir: out, rootDir: join(ROOT, 'src'), typeRoots: [join(ROOT, 'node_modules/@types')] };
  const files = [join(ROOT, 'src', module)];
  const base = join(ROOT, 'tsconfig.build.json');
  writeFileSync(config, JSON.stringify({ extends: base, compilerOptions: options, include: [], files }));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', config], { stdio: 'inherit' });
  return out;
}
