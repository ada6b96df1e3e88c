// How fast a snapshot is, against `git status` and a shadow git in the same tree. Imports the compiled dist; prints nothing itself.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changeFiles, makeTree, shadowGit } from './snapshot-tree.mjs';

const ROUNDS = 7;
const MEMORY = fileURLToPath(new URL('snapshot-memory.mjs', import.meta.url));
const DIST = new URL(process.env.BELAY_DIST ?? '../dist/', import.meta.url);

export async function run(log = () => {}) {
  const { openSnapshots } = await import(new URL('snapshot/open.js', DIST).href);
  const folder = mkdtempSync(join(tmpdir(), 'belay-bench-snapshot-'));
  const rows = [];
  const add = (what, ours, against, bar, unit = 'ms') => {
    const row = {
      what,
      ours: `${round(ours)} ${unit}`,
      against: `${round(against)} ${unit}`,
      ratio: round(ours / against),
      bar,
    };
    rows.push(row);
    log(row);
  };
  try {
    await large(openSnapshots, folder, add);
    await small(openSnapshots, folder, add);
    await growth(openSnapshots, folder, add);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

async function large(openSnapshots, folder, add) {
  const tree = join(folder, 'large');
  const { tracked, ignored } = makeTree(tree, { packages: 200, filesPerPackage: 100, ignored: 30_000 });
  const store = join(folder, 'store');
  const all = await openSnapshots({ storeFolder: store, regenerable: [], budgetBytes: 50e9 });
  const shadow = shadowGit(join(folder, 'shadow'), tree);
  const first = await timed(() => take(all, tree, 'first'));
  const firstShadow = await timed(() => shadow('first'));
  add(
    'first snapshot, every file kept and synced, against a shadow git that keeps ignored files',
    first,
    firstShadow,
    '<= 0.4x',
  );
  await take(all, tree, 'settle');
  status(tree);

  const unchanged = await interleaved(ROUNDS, { ours: () => take(all, tree, 'same'), git: () => status(tree) });
  add(
    'unchanged, 50,000 files, ignored ones kept and checked, against git status',
    unchanged.ours,
    unchanged.git,
    '<= 1.5x',
  );
  const ten = await interleaved(ROUNDS, { ours: () => take(all, tree, 'ten'), git: () => status(tree) }, () =>
    changeFiles(tracked, 10, 0),
  );
  add('10 files changed, against git status', ten.ours, ten.git, '<= 1.8x');
  const thousand = await interleaved(
    5,
    { ours: () => take(all, tree, 'thousand'), shadow: () => shadow('thousand'), git: () => status(tree) },
    () => changeFiles(tracked, 1_000, 0),
  );
  add('1,000 files changed, against git status', thousand.ours, thousand.git, '<= 2x');
  add('1,000 files changed, against that shadow git', thousand.ours, thousand.shadow, '<= 0.4x');
  const known = execFileSync(process.execPath, [MEMORY, DIST.href, join(folder, 'store-memory'), tree], {
    encoding: 'utf8',
  });
  add(
    'memory of a process after the first snapshot of the large tree, against 150 MB',
    Number(known) / 1e6,
    150,
    '<= 1x',
    'MB',
  );

  await all.close();

  const guarded = await openSnapshots({ storeFolder: store, budgetBytes: 50e9 });
  await take(guarded, tree, 'default');
  await take(guarded, tree, 'default');
  const normal = await interleaved(ROUNDS, { ours: () => take(guarded, tree, 'default'), git: () => status(tree) });
  add(
    'unchanged, 50,000 files, node_modules left out as by default, against git status',
    normal.ours,
    normal.git,
    '<= 1.5x',
  );

  const doomed = tracked.slice(0, 3_000);
  const rollback = await interleaved(3, {
    ours: async () => {
      const kept = await take(guarded, tree, 'before-rm');
      for (const file of doomed) rmSync(file);
      const started = performance.now();
      const result = await guarded.rollback(kept.id, { paths: [], force: false, removeNew: false, to: null });
      if (!result.verified) throw new Error('a rollback was not verified');
      return performance.now() - started;
    },
    git: () => {
      git(tree, 'stash', 'push', '-q');
      for (const file of doomed) rmSync(file);
      const started = performance.now();
      git(tree, 'checkout', '-q', '--', '.');
      const ms = performance.now() - started;
      git(tree, 'stash', 'pop', '-q');
      return ms;
    },
  });
  add('rollback of 3,000 deleted files, verified, against git checkout of them', rollback.ours, rollback.git, '<= 2x');

  const modules = join(tree, 'node_modules');
  const clean = await interleaved(3, {
    ours: async () => {
      const kept = await guarded.take({ ...request(tree, 'clean'), paths: [tree] });
      const started = performance.now();
      git(tree, 'clean', '-fdxq');
      const cleanMs = performance.now() - started;
      const again = performance.now();
      const result = await guarded.rollback(kept.id, { paths: [], force: false, removeNew: false, to: null });
      if (!result.verified) throw new Error(`a rollback was not verified: ${JSON.stringify(result.left.slice(0, 3))}`);
      return { ours: performance.now() - again, git: cleanMs };
    },
  });
  add('rollback after git clean -fdx, against the clean', clean.ours, clean.git, '<= 6x');

  const removal = await interleaved(3, {
    ours: async () => {
      const started = performance.now();
      const kept = await guarded.take({
        ...request(tree, 'rm -rf node_modules'),
        paths: [modules],
        quarantine: [modules],
      });
      execFileSync('rm', ['-rf', modules]);
      const ms = performance.now() - started;
      await guarded.rollback(kept.id, { paths: [modules], force: false, removeNew: false, to: null });
      if (readdirSync(modules).length === 0) throw new Error('node_modules did not come back');
      return ms;
    },
    link: async () => {
      const started = performance.now();
      const kept = await guarded.take({ ...request(tree, 'rm -rf node_modules, linked'), paths: [modules] });
      execFileSync('rm', ['-rf', modules]);
      const ms = performance.now() - started;
      await guarded.rollback(kept.id, { paths: [modules], force: false, removeNew: false, to: null });
      return ms;
    },
    bare: () => {
      execFileSync('cp', ['-al', modules, join(folder, 'copy')]);
      const started = performance.now();
      execFileSync('rm', ['-rf', join(folder, 'copy')]);
      return performance.now() - started;
    },
  });
  add(`rm -rf node_modules (${ignored} files) moved aside, against bare`, removal.ours, removal.bare, '<= 1.1x');
  add(`rm -rf node_modules (${ignored} files) kept by hard links, against bare`, removal.link, removal.bare, '-');
  await guarded.close();
}

async function small(openSnapshots, folder, add) {
  const tree = join(folder, 'small');
  makeTree(tree, { packages: 2, filesPerPackage: 100, ignored: 0 });
  const engine = await openSnapshots({ storeFolder: join(folder, 'store-small') });
  await take(engine, tree, 'same');
  await take(engine, tree, 'same');
  const { ours, git } = await interleaved(15, { ours: () => take(engine, tree, 'same'), git: () => status(tree) });
  add('unchanged, 200 files, against git status', ours, git, '<= 1x');
  await engine.close();
}

async function growth(openSnapshots, folder, add) {
  const tree = join(folder, 'growth');
  const { tracked } = makeTree(tree, { packages: 50, filesPerPackage: 100, ignored: 0 });
  const store = join(folder, 'store-growth');
  const engine = await openSnapshots({ storeFolder: store });
  await take(engine, tree, 'first');
  const before = (await engine.usage()).bytes;
  let changed = 0;
  for (let n = 0; n < 100; n++) {
    changed += changeFiles(tracked, tracked.length / 100, n);
    await take(engine, tree, `change ${n}`);
  }
  add(
    'store after 100 snapshots with 1 % changed each, against the changed bytes',
    ((await engine.usage()).bytes - before) / 1e6,
    changed / 1e6,
    '<= 1.2x',
    'MB',
  );
  await engine.close();
}

function request(root, command) {
  return { root, paths: [], reason: { kind: 'release', request: null, session: 'bench', command } };
}

function take(engine, tree, command) {
  return engine.take(request(tree, command));
}

/** Runs `git status` and returns its time without what starting any program from here costs. */
function status(tree) {
  const started = performance.now();
  git(tree, 'status', '--porcelain');
  return Math.max(0.1, performance.now() - started - spawnMs());
}

let spawnCost = null;

function spawnMs() {
  if (spawnCost !== null) return spawnCost;
  const times = [];
  for (let n = 0; n < 15; n++) {
    const started = performance.now();
    execFileSync('git', ['--version'], { stdio: 'ignore' });
    times.push(performance.now() - started);
  }
  spawnCost = median(times);
  return spawnCost;
}

function git(tree, ...words) {
  execFileSync('git', ['-C', tree, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function timed(act) {
  const started = performance.now();
  await act();
  return performance.now() - started;
}

/** Medians of what each returns, or of how long it takes, run in turns; `prepare` comes before each round and changes the same files each time, so that git has no more to look at than we. */
async function interleaved(rounds, acts, prepare = () => {}) {
  const times = {};
  for (let n = 0; n < rounds; n++) {
    prepare(n);
    for (const [name, act] of Object.entries(acts)) {
      const started = performance.now();
      const own = await act();
      const ms = performance.now() - started;
      const found = typeof own === 'number' ? { [name]: own } : typeof own?.ours === 'number' ? own : { [name]: ms };
      for (const [key, value] of Object.entries(found)) (times[key] ??= []).push(value);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value) {
  return Number(value.toPrecision(3));
}
