/**
 * Tells a shell for the other side in a line of code, for languages whose readers follow no sockets: by what it connects
 * with, what it reads in a loop, and what it runs. Pure; three signs together, never one.
 */
import type { Effect } from './effect.ts';
import type { Call } from './program.ts';

const CONNECTS =
  /\bTCPSocket\b|\bSocket\.tcp\b|\bsocket\.tcp\(|\bIO::Socket::INET\b|\bnet\.Dial\(|\/inet\/tcp\/|\bgen_tcp\b|\bfsockopen\(/;
const RUNS_WHAT_IT_READS =
  /\bpopen\b|\bIO\.popen\b|\bos\.execute\(|\bProcess\.new\b|\bspawn\(|\bexec\(|\bsystem\(|\bos:cmd\b|\|&?\s*getline/;
const LISTENS_TO_IT = /\bloop\b|\bwhile\b|\bfor\s*\(;;\)|\.(?:gets|receive|recv|read)\b/;

/** Returns `effects`, with a reverse shell when the code connects a socket and in a loop runs what it reads. */
export function withRemoteShell(call: Call, code: string, effects: readonly Effect[]): readonly Effect[] {
  const isShell = CONNECTS.test(code) && RUNS_WHAT_IT_READS.test(code) && LISTENS_TO_IT.test(code);
  if (!isShell || effects.some((effect) => effect.kind === 'net.reverse-shell')) return effects;
  const host = /(?:\d{1,3}\.){3}\d{1,3}/.exec(code)?.[0] ?? 'an address in the code';
  return [...effects, call.effect('net.reverse-shell', [{ kind: 'name', noun: 'host', name: host }])];
}
