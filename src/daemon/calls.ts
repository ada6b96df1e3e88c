/** Answers the command-line tool's calls: one function a method. What changes something is refused from inside a session. */
import { z } from 'zod';
import type { HeldRequest, HeldRequests } from '../approval/held-requests.ts';
import type { SessionGrants } from '../approval/session-grants.ts';
import type { Answer, Journal } from '../audit/record.ts';
import { BelayError } from '../errors.ts';
import { terminalOf } from '../platform/process-info.ts';
import { kindWords } from '../policy/grants.ts';
import {
  CALLS,
  type HeldView,
  isMethod,
  type Method,
  type Params,
  type Results,
  type StatusView,
} from '../protocol/calls.ts';
import { type Frame, MAX_FRAME_BYTES } from '../protocol/frame.ts';
import { brakeOf } from '../session/brake.ts';
import { touches } from '../snapshot/scope.ts';
import type { RollbackOptions, SnapshotSummary, Snapshots } from '../snapshot/snapshot.ts';
import { meetAlarm } from './alarms.ts';
import type { Peer } from './connection.ts';
import { listGrants, revokeGrant, widerAnswer } from './grants.ts';
import type { ModeSwitch } from './mode.ts';
import type { Session, Sessions } from './sessions.ts';
import type { SettingsSource } from './settings.ts';

const MAX_PART_BYTES = MAX_FRAME_BYTES / 2;

export interface CallServices {
  readonly sessions: Sessions;
  readonly held: HeldRequests;
  readonly grants: SessionGrants;
  readonly journal: Journal;
  readonly snapshots: Snapshots;
  readonly mode: ModeSwitch;
  readonly settings: SettingsSource;
  readonly status: () => StatusView;
  readonly startSession: (params: Params<'session.start'>, peer: Peer) => boolean;
  /** Keeps a session's tree after a burst of changes. Never throws. */
  readonly keepBurst: (session: Session) => Promise<Results['session.burst']>;
  readonly endSession: (id: string, exit: number | null, signal: string | null) => void;
  /** Whether a released command explains that files vanish in the session now. */
  readonly expectsDeletions: (session: string) => boolean;
  readonly stop: () => void;
}

type Handler<M extends Method> = (
  params: Params<M>,
  peer: Peer,
  services: CallServices,
) => Promise<Results[M]> | Results[M];
type Handlers = { readonly [M in Method]: Handler<M> };

/** Answers one CALL frame with DATA. Throws what went wrong: the connection answers FAIL. */
export async function answerCall(frame: Frame, peer: Peer, services: CallServices): Promise<void> {
  const method = z.string().safeParse(frame.header['method']).data ?? '';
  if (!isMethod(method)) throw new BelayError('frame.bad', { cause: `unknown method ${JSON.stringify(method)}` });
  const result = await dispatch(method, frame.blob, peer, services);
  sendInParts(Buffer.from(JSON.stringify(result)), peer);
}

/** An answer may be longer than a frame: all but its last part say that more follows. */
function sendInParts(bytes: Buffer, peer: Peer): void {
  let at = 0;
  for (; bytes.length - at > MAX_PART_BYTES; at += MAX_PART_BYTES)
    peer.send('DATA', { v: 1, more: true }, bytes.subarray(at, at + MAX_PART_BYTES));
  peer.send('DATA', { v: 1 }, bytes.subarray(at));
}

async function dispatch<M extends Method>(
  method: M,
  blob: Buffer,
  peer: Peer,
  services: CallServices,
): Promise<Results[M]> {
  const parsed = CALLS[method].safeParse(parseJson(blob));
  if (!parsed.success) throw new BelayError('frame.bad', { cause: `${method}: ${z.prettifyError(parsed.error)}` });
  const handler: Handler<M> = HANDLERS[method];
  return handler(parsed.data as Params<M>, peer, services); // parsed by this method's own schema in the line above
}

const HANDLERS: Handlers = {
  status: (_, __, services) => services.status(),

  'session.start': (params, peer, services) => {
    const known = services.sessions.get(params.id);
    if (known !== null) refuseStranger(known, peer);
    if (peer.credentials.pid !== null && peer.credentials.pid !== params.pid)
      throw new BelayError('session.not-yours', { session: params.id });
    return { baseline: services.startSession(params, peer) };
  },
  'session.end': ({ id, exit, signal }, peer, services) => {
    const session = services.sessions.get(id);
    if (session !== null) refuseStranger(session, peer);
    services.endSession(id, exit, signal);
    return null;
  },
  'session.alarm': (params, peer, services) => {
    const session = services.sessions.get(params.id);
    if (session !== null) refuseStranger(session, peer);
    return meetAlarm(params, peer, services);
  },
  'session.burst': ({ id }, peer, services) => {
    const session = services.sessions.get(id);
    if (session === null) return { snapshot: null };
    refuseStranger(session, peer);
    return services.keepBurst(session);
  },

  'held.list': (_, __, { held }) => held.list().map(viewOf),
  'held.follow': async (_, peer, { held }) => {
    const stop = held.listen((event, one, answer) => {
      peer.send('PROG', { event, held: viewOf(one), granted: answer?.granted ?? null });
    });
    await new Promise<void>((resolve) => {
      if (peer.gone.aborted) resolve();
      else peer.gone.addEventListener('abort', () => resolve(), { once: true });
    });
    stop();
    return null;
  },
  'held.answer': async ({ id, granted, reason, confirm, scope = 'once', until = null }, peer, services) => {
    await refuseInside(peer, services);
    const one = services.held.get(id);
    if (granted && one.verdict.grave && confirm !== one.id) {
      throw new BelayError('approval.grave', { id: one.id });
    }
    const wider = granted && scope !== 'once' ? widerAnswer(one, scope, until, services) : null;
    const { pid, uid } = peer.credentials;
    const answer: Answer = {
      by: 'person',
      uid,
      pid,
      tty: pid === null ? null : terminalOf(pid),
      granted,
      reason,
      at: Date.now(),
      ...wider?.fields,
    };
    const wrote = wider?.write() ?? null;
    try {
      await services.held.answer(one.id, answer);
    } catch (thrown) {
      if (wrote !== null) wider?.unwrite();
      throw thrown;
    }
    wider?.give();
    return { request: viewOf(one), answer, wrote };
  },
  'grants.list': (_, __, services) => listGrants(services),
  'grants.revoke': async ({ id }, peer, services) => {
    await refuseInside(peer, services);
    return revokeGrant(id, services);
  },

  'log.query': (params, _, { journal }) => journal.history(definedOnly(params)),
  'log.get': ({ id }, _, { journal }) => journal.get(id),
  'log.after': ({ seq, limit }, _, { journal }) => journal.after(seq, limit),
  'log.newest': async (_, __, { journal }) => ({ seq: await journal.newest() }),
  'log.verify': (_, __, { journal }) => journal.verifyChain(),

  'mode.set': async ({ mode }, peer, services) => {
    const session = services.sessions.insideOf(peer.credentials.pid, peer.startTime);
    if (session !== null && mode !== 'auto') {
      await alarm(services, session, 'guard.tamper', `tried to switch the guard to ${mode} from inside the session`);
      throw new BelayError('mode.inside-session');
    }
    const before = services.mode.now;
    services.mode.set(mode);
    await services.journal.append({ kind: 'mode', mode, pid: peer.credentials.pid });
    return { mode, before };
  },

  'snapshots.list': (params, _, { snapshots }) => snapshots.list(definedOnly(params)),
  'snapshots.get': ({ id }, _, { snapshots }) => snapshots.get(id),
  'snapshots.take': ({ root, paths }, peer, { snapshots }) =>
    snapshots.take(
      { root, paths, reason: { kind: 'manual', request: null, session: null, command: null } },
      progressTo(peer),
    ),
  'snapshots.plan': ({ id, options }, peer, { snapshots }) => snapshots.plan(id, options, progressTo(peer)),
  'snapshots.rollback': async ({ id, options, stopSession }, peer, services) => {
    await refuseInside(peer, services);
    const snapshot = await services.snapshots.get(id);
    if (options.to !== null) return rollBack(snapshot.id, options, peer, services);
    const goOn = pauseSessionsIn(snapshot, stopSession, services);
    try {
      return await rollBack(snapshot.id, options, peer, services);
    } finally {
      goOn();
    }
  },
  'snapshots.resume': async (_, peer, services) => {
    await refuseInside(peer, services);
    return services.snapshots.resume(progressTo(peer));
  },
  'snapshots.diff': ({ id, paths }, peer, { snapshots }) => snapshots.diff(id, paths, progressTo(peer)),
  'snapshots.whereIs': ({ path }, _, { snapshots }) => snapshots.whereIs(path),
  'snapshots.changes': ({ from, to }, _, { snapshots }) => snapshots.changes(from, to),
  'snapshots.verify': (_, peer, { snapshots }) => snapshots.verify(progressTo(peer)),
  'snapshots.prune': async ({ dryRun }, peer, services) => {
    if (!dryRun) await refuseInside(peer, services);
    const live = services.sessions.list().map((session) => session.id);
    return services.snapshots.prune({ dryRun, keep: live });
  },
  'snapshots.usage': (_, __, { snapshots }) => snapshots.usage(),

  'config.trust': async ({ file, sha256 }, peer, services) => {
    await refuseInside(peer, services);
    services.settings.trust(file, sha256);
    return null;
  },
  stop: async (_, peer, services) => {
    await refuseInside(peer, services);
    setImmediate(services.stop); // once the answer is on its way: stopping ends the connections
    return null;
  },
};

/** Returns a held request as `belay review` shows it. */
function viewOf(held: HeldRequest): HeldView {
  const { id, at, details, verdict, evidence, agent } = held;
  return {
    id,
    at,
    command: details.command,
    cwd: details.cwd,
    session: details.session,
    agent,
    expiresAt: details.expiresAt,
    verdict,
    evidence,
    wider: held.wider === undefined ? null : [...new Set(held.wider.kinds.map(kindWords))],
  };
}

async function refuseInside(peer: Peer, services: CallServices): Promise<void> {
  const session = services.sessions.insideOf(peer.credentials.pid, peer.startTime);
  if (session === null) return;
  await alarm(services, session, 'guard.self-approval', 'tried to answer or undo from inside the session');
  throw new BelayError('approval.self', { session });
}

/** A session is spoken for by its own \`belay run\` alone: else a program in it could end it and be outside. */
function refuseStranger(session: Session, peer: Peer): void {
  const { pid } = peer.credentials;
  if (pid === null || (pid === session.pid && peer.startTime === session.startTime)) return;
  throw new BelayError('session.not-yours', { session: session.id });
}

function alarm(services: CallServices, session: string, rule: string, sentence: string): Promise<void> {
  return services.journal.append({ kind: 'alarm', session, rule, sentence });
}

/** A rollback under a running agent would race with it: its processes stand still meanwhile, or are ended when asked to. */
function pauseSessionsIn(snapshot: SnapshotSummary, end: boolean, services: CallServices): () => void {
  const there = services.sessions
    .list()
    .filter((session) => services.sessions.isRunning(session) && touches(snapshot, session.workspace));
  const brakes = there.map((session) => brakeOf(session.pid));
  for (const brake of brakes)
    if (end) brake.end();
    else brake.stop();
  return () => {
    for (const brake of brakes) brake.go();
  };
}

async function rollBack(
  id: string,
  options: RollbackOptions,
  peer: Peer,
  services: CallServices,
): Promise<Results['snapshots.rollback']> {
  const result = await services.snapshots.rollback(id, options, progressTo(peer));
  await services.journal.append({
    kind: 'rollback',
    snapshot: id,
    undo: result.undo,
    paths: options.paths,
    verified: result.verified,
  });
  return result;
}

function progressTo(peer: Peer): (done: object) => void {
  return (done) => peer.send('PROG', done);
}

function parseJson(blob: Buffer): unknown {
  try {
    return JSON.parse(blob.toString());
  } catch (thrown) {
    throw new BelayError('frame.bad', { cause: 'its parameters are not JSON' }, thrown);
  }
}

/** Drops what is undefined: an optional key is there with a value, or not at all. */
function definedOnly<T extends object>(params: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
