/**
 * Tables of trees written beside the store, so that a restart of the daemon does not read every file again. Safe to lose; good
 * for one boot only, since after a power cut files may not hold what their state says.
 */

import { readdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { hashOf } from './durable.ts';
import { FLAG, KIND } from './kinds.ts';
import type { Store } from './store.ts';
import { HASH_BYTES, Table } from './table.ts';

const headSchema = z.strictObject({
  key: z.string(),
  boot: z.string(),
  count: z.number().int().nonnegative(),
  nameBytes: z.number().int().nonnegative(),
  extras: z.array(z.string()),
  sum: z.string(),
});

/** Writes `table` under `key`. Failing costs only time later, so it is not told. */
export function saveTable(store: Store, key: string, table: Table): void {
  const boot = bootId();
  if (boot === null) return;
  const body = Buffer.concat(table.columns());
  const extras = table.extras.map((hash) => hash.toString('hex'));
  const { count, nameBytes } = table;
  const head = { key, boot, count, nameBytes, extras, sum: hashOf(body).toString('hex') };
  const file = fileOf(store, key);
  try {
    writeFileSync(`${file}.tmp`, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]), { mode: 0o600 });
    renameSync(`${file}.tmp`, file);
  } catch {
    // A full disk, most likely.
  }
}

/** Returns the table written under `key` in this boot, or null when there is none whose content is all in the store. */
export function loadTable(store: Store, key: string): Table | null {
  try {
    const bytes = readFileSync(fileOf(store, key));
    const at = bytes.indexOf(10);
    const head = headSchema.parse(JSON.parse(bytes.toString('utf8', 0, at)));
    const body = bytes.subarray(at + 1);
    if (head.key !== key || head.boot !== bootId() || hashOf(body).toString('hex') !== head.sum) return null;
    const extras = head.extras.map((hash) => Buffer.from(hash, 'hex'));
    const table = Table.fromColumns(head.count, head.nameBytes, extras, body);
    return isKept(store, table) ? table : null;
  } catch {
    return null;
  }
}

/** Removes all tables: before anything that they name may go. */
export function dropTables(store: Store): void {
  for (const name of readdirSync(`${store.folder}/cache`)) unlinkSync(`${store.folder}/cache/${name}`);
}

/** Returns whether all that `table` names is in the store. */
export function isKept(store: Store, table: Table): boolean {
  for (let index = 0; index < table.count; index++) {
    const kind = table.kind(index);
    if (kind !== KIND.file && kind !== KIND.folder && kind !== KIND.link) continue;
    const hash = table.hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
    if ((table.flags(index) & FLAG.linked) !== 0) {
      if (!store.hasLink(Buffer.from(hash))) return false;
    } else if (!store.has(hash) && table.note(index) === 0) return false;
  }
  return table.extras.slice(1).every((hash) => store.has(hash));
}

function fileOf(store: Store, key: string): string {
  return `${store.folder}/cache/${hashOf(Buffer.from(key)).toString('hex', 0, 16)}.table`;
}

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return null;
  }
}
