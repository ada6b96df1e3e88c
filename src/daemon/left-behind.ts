/** What a daemon that ended left in the journal: requests that were held, whose callers may come back for them. */
import type { HeldRequest } from '../approval/held-requests.ts';
import type { Answer, Journal } from '../audit/record.ts';
import { processInfo } from '../platform/process-info.ts';

export interface LeftBehind {
  readonly request: HeldRequest;
  /** What was answered and not carried out yet, or null. */
  readonly answer: Answer | null;
}

/** Resolves to the requests to take up again. Throws what keeps the journal from being read. */
export async function leftBehind(journal: Pick<Journal, 'pending'>): Promise<readonly LeftBehind[]> {
  return (await journal.pending()).flatMap(({ request, at, held, answer, verdict: record }) => {
    if (held === null) return [];
    const { verdict, evidence, seam, principal } = record;
    const { agent, pid, startTime } = principal;
    return [{ request: { id: request, at, details: held, verdict, evidence, seam, agent, pid, startTime }, answer }];
  });
}

/** Returns whether the process that asked is there no more. One that can't be told by its start time is not gone. */
export function isGone({ pid, startTime }: Pick<HeldRequest, 'pid' | 'startTime'>): boolean {
  return pid !== null && startTime !== null && processInfo(pid)?.startTime !== startTime;
}
