/** Folds records into what is known of each request. Pure. */
import type { JournalRecord, RequestHistory, StoredRecord } from './record.ts';

type Building = { -readonly [K in keyof RequestHistory]: RequestHistory[K] };
type Verdict = Extract<JournalRecord, { kind: 'verdict' }>;

/** Returns one history for each request that has a verdict among `records`, which are in order; newest request first. */
export function foldHistories(records: readonly StoredRecord[]): readonly RequestHistory[] {
  const byRequest = new Map<string, Building>();
  for (const stored of records) {
    if (stored.record.kind === 'verdict') {
      byRequest.set(stored.record.request, begin(byRequest.get(stored.record.request), stored.record, stored.at));
    } else if ('request' in stored.record) {
      addTo(byRequest.get(stored.record.request), stored.record, stored.at);
    }
  }
  return [...byRequest.values()].reverse();
}

/** A request that is judged again (after a restart) keeps its place and its answers. */
function begin(before: Building | undefined, verdict: Verdict, at: number): Building {
  if (before !== undefined) return { ...before, verdict };
  return { request: verdict.request, at, verdict, held: null, answer: null, release: null, outcome: null };
}

function addTo(history: Building | undefined, record: Exclude<JournalRecord, Verdict>, at: number): void {
  if (history === undefined) return; // its verdict was pruned away
  switch (record.kind) {
    case 'held':
      history.held = record.details;
      history.answer = null; // a request that is held once more was asked about anew
      break;
    case 'answer':
      history.answer = record.answer;
      break;
    case 'release':
      history.release = { at, snapshot: record.snapshot };
      break;
    case 'outcome':
      history.outcome = { exit: record.exit, signal: record.signal, ms: record.ms };
      break;
    default:
      break; // kinds that are not about one request
  }
}
