/**
 * The daemon's socket: one per user, in a folder of mode 0700, itself of mode 0600, proved dead before it is replaced.
 *
 *   folder safe? ─▶ lock ─▶ what stands there? nothing: listen · ours and dead: remove, listen · anything else: refuse
 */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { BelayError } from '../errors.ts';

/** How long a connect to a socket that may be dead may take. A live daemon on a busy machine answers within it. */
const PROBE_MS = 2_000;
/** Connections that wait in the kernel to be accepted; it cuts the number to its own limit, listen(2). */
const BACKLOG = 4_096;

/** Resolves to whether somebody accepts connections at `path`. */
export function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const finish = (alive: boolean): void => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(PROBE_MS, () => finish(true)); // it hangs, so somebody holds it
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

/**
 * Resolves to a server that listens at `path` with mode 0600. Throws `daemon.running` when a live daemon holds it, and
 * `daemon.socket-squatted` when what stands there is not a socket of ours; neither is touched.
 */
export async function listenAt(path: string, onConnection: (socket: Socket) => void): Promise<Server> {
  await removeDeadSocket(path);
  const server = createServer({ allowHalfOpen: false }, onConnection);
  // Node makes the socket under the umask, else it would be open to others for a moment (Node 20: mode 0755)
  const umask = process.umask(0o177);
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, backlog: BACKLOG }, resolve);
  });
  process.umask(umask); // the socket is made at once; what others make meanwhile is not to be under this umask
  await listening;
  chmodSync(path, 0o600);
  return server;
}

async function removeDeadSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  const mine = process.getuid?.() ?? found.uid;
  if (!found.isSocket()) {
    const what = found.isSymbolicLink() ? 'a symbolic link' : found.isDirectory() ? 'a folder' : 'a file';
    throw new BelayError('daemon.socket-squatted', { socket: path, found: what });
  }
  if (found.uid !== mine) {
    throw new BelayError('daemon.socket-squatted', { socket: path, found: `a socket of user ${found.uid}` });
  }
  if (await isAlive(path)) throw new BelayError('daemon.running', { pid: 'unknown' });
  unlinkSync(path);
}
