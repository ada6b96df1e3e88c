// What a shim costs: a program started through it and asked about, against the same program started bare.
// Under the real daemon, by `belay run`, when it is built and works; else under a stand-in that only answers, and says so.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeShim } from '../dist/session/shim-links.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ROUNDS = 1000;
const PATH = '/usr/local/bin:/usr/bin:/bin';

/** Returns the rows of this bench. `against` is the bare program; times are p50 or min as `what` says. */
export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'belay-bench-'));
  try {
    return await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder) {
  const driver = join(folder, 'spawn');
  const source = join(ROOT, 'bench', 'shim-spawn.c');
  const built = spawnSync('cc', ['-O2', '-o', driver, source], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`bench/shim-spawn.c needs a C compiler: ${built.stderr ?? built.error}`);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of ['true', 'bash']) symlinkSync(nativeShim(ROOT), join(bin, name));
  const commands = [
    ['bare', '/usr/bin/true'],
    [join(bin, 'true')],
    ['bare', '/bin/bash', '-c', 'true'],
    [join(bin, 'bash'), '-c', 'true'],
  ];
  const drive = (out) => [out, String(ROUNDS), ...commands.flatMap((command) => [...command, '--'])];

  const transparent = join(folder, 'transparent');
  await finish(spawn(driver, drive(transparent), { env: { PATH } }));
  const guarded = join(folder, 'guarded');
  const real = await underDaemon(folder, driver, drive(guarded));
  if (!real) await underStandIn(folder, driver, drive(guarded));
  const who = real ? 'real daemon' : 'stand-in server, no judging';

  const [bare, shim, bareBash, shimBash] = read(guarded);
  const [outsideBare, outsideShim] = read(transparent);
  return [
    row(`shimmed true, allowed, p50 (${who})`, p50(shim), p50(bare), 2.3),
    row(`shimmed true, allowed, min (${who})`, min(shim), min(bare), 1.6),
    row(`shimmed bash -c true, allowed, p50 (${who})`, p50(shimBash), p50(bareBash), 1.8),
    row(`shimmed bash -c true, allowed, min (${who})`, min(shimBash), min(bareBash), 1.8),
    row('shimmed true, outside a session, p50', p50(outsideShim), p50(outsideBare), 1.8),
  ];
}

/** Runs the driver in a real guarded session, in a home of its own. Returns whether that worked. */
async function underDaemon(folder, driver, args) {
  const belay = join(ROOT, 'bin', 'belay.js');
  if (!existsSync(join(ROOT, 'dist', 'main.js'))) return false;
  const home = join(folder, 'home');
  const runtime = join(folder, 'run');
  mkdirSync(home);
  mkdirSync(runtime, { mode: 0o700 });
  const env = { PATH, HOME: home, XDG_RUNTIME_DIR: runtime };
  const status = await finish(spawn(process.execPath, [belay, 'run', '--', driver, ...args], { env, cwd: home }));
  await finish(spawn(process.execPath, [belay, 'daemon', 'stop'], { env }));
  return status === 0 && existsSync(args[0]);
}

async function underStandIn(folder, driver, args) {
  const socket = join(folder, 's');
  const server = spawn(process.execPath, [join(ROOT, 'bench', 'shim-stand-in.mjs'), socket]);
  try {
    await new Promise((resolve) => server.stdout.once('data', resolve));
    const status = await finish(spawn(driver, args, { env: { PATH, BELAY_SESSION: 's-bench', BELAY_SOCKET: socket } }));
    if (status !== 0) throw new Error(`the driver ended with status ${status}`);
  } finally {
    server.kill();
  }
}

function finish(child) {
  child.stdout.resume();
  child.stderr.resume();
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
}

/** Returns each command's times in microseconds, sorted. */
function read(file) {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) =>
    line
      .split(' ')
      .map(Number)
      .sort((a, b) => a - b),
  );
}

const p50 = (times) => times[times.length >> 1];
const min = (times) => times[0];

function row(what, ours, against, bar) {
  const ms = (us) => `${(us / 1000).toFixed(3)} ms`;
  return { what, ours: ms(ours), against: ms(against), ratio: ours / against, bar };
}
