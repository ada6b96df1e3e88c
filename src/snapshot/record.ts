/**
 * What is written of one snapshot: a line with the checksum of the rest, then JSON. Reading it is a border: bytes become a
 * record here or are refused. Paths that are not UTF-8 are written in base64 behind `b64:`.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { hashOf } from './durable.ts';
import { isSnapshotId } from './id.ts';
import type { Entry } from './node.ts';
import type { SnapshotId, SnapshotSummary } from './snapshot.ts';

/** One tree of a snapshot: the workspace, git's state that lies outside it, or what a command targets. */
export interface KeptRoot {
  readonly path: Buffer;
  readonly role: 'root' | 'git' | 'target';
  /** `link`: files are kept by hard link where that can be. */
  readonly tier: 'content' | 'link';
  readonly entry: Entry;
}

/** A folder that was moved aside whole. */
export interface Quarantined {
  readonly path: Buffer;
  /** Its place below the store's quarantine folder. */
  readonly slot: string;
}

export interface SnapshotRecord {
  readonly summary: SnapshotSummary;
  readonly roots: readonly KeptRoot[];
  readonly quarantined: readonly Quarantined[];
}

const pathText = z.string().transform((text) => {
  return text.startsWith('b64:') ? Buffer.from(text.slice(4), 'base64') : Buffer.from(text, 'utf8');
});

const hex = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => Buffer.from(text, 'hex'));

const id = z.custom<SnapshotId>((value) => typeof value === 'string' && isSnapshotId(value));

const entry = z.object({
  kind: z.number(),
  flags: z.number(),
  note: z.number(),
  mode: z.number(),
  uid: z.number(),
  gid: z.number(),
  seconds: z.string().transform((text) => BigInt(text)),
  nanoseconds: z.number(),
  size: z.number(),
  hash: hex,
  extra: hex.nullable(),
});

const record = z.object({
  summary: z.object({
    id,
    at: z.number(),
    root: z.string().nullable(),
    paths: z.array(z.string()),
    reason: z.object({
      kind: z.enum(['baseline', 'release', 'burst', 'before-rollback', 'manual']),
      request: z.string().nullable(),
      session: z.string().nullable(),
      command: z.string().nullable(),
    }),
    files: z.number(),
    bytes: z.number(),
    newBytes: z.number(),
    notKept: z.array(z.object({ path: z.string(), why: z.string() })),
    git: z
      .object({ head: z.string().nullable(), branch: z.string().nullable(), operation: z.string().nullable() })
      .nullable(),
    ms: z.number(),
  }),
  roots: z.array(
    z.object({ path: pathText, role: z.enum(['root', 'git', 'target']), tier: z.enum(['content', 'link']), entry }),
  ),
  quarantined: z.array(z.object({ path: pathText, slot: z.string() })),
});

/** Returns the bytes of `kept` for the store. */
export function encodeRecord(kept: SnapshotRecord): Buffer {
  const body = JSON.stringify({
    summary: kept.summary,
    roots: kept.roots.map((root) => ({
      ...root,
      path: writtenPath(root.path),
      entry: {
        ...root.entry,
        name: undefined,
        group: undefined,
        index: undefined,
        seconds: String(root.entry.seconds),
        hash: root.entry.hash.toString('hex'),
        extra: root.entry.extra?.toString('hex') ?? null,
      },
    })),
    quarantined: kept.quarantined.map(({ path, slot }) => ({ path: writtenPath(path), slot })),
  });
  return Buffer.from(`${hashOf(Buffer.from(body)).toString('hex')}\n${body}`);
}

/** Returns the record that `bytes` hold. Throws when they are damaged. */
export function decodeRecord(bytes: Buffer): SnapshotRecord {
  const at = bytes.indexOf(10);
  const body = bytes.subarray(at + 1);
  if (at !== 64 || hashOf(body).toString('hex') !== bytes.toString('latin1', 0, 64)) {
    throw new Error('its checksum does not fit');
  }
  const read = record.parse(JSON.parse(body.toString('utf8')));
  return {
    summary: read.summary,
    quarantined: read.quarantined,
    roots: read.roots.map((root) => ({
      ...root,
      entry: { ...root.entry, name: Buffer.alloc(0), group: null, index: -1 },
    })),
  };
}

/** Reads all records of `folder`, oldest first; what can't be read is named with why. */
export function readRecords(folder: string): { records: SnapshotRecord[]; damaged: { file: string; why: string }[] } {
  const records: SnapshotRecord[] = [];
  const damaged: { file: string; why: string }[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.json')) continue;
    try {
      records.push(decodeRecord(readFileSync(`${folder}/${name}`)));
    } catch (error) {
      damaged.push({ file: name, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { records, damaged };
}

function writtenPath(path: Buffer): string {
  const text = path.toString('utf8');
  return Buffer.from(text, 'utf8').equals(path) ? text : `b64:${path.toString('base64')}`;
}
