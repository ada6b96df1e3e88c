/** The border where the journal's stored text becomes records again. Lenient on additions, so that an older Belay reads a newer one's rows. */
import { z } from 'zod';
import { BelayError } from '../errors.ts';
import type { Row } from './chain.ts';
import type { JournalRecord, StoredRecord } from './record.ts';

const text = z.string();
const count = z.number();
const maybeText = text.nullable();
const maybeCount = count.nullable();
const texts = z.array(text);
const mode = z.enum(['auto', 'observe', 'off']);
const decision = z.enum(['allow', 'ask', 'deny']);

function reading(value: z.ZodType): z.ZodType {
  return z.union([
    z.looseObject({ known: z.literal(true), value }),
    z.looseObject({ known: z.literal(false), why: text }),
  ]);
}

const principal = z.looseObject({
  uid: maybeCount,
  pid: maybeCount,
  startTime: maybeText,
  session: maybeText,
  agent: maybeText,
});

const action = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('command'), text, dialect: z.enum(['bash', 'sh', 'zsh']) }),
  z.looseObject({ kind: z.literal('exec'), argv: texts, path: maybeText }),
  z.looseObject({ kind: z.literal('tool'), tool: z.enum(['write', 'edit', 'delete']), path: text, content: maybeText }),
  z.looseObject({ kind: z.literal('hook'), hook: text, args: texts, stdin: text }),
]);

const verdict = z.looseObject({
  decision,
  reasons: z.array(
    z.looseObject({
      rule: text,
      risk: text,
      decision,
      sentence: text,
      effect: text,
      span: z.looseObject({ start: count, end: count, text }),
      evidence: texts,
      clears: maybeText,
      instead: maybeText,
      allowedBy: text.optional(),
    }),
  ),
  obligations: z.array(z.looseObject({ kind: z.literal('snapshot'), paths: texts })),
  grave: z.boolean(),
  policy: text,
});

const pathEvidence = z.looseObject({
  zone: text,
  fileClass: text,
  exists: reading(z.boolean()),
  files: reading(count),
  bytes: reading(count),
  sample: texts,
  git: reading(z.looseObject({ clean: count, modified: count, untracked: count, ignored: count }).nullable()),
  regenerable: reading(maybeText),
  leadsTo: maybeText,
  mountPoint: z.boolean(),
  sessionMade: reading(z.boolean()),
  unkeepable: texts,
});

const repositoryEvidence = z.looseObject({
  root: text,
  branch: maybeText,
  modified: reading(count),
  staged: reading(count),
  untracked: reading(count),
  stashes: reading(count),
  unpushed: reading(count),
  operation: maybeText,
  upstream: maybeText,
  defaultBranch: maybeText,
});

const evidence = z.looseObject({
  effects: z.array(
    z.looseObject({
      paths: z.array(pathEvidence.nullable()),
      repository: repositoryEvidence.nullable(),
      facts: z.record(text, reading(z.union([text, count, z.boolean()]))),
    }),
  ),
  ms: count,
  cutOff: z.boolean(),
});

const answer = z.looseObject({
  by: z.enum(['person', 'timeout', 'caller-gone', 'daemon']),
  uid: maybeCount,
  pid: maybeCount,
  tty: maybeText,
  granted: z.boolean(),
  reason: maybeText,
  at: count,
  scope: z.enum(['session', 'rule']).optional(),
  grant: text.optional(),
});

const held = z.looseObject({ digest: text, session: maybeText, cwd: maybeText, command: text, expiresAt: maybeCount });

const record = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('session-start'),
    session: text,
    command: texts,
    workspace: text,
    agent: maybeText,
    pid: count,
  }),
  z.looseObject({ kind: z.literal('session-end'), session: text, exit: maybeCount, signal: maybeText }),
  z.looseObject({
    kind: z.literal('verdict'),
    request: text,
    seam: z.enum(['shell-shim', 'tool-shim', 'git-hook', 'agent-hook', 'watcher', 'check']),
    principal,
    action,
    cwd: maybeText,
    verdict,
    evidence: evidence.nullable(),
    mode,
  }),
  z.looseObject({ kind: z.literal('held'), request: text, details: held }),
  z.looseObject({ kind: z.literal('answer'), request: text, answer }),
  z.looseObject({ kind: z.literal('release'), request: text, snapshot: maybeText }),
  z.looseObject({ kind: z.literal('outcome'), request: text, exit: maybeCount, signal: maybeText, ms: count }),
  z.looseObject({ kind: z.literal('rollback'), snapshot: text, undo: maybeText, paths: texts, verified: z.boolean() }),
  z.looseObject({ kind: z.literal('alarm'), session: text, rule: text, sentence: text }),
  z.looseObject({ kind: z.literal('mode'), mode, pid: maybeCount }),
]);

/** Returns the record of a stored row. Throws `journal.corrupt` naming the row when its text is not a record. */
export function readRow(file: string, row: Row): StoredRecord {
  return { seq: row.seq, at: row.at, record: readBody(file, row), hash: row.hash };
}

function readBody(file: string, row: Row): JournalRecord {
  try {
    // The schema above is the type's other half: its ids are branded strings, and its zones and classes plain ones.
    return record.parse(JSON.parse(row.body)) as JournalRecord;
  } catch (thrown) {
    throw new BelayError('journal.corrupt', { file, cause: `record ${row.seq} can't be read` }, thrown);
  }
}
