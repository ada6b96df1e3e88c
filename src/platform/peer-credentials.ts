/**
 * Who is on the other end of a Unix socket, by the kernel's word: SO_PEERCRED on Linux (unix(7)), getpeereid(3) on macOS,
 * which knows no pid. Never throws: what can't be read is null.
 */
import type { Socket } from 'node:net';
import koffi from 'koffi';

export interface PeerCredentials {
  readonly uid: number;
  readonly pid: number | null;
}

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
/** struct ucred: pid, uid, gid as 32-bit integers. */
const UCRED_BYTES = 12;

type ReadCredentials = (descriptor: number) => PeerCredentials | null;

let reader: ReadCredentials | null = null;

/** Returns the peer's uid and pid, or null when the system does not tell. */
export function peerCredentials(socket: Socket): PeerCredentials | null {
  const descriptor = descriptorOf(socket);
  if (descriptor === null) return null;
  reader ??= process.platform === 'linux' ? linuxReader() : macReader();
  return reader(descriptor);
}

/** Node keeps the descriptor on an internal handle; there is no public way to it (nodejs/node#37885). */
function descriptorOf(socket: Socket): number | null {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null) return null;
  const descriptor: unknown = Reflect.get(handle, 'fd');
  return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : null;
}

function linuxReader(): ReadCredentials {
  const getsockopt = koffi.load(null).func('int getsockopt(int, int, int, _Out_ uint8_t *, _Inout_ uint32_t *)');
  return (descriptor) => {
    const credentials = Buffer.alloc(UCRED_BYTES);
    const length = [UCRED_BYTES];
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, credentials, length) !== 0) return null;
    return { pid: credentials.readInt32LE(0), uid: credentials.readUInt32LE(4) };
  };
}

function macReader(): ReadCredentials {
  const getpeereid = koffi.load(null).func('int getpeereid(int, _Out_ uint32_t *, _Out_ uint32_t *)');
  return (descriptor) => {
    const uid = [0];
    const gid = [0];
    return getpeereid(descriptor, uid, gid) === 0 ? { uid: uid[0] ?? 0, pid: null } : null;
  };
}
