/** Builders of records for the tests of the journal. */
import type { HeldDetails, JournalRecord } from '../../src/audit/record.ts';
import type { Decision } from '../../src/policy/verdict.ts';
import type { RequestId } from '../../src/protocol/request.ts';

export type VerdictRecord = Extract<JournalRecord, { kind: 'verdict' }>;

export function id(text: string): RequestId {
  return text as RequestId;
}

export function verdictRecord(
  request: string,
  text = 'ls',
  decision: Decision = 'allow',
  session = 'z-1',
): VerdictRecord {
  return {
    kind: 'verdict',
    request: id(request),
    seam: 'shell-shim',
    principal: { uid: 1000, pid: 42, startTime: '77', session, agent: 'claude' },
    action: { kind: 'command', text, dialect: 'bash' },
    cwd: '/w',
    verdict: { decision, reasons: [], obligations: [], grave: false, policy: 'p1' },
    evidence: null,
    mode: 'auto',
  };
}

export function heldRecord(request: string, command = 'rm -rf src'): Extract<JournalRecord, { kind: 'held' }> {
  const details: HeldDetails = { digest: 'd', session: 'z-1', cwd: '/w', command, expiresAt: null };
  return { kind: 'held', request: id(request), details };
}
