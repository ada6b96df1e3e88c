/** Builders of verdicts and requests for the tests of what is printed. */
import type { RequestHistory } from '../../src/audit/record.ts';
import type { Decision, Reason, Verdict } from '../../src/policy/verdict.ts';
import type { Request, RequestId } from '../../src/protocol/request.ts';

export const AT = new Date(2026, 10, 22, 20, 38, 14).getTime();

export function id(text: string): RequestId {
  return text as RequestId;
}

export function reason(over: Partial<Reason> = {}): Reason {
  return {
    rule: 'files.delete.only-copy',
    risk: 'loss.files',
    decision: 'ask',
    sentence: 'rm would take away src: 12 files, 340 KB, 3 of them not in git',
    effect: 'fs.delete',
    span: { start: 0, end: 10, text: 'rm -rf src' },
    evidence: ['/w/src: 12 files, 340 KB, 3 untracked'],
    clears: null,
    instead: null,
    ...over,
  };
}

export function verdictOf(decision: Decision, reasons: readonly Reason[], grave = false): Verdict {
  return { decision, reasons, obligations: [], grave, policy: 'p-1' };
}

export function requestOf(text: string): Request {
  return {
    id: id('r-aaaa'),
    seam: 'shell-shim',
    principal: { uid: 1000, pid: 42, startTime: null, session: 'z-1', agent: 'claude' },
    action: { kind: 'command', text, dialect: 'bash' },
    cwd: '/w',
    workspace: '/w',
    home: '/h',
    env: null,
    truncated: false,
    lossy: false,
    at: AT,
  };
}

export function historyOf(text: string, verdict: Verdict, over: Partial<RequestHistory> = {}): RequestHistory {
  const { id: request, seam, principal, action, cwd } = requestOf(text);
  const record = {
    kind: 'verdict',
    request,
    seam,
    principal,
    action,
    cwd,
    verdict,
    evidence: null,
    mode: 'auto',
  } as const;
  return { request, at: AT, verdict: record, held: null, answer: null, release: null, outcome: null, ...over };
}
