/**
 * What happens when many files vanish within seconds in a session: nothing, when a release of Belay's explains it; else a
 * held request that a person answers while the whole session stands still.
 */
import type { HeldRequest } from '../approval/held-requests.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Params, Results } from '../protocol/calls.ts';
import type { CallServices } from './calls.ts';
import type { Peer } from './connection.ts';
import { newRequestId } from './shim-requests.ts';

/** Resolves to what the session's `belay run` is to do: go on (granted, muted) or end the session. */
export async function meetAlarm(
  params: Params<'session.alarm'>,
  peer: Peer,
  services: CallServices,
): Promise<Results['session.alarm']> {
  const session = services.sessions.get(params.id);
  if (services.expectsDeletions(params.id)) return { granted: true, muted: true, reason: null };
  const [baseline] = await services.snapshots.list({ session: params.id, limit: 1 }).catch(() => []);
  const sentence = `${params.deleted} files vanished within ${params.seconds.toFixed(1)} s, deleted by a program that did not ask. The session stands still.`;
  const evidence = params.sample.slice(0, 10);
  const verdict: Verdict = {
    decision: 'ask',
    reasons: [
      {
        rule: 'watch.mass-deletion',
        risk: 'loss.files',
        decision: 'ask',
        sentence,
        effect: 'fs.delete',
        span: { start: 0, end: 0, text: '' },
        evidence: [
          ...evidence,
          baseline === undefined
            ? 'no snapshot holds them'
            : `newest snapshot: ${baseline.id}; have them back with: belay rollback ${baseline.id}`,
        ],
        clears: 'belay approve lets the session go on; belay deny ends it',
        instead: null,
      },
    ],
    obligations: [],
    grave: false,
    policy: 'watch',
  };
  const held: HeldRequest = {
    id: newRequestId(),
    at: Date.now(),
    details: {
      digest: `alarm:${params.id}:${Date.now()}`,
      session: params.id,
      cwd: session?.workspace ?? null,
      command: `${params.deleted} files deleted in ${session?.workspace ?? 'the workspace'}`,
      expiresAt: null,
    },
    verdict,
    evidence: null,
    seam: 'watcher',
    agent: session?.agent ?? null,
    pid: session?.pid ?? null,
    startTime: session?.startTime ?? null,
  };
  await services.journal.append({ kind: 'alarm', session: params.id, rule: 'watch.mass-deletion', sentence });
  await services.journal.append({
    kind: 'verdict',
    request: held.id,
    seam: 'watcher',
    principal: {
      uid: null,
      pid: session?.pid ?? null,
      startTime: session?.startTime ?? null,
      session: params.id,
      agent: held.agent,
    },
    action: { kind: 'tool', tool: 'delete', path: session?.workspace ?? '/', content: null },
    cwd: held.details.cwd,
    verdict,
    evidence: null,
    mode: services.mode.now,
  });
  await services.journal.append({ kind: 'held', request: held.id, details: held.details });
  const { answer } = await services.held.wait(held, peer.gone);
  return { granted: answer.granted, muted: false, reason: answer.reason };
}
