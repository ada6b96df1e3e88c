/** The pipeline's steps as the daemon takes them: judgement by the rules in force, the journal, people, snapshots. */
import type { HeldRequest, HeldRequests } from '../approval/held-requests.ts';
import type { SessionGrants } from '../approval/session-grants.ts';
import type { Answer, HeldDetails, Journal } from '../audit/record.ts';
import { commandText, look, predict, weigh } from '../judgement.ts';
import type { Judged, Steps } from '../pipeline.ts';
import { processInfo } from '../platform/process-info.ts';
import { type Grant, kindsOf } from '../policy/grants.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Mode } from '../protocol/calls.ts';
import type { Request } from '../protocol/request.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import { removedBulk } from './quarantine.ts';
import type { SessionMemory } from './session-memory.ts';
import type { SettingsSource } from './settings.ts';
import { digestOf } from './shim-requests.ts';

export interface StepServices {
  readonly settings: SettingsSource;
  readonly journal: Journal;
  readonly held: HeldRequests;
  readonly grants: SessionGrants;
  readonly snapshots: Snapshots;
  readonly memoryOf: (session: string | null) => SessionMemory | null;
  readonly mode: () => Mode;
}

export interface Waiting {
  /** Aborts when the caller goes away. */
  readonly gone: AbortSignal;
  /** Called before what may take long: a person's answer, a snapshot. */
  readonly pause: () => void;
  /** Tells the caller that it waits, and why. */
  readonly tell: (held: HeldRequest) => void;
}

/** Returns the steps for one request whose caller is told by `waiting` when it must wait. */
export function stepsFor(services: StepServices, waiting: Waiting): Steps {
  const { settings, journal, held, snapshots } = services;
  return {
    derive: (request) => predict(request, services.memoryOf(request.principal.session)),
    gather: (request, prediction) => {
      const { session } = request.principal;
      return look(request, prediction, settings.rulesFor(request.workspace), services.memoryOf(session));
    },
    decide: (request, prediction, evidence) =>
      weigh(request, prediction, evidence, settings.rulesFor(request.workspace)),

    record: ({ request, prediction, verdict, evidence }, durable) => {
      const runs = verdict.decision === 'allow' || services.mode() === 'observe';
      if (runs) services.memoryOf(request.principal.session)?.note(prediction, evidence);
      if (!durable && !isWorthARow(request, verdict)) return;
      const record = { kind: 'verdict', ...rowOf(request), verdict, evidence, mode: services.mode() } as const;
      if (durable) return journal.append(record);
      journal.note(record);
    },

    wait: async (judged) => {
      waiting.pause();
      const { request, verdict, evidence } = judged;
      const { session } = request.principal;
      const now = Date.now();
      const details = detailsOf(request, settings.holdMs(request.workspace));
      await journal.append({ kind: 'verdict', ...rowOf(request), verdict, evidence, mode: services.mode() });
      const wider = widerOf(judged);
      const isNew = !held.isLeftBehind(request.id);
      const grant = isNew && wider !== null ? services.grants.covering({ ...wider, session, verdict, now }) : null;
      if (grant !== null) {
        const answer = answerBy(grant, now);
        await journal.append({ kind: 'answer', request: request.id, answer });
        return { answer, seen: evidence };
      }
      if (isNew) await journal.append({ kind: 'held', request: request.id, details });
      const entry: HeldRequest = {
        id: request.id,
        at: request.at,
        details,
        verdict,
        evidence,
        seam: request.seam,
        agent: request.principal.agent,
        pid: request.principal.pid,
        startTime: startTimeOf(request),
        ...(wider === null ? {} : { wider }),
      };
      const answered = held.wait(entry, waiting.gone);
      waiting.tell(entry);
      return answered;
    },

    keep: async ({ request, prediction, evidence, verdict }) => {
      waiting.pause();
      const targets = verdict.obligations.flatMap((one) => one.paths);
      const bulk = removedBulk(prediction, evidence);
      const isLine = request.seam === 'shell-shim';
      // below a shell the rm itself asks in a moment, and only then may its target be moved away
      const paths = isLine ? targets.filter((path) => !bulk.includes(path)) : targets;
      if (isLine && paths.length === 0) return null;
      const taken = await snapshots.take({
        root: request.workspace,
        paths,
        ...(isLine || bulk.length === 0 ? {} : { quarantine: bulk }),
        reason: {
          kind: 'release',
          request: request.id,
          session: request.principal.session,
          command: commandText(request).slice(0, 400),
        },
      });
      return taken.id;
    },

    release: async ({ request, prediction, evidence }, snapshot) => {
      await journal.append({ kind: 'release', request: request.id, snapshot });
      services.memoryOf(request.principal.session)?.note(prediction, evidence);
    },
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
  return { request: id, seam, principal: { ...request.principal, startTime: startTimeOf(request) }, action, cwd };
}

/** Returns when the asking process started: it waits for us, so it is there. */
function startTimeOf({ principal: { pid } }: Request): string | null {
  return pid === null ? null : (processInfo(pid)?.startTime ?? null);
}

/** What a yes to the request may be widened to. Of one that is not known whole it is nothing. */
function widerOf({ request, prediction, verdict, evidence }: Judged): Required<HeldRequest>['wider'] | null {
  const { workspace } = request;
  if (request.truncated || request.lossy || workspace === null) return null;
  const kinds = kindsOf(prediction, evidence, verdict, workspace);
  return kinds === null ? null : { kinds, workspace };
}

/** The answer that a person gave beforehand. */
function answerBy(grant: Grant, at: number): Answer {
  const reason = `granted for the session with ${grant.request}`;
  return {
    by: 'person',
    uid: null,
    pid: null,
    tty: null,
    granted: true,
    reason,
    at,
    scope: 'session',
    grant: grant.id,
  };
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
