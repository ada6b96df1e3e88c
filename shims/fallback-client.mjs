// The asking half of belay-shim.sh: what wire.h, reach.h, watch.h and hook.h do, in Node. Called as
// `fallback-client.mjs program|line|hook REAL ARGV0 ARGS...`. Descriptor 9 tells the script what is left to it: `run` (become
// REAL) or `signal N` (die by it). Arguments and environment are sent as the bytes that the kernel holds, where it shows
// them; Node's strings lose bytes.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, openSync, readFileSync, readlinkSync, readSync, statSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { constants as system } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFrame, FrameReader, MAX_FRAME_BYTES } from '../dist/protocol/frame.js';

const FIRST_ANSWER_MS = 10_000;
const START_MS = 5000;
const MAX_LOSSES = 5;
const MAX_STDIN_BYTES = 524_288;
const HEADER_ROOM = 256;
const NODE_OPTIONS = process.env.BELAY_CALLERS_NODE_OPTIONS;
const SANDBOX_MARKS = ['CODEX_SANDBOX', 'CODEX_SANDBOX_NETWORK_DISABLED', 'SANDBOX_RUNTIME']; // reach.h says why
const HOOKS_WITH_STDIN = ['pre-push', 'reference-transaction', 'post-rewrite'];
const PASSED_ON = ['SIGHUP', 'SIGUSR2', 'SIGALRM', 'SIGTERM', 'SIGCONT']; // Node keeps SIGUSR1 for its debugger

const [kind, real, argv0, ...args] = process.argv.slice(2);
const name = kind === 'line' ? 'the line' : basename(argv0);
const parent = process.ppid;

/** The caller's environment, without what the script put in. */
function environment() {
  const env = { ...process.env };
  delete env.BELAY_CALLERS_NODE_OPTIONS;
  if (NODE_OPTIONS !== undefined) env.NODE_OPTIONS = NODE_OPTIONS;
  return env;
}

/** Splits NUL-ended bytes, each piece with its NUL. */
function pieces(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    if (end < 0) break;
    found.push(bytes.subarray(at, end + 1));
    at = end + 1;
  }
  return found;
}

function callersArguments() {
  const own = 5; // node, this file, kind, REAL, ARGV0; execArgv is empty, since NODE_OPTIONS was taken out
  const words = process.platform === 'linux' ? pieces(readFileSync('/proc/self/cmdline')).slice(own) : null;
  return [Buffer.from(`${argv0}\0`), ...(words ?? args.map((word) => Buffer.from(`${word}\0`)))];
}

function callersEnvironment() {
  if (process.platform !== 'linux') {
    return Object.entries(environment()).map(([key, value]) => Buffer.from(`${key}=${value}\0`));
  }
  const words = pieces(readFileSync('/proc/self/environ'));
  const kept = words.filter((word) => !word.toString('latin1').startsWith('BELAY_CALLERS_NODE_OPTIONS='));
  return NODE_OPTIONS === undefined ? kept : [...kept, Buffer.from(`NODE_OPTIONS=${NODE_OPTIONS}\0`)];
}

function readStdin() {
  const room = Buffer.alloc(MAX_STDIN_BYTES);
  let length = 0;
  while (length < room.length) {
    const n = readSync(0, room, length, room.length - length, null);
    if (n === 0) return { bytes: room.subarray(0, length), whole: true };
    length += n;
  }
  return { bytes: room, whole: false };
}

/** Builds the frame: what fits, the environment last. */
function question(stdin, again) {
  let room = MAX_FRAME_BYTES - HEADER_ROOM - (stdin?.bytes.length ?? 0);
  let truncated = stdin !== null && !stdin.whole ? 1 : 0;
  const take = (word) => {
    if (word.length <= room) {
      room -= word.length;
      return true;
    }
    truncated = 1;
    return false;
  };
  const cwd = process.platform === 'linux' ? readlinkSync('/proc/self/cwd', 'buffer') : Buffer.from(process.cwd());
  const places = [cwd, Buffer.alloc(1), Buffer.from(`${kind === 'hook' ? '' : real}\0`)];
  for (const place of places) take(place);
  const argv = [];
  for (const word of callersArguments()) {
    if (!take(word)) break;
    argv.push(word);
  }
  const env = callersEnvironment().filter(take);
  const header = { v: 1, shim: 1, pid: parent, ppid: parent, argc: argv.length, envc: env.length, truncated };
  if (kind === 'hook') header.stdinLength = stdin?.bytes.length ?? 0;
  else header.line = 1; // it is our parent, the script or the shell it asks for, that goes on
  if (again) header.again = 1;
  const blob = Buffer.concat([...places, ...argv, ...env, stdin?.bytes ?? Buffer.alloc(0)]);
  return encodeFrame(kind === 'hook' ? 'HOOK' : 'EXEC', header, blob);
}

function isSandboxed() {
  if (!SANDBOX_MARKS.some((mark) => process.env[mark] !== undefined)) return false;
  return process.platform !== 'linux' || /^Seccomp:\t2/m.test(readFileSync('/proc/self/status', 'utf8'));
}

class NoVerdict extends Error {}

function dial(path) {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function startDaemon() {
  const program = process.env.BELAY_START ?? '';
  const env = environment();
  for (const key of ['BELAY_SESSION', 'NODE_OPTIONS', 'LD_PRELOAD', 'LD_AUDIT', 'LD_LIBRARY_PATH', 'BASH_ENV', 'ENV']) {
    delete env[key];
  }
  try {
    accessSync(program, constants.X_OK);
  } catch {
    throw new NoVerdict('no daemon is running, and BELAY_START does not name a program that starts one');
  }
  spawn(program, [], { detached: true, stdio: 'ignore', cwd: '/', env }).unref();
}

/** Returns a connection to the daemon, or null inside an agent's own sandbox. */
async function reach() {
  const path = process.env.BELAY_SOCKET;
  if (path === undefined || path === '') throw new NoVerdict('BELAY_SOCKET is not set');
  if (Buffer.byteLength(path) > 107) throw new NoVerdict('the path in BELAY_SOCKET is too long for a socket');
  const deadline = Date.now() + START_MS;
  let started = false;
  for (;;) {
    try {
      const socket = await dial(path);
      if (statSync(path).uid === process.geteuid()) return socket; // Node can't ask the kernel who the peer is
      socket.destroy();
      throw new NoVerdict('the socket in BELAY_SOCKET is served by another user');
    } catch (thrown) {
      if (thrown instanceof NoVerdict) throw thrown;
      if (thrown.code === 'EPERM' && isSandboxed()) return null;
      const nobody = thrown.code === 'ENOENT' || thrown.code === 'ECONNREFUSED';
      if (!nobody && thrown.code !== 'EAGAIN') throw new NoVerdict(thrown.message);
      if (nobody && !started) startDaemon();
      started ||= nobody;
      if (Date.now() >= deadline) {
        throw new NoVerdict(started ? 'the daemon did not start within 5 seconds' : thrown.message);
      }
      await sleep(10);
    }
  }
}

/** Resolves with the last frame of the conversation, or null when the connection was lost. */
function converse(socket, frame) {
  return new Promise((resolve, reject) => {
    const reader = new FrameReader();
    const timer = setTimeout(() => {
      reject(new NoVerdict('the daemon did not answer within 10 seconds'));
      socket.destroy();
    }, FIRST_ANSWER_MS);
    const end = (answer) => {
      clearTimeout(timer);
      socket.removeAllListeners('data');
      resolve(answer);
    };
    socket.on('data', (chunk) => {
      try {
        for (const answer of reader.push(chunk)) {
          if (['DENY', 'WTCH', 'HELD', 'NOTE'].includes(answer.type)) say(answer.blob);
          if (['ALOW', 'WTCH', 'DENY'].includes(answer.type)) return end(answer);
          if (!['HELD', 'NOTE'].includes(answer.type)) throw new NoVerdict('unknown answer');
          clearTimeout(timer);
        }
      } catch {
        clearTimeout(timer);
        socket.destroy();
        reject(new NoVerdict("the daemon's answer could not be read: it may be of another version"));
      }
    });
    socket.on('error', () => end(null));
    socket.on('close', () => end(null));
    socket.write(frame);
  });
}

/** Returns the answer with its socket; type NONE inside a sandbox. */
async function ask(stdin) {
  for (let losses = 0; losses < MAX_LOSSES; losses++) {
    if (losses > 0) await sleep(losses * 20);
    const socket = await reach();
    if (socket === null) return { type: 'NONE', blob: Buffer.alloc(0), socket: null };
    const answer = await converse(socket, question(stdin, losses > 0));
    if (answer !== null) return { type: answer.type, blob: answer.blob, socket };
  }
  throw new NoVerdict('the daemon closed the connection again and again without an answer');
}

function say(bytes) {
  if (bytes.length > 0) writeSync(2, bytes);
}

function becomeReal() {
  writeSync(9, 'run');
  process.exit(0);
}

/** Ends as a child ended. By a signal it is the script that dies, or it would print a word of its own about us. */
function endAs(code, signal) {
  if (signal !== null) writeSync(9, `signal ${system.signals[signal] ?? 15}`);
  process.exit(code ?? 1);
}

/** Returns the child's descriptors, without the one that the script reads: a server left behind would keep it open. */
function stdioWith(stdin) {
  const rest = Array.from({ length: 6 }, () => 'ignore'); // from 3 on this means: as they are
  return [stdin, 'inherit', 'inherit', ...rest, openSync('/dev/null', 'r')];
}

function runWatched(socket) {
  const child = spawn(real, args, { stdio: stdioWith('inherit'), argv0, env: environment() });
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  for (const signal of ['SIGINT', 'SIGQUIT']) process.on(signal, () => {}); // the child has it from the terminal
  stopWithParent(() => child.kill('SIGTERM'));
  child.on('error', (thrown) => {
    say(`belay: can't run ${real}: ${thrown.message}\n`);
    process.exit(126);
  });
  child.on('exit', (code, signal) => {
    const number = signal === null ? code : (system.signals[signal] ?? 0);
    socket.removeAllListeners('close');
    socket.end(encodeFrame('DONE', signal === null ? { v: 1, exit: number } : { v: 1, signal: number }), () =>
      endAs(code, signal),
    );
    socket.on('error', () => endAs(code, signal));
  });
}

/** The script may be killed alone; the request must not outlive it. */
function stopWithParent(stop) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    stop();
    process.exit(1);
  }, 200);
  timer.unref();
}

function runOwnHook(path, stdin) {
  if (path === '') process.exit(0);
  const input = stdin === null ? {} : { input: stdin.bytes };
  const stdio = stdioWith(stdin === null ? 'inherit' : 'pipe');
  const done = spawnSync(path, args, { ...input, stdio, env: environment() });
  endAs(done.status ?? 126, done.signal ?? null);
}

function ownHookOrNone() {
  try {
    accessSync(real, constants.X_OK);
    return real;
  } catch {
    return '';
  }
}

const stdin = kind === 'hook' && HOOKS_WITH_STDIN.includes(name) ? readStdin() : null;
stopWithParent(() => {});
try {
  const { type, blob, socket } = await ask(stdin);
  if (type === 'DENY') process.exit(1);
  if (kind === 'hook') runOwnHook(type === 'ALOW' ? blob.toString() : ownHookOrNone(), stdin);
  else if (type === 'WTCH' && kind === 'program') runWatched(socket);
  else becomeReal();
} catch (thrown) {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  if (kind === 'hook' && name !== 'pre-push') runOwnHook(ownHookOrNone(), stdin);
  if (process.env.BELAY_FAIL === 'open') {
    say(`belay: ${name} runs without a verdict, as BELAY_FAIL=open asks: ${why}.\n`);
    if (kind === 'hook') runOwnHook(ownHookOrNone(), stdin);
    becomeReal();
  }
  say(
    `belay: ${name} was not run. Nothing is wrong with the command: Belay itself is not working, so it could not be ` +
      `judged (${why}).\nbelay: Tell the person you work for; \`belay doctor\` in their own terminal says what is wrong.\n`,
  );
  process.exit(1);
}
