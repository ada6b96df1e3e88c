/** The pipeline's steps as the daemon takes them: judgement by the rules in force, the journal, people, snapshots. */
import type { HeldRequest, HeldRequests } from '../approval/held-requests.ts';
import type { HeldDetails, Journal } from '../audit/record.ts';
import { commandText, look, predict, weigh } from '../judgement.ts';
import type { Steps } from '../pipeline.ts';
import { processInfo } from '../platform/process-info.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Mode } from '../protocol/calls.ts';
import type { Request } from '../protocol/request.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import type { SessionMemory } from './session-memory.ts';
import type { SettingsSource } from './settings.ts';
import { digestOf } from './shim-requests.ts';

export interface StepServices {
  readonly settings: SettingsSource;
  readonly journal: Journal;
  readonly held: HeldRequests;
  readonly snapshots: Snapshots;
  readonly memoryOf: (session: string | null) => SessionMemory | null;
  readonly mode: () => Mode;
}

export interface Waiting {
  /** Aborts when the caller goes away. */
  readonly gone: AbortSignal;
  /** Tells the caller that it waits, and why. */
  readonly tell: (held: HeldRequest) => void;
}

/** Returns the steps for one request whose caller is told by `waiting` when it must wait. */
export function stepsFor(services: StepServices, waiting: Waiting): Steps {
  const { settings, journal, held, snapshots } = services;
  return {
    derive: predict,
    gather: (request, prediction) =>
      look(request, prediction, settings.rulesFor(request.workspace), services.memoryOf(request.principal.session)),
    decide: (request, prediction, evidence) =>
      weigh(request, prediction, evidence, settings.rulesFor(request.workspace)),

    record: (request, prediction, verdict, evidence, durable) => {
      services.memoryOf(request.principal.session)?.note(prediction, evidence, request.cwd);
      if (!durable && !isWorthARow(request, verdict)) return;
      const record = { kind: 'verdict', ...rowOf(request), verdict, evidence, mode: services.mode() } as const;
      if (durable) return journal.append(record);
      journal.note(record);
    },

    wait: async (request, verdict, evidence) => {
      const details = detailsOf(request, settings.holdMs(request.workspace));
      await journal.append({ kind: 'verdict', ...rowOf(request), verdict, evidence, mode: services.mode() });
      await journal.append({ kind: 'held', request: request.id, details });
      const entry: HeldRequest = {
        id: request.id,
        at: request.at,
        details,
        verdict,
        evidence,
        seam: request.seam,
        agent: request.principal.agent,
        pid: request.principal.pid,
      };
      const answer = held.wait(entry, waiting.gone);
      waiting.tell(entry);
      const given = await answer;
      await journal.append({ kind: 'answer', request: request.id, answer: given });
      return given;
    },

    keep: async (request, verdict) => {
      const paths = verdict.obligations.flatMap((one) => one.paths);
      const taken = await snapshots.take({
        root: request.workspace,
        paths,
        reason: {
          kind: 'release',
          request: request.id,
          session: request.principal.session,
          command: commandText(request).slice(0, 400),
        },
      });
      return taken.id;
    },

    release: (request, snapshot) => journal.append({ kind: 'release', request: request.id, snapshot }),
  };
}

/** Shell lines and all that a rule speaks to are kept; the tools that a kept line runs silently are not. */
function isWorthARow(request: Request, verdict: Verdict): boolean {
  return request.seam !== 'tool-shim' || verdict.reasons.length > 0;
}

function rowOf(
  request: Request,
): Pick<Request, 'seam' | 'principal' | 'action' | 'cwd'> & { readonly request: Request['id'] } {
  const { id, seam, action, cwd } = request;
  const { pid } = request.principal;
  const startTime = pid === null ? null : (processInfo(pid)?.startTime ?? null); // it waits for us, so it is there
  return { request: id, seam, principal: { ...request.principal, startTime }, action, cwd };
}

function detailsOf(request: Request, holdMs: number | null): HeldDetails {
  return {
    digest: digestOf(request),
    session: request.principal.session,
    cwd: request.cwd,
    command: commandText(request),
    expiresAt: holdMs === null ? null : Date.now() + holdMs,
  };
}
