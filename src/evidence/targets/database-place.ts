/** A database as settings name it, before it is told whether it is on this machine. Pure. */
import { harmless, readConnection } from '../../effects/connection.ts';

export interface DatabasePlace {
  /** Null: none is named, which means this machine. */
  readonly host: string | null;
  readonly name: string | null;
  /** For a database that is a file: its path, or `:memory:`. */
  readonly file: string | null;
  /** Where that was found, in words; null when the command itself says it. */
  readonly from: string | null;
}

/** Returns the database of a connection string, or null when it can't be read safely. */
export function ofConnection(text: string, from: string): DatabasePlace | null {
  const connection = readConnection(harmless('URL', text) ?? '');
  if (connection === null || /^https?$/.test(connection.scheme)) return null;
  const { host, name, file } = connection;
  return file === null ? { host, name, file: null, from } : { host: null, name: null, file: file || ':memory:', from };
}
