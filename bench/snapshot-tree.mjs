// Trees for the snapshot bench, made from a seed, and the shadow git that they are measured against.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ENV = {
  PATH: process.env.PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  HOME: '/nonexistent',
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@localhost',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@localhost',
};

/** Makes a repository of packages with source files of 1 to 14 KB, and `ignored` small files in node_modules. */
export function makeTree(tree, { packages, filesPerPackage, ignored }) {
  const random = seeded(7);
  const tracked = [];
  mkdirSync(tree, { recursive: true });
  writeFileSync(join(tree, '.gitignore'), 'node_modules/\n');
  writeFileSync(join(tree, 'package.json'), '{}\n');
  for (let p = 0; p < packages; p++) {
    for (let f = 0; f < filesPerPackage; f++) {
      const folder = join(tree, 'packages', `p${p}`, 'src', `part${f % 10}`);
      if (f < 10) mkdirSync(folder, { recursive: true });
      const file = join(folder, `module-${f}.ts`);
      writeFileSync(file, text(random, 1_000 + Math.floor(random() * 13_000)));
      tracked.push(file);
    }
  }
  for (let i = 0; i < ignored; i++) {
    const folder = join(tree, 'node_modules', `lib${i % 700}`, `d${i % 7}`);
    if (i < 4_900) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file-${i}.js`), text(random, 500 + Math.floor(random() * 9_000)));
  }
  execFileSync('git', ['-C', tree, 'init', '-q'], { env: ENV });
  execFileSync('git', ['-C', tree, 'config', 'gc.auto', '0'], { env: ENV });
  execFileSync('git', ['-C', tree, 'add', '-A'], { env: ENV });
  execFileSync('git', ['-C', tree, 'commit', '-qm', 'all'], { env: ENV });
  execFileSync('git', ['-C', tree, 'gc', '-q'], { env: ENV });
  return { tracked, ignored };
}

/** Adds a line to `count` files, others in each round, and returns the bytes that those files now have. */
export function changeFiles(files, count, round) {
  const step = Math.max(1, Math.floor(files.length / count));
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const file = files[(i * step + round) % files.length];
    appendFileSync(file, `// round ${round}\n`);
    bytes += statSync(file).size;
  }
  return bytes;
}

/** Returns what takes a checkpoint as agents do, ignored files included. */
export function shadowGit(folder, tree) {
  const env = { ...ENV, GIT_DIR: folder, GIT_WORK_TREE: tree };
  execFileSync('git', ['init', '-q'], { env });
  execFileSync('git', ['config', 'gc.auto', '0'], { env });
  return (message) => {
    execFileSync('git', ['add', '-A', '-f'], { env, cwd: tree });
    execFileSync('git', ['commit', '-q', '--no-verify', '--allow-empty', '-m', message], {
      env,
      cwd: tree,
      stdio: 'ignore',
    });
  };
}

function text(random, bytes) {
  const lines = [];
  for (let size = 0; size < bytes; ) {
    const line = `export const value${Math.floor(random() * 1e9)} = ${random()};`;
    lines.push(line);
    size += line.length + 1;
  }
  return lines.join('\n');
}

/** Mulberry32: small, and without the short cycles that a plain congruence has in doubles. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
