/** Which database a client is told, by its options and the operand that names one. Pure. */
import { harmless } from './connection.ts';
import type { Arg, Call, Reading } from './program.ts';
import { known } from './subcommands.ts';

/** How a client is told where its database is. */
export interface ClientOptions {
  /** Options that name the host. */
  readonly host: readonly string[];
  /** Options that name the database, and the operand that does when none of them is given. */
  readonly database?: readonly string[];
  readonly databaseAt?: number;
}

/** Statements and options after which it is another database: another file, another connection, settings of their own. */
const LEADS_AWAY =
  /\battach\b|^[ \t]*\.(?:open|read|restore|cd|import)\b|^[ \t]*\\(?:c|connect|i|ir|include)\b|^[ \t]*use[ \t]+\w|^--(?:defaults-(?:file|extra-file|group-suffix)|login-path)\b/im;

/** Returns what the words of a client's call say of its database: its file, its connection string, or its host and name. */
export function clientAddress(
  client: ClientOptions,
  call: Call,
  options: ReadonlyMap<string, Arg[]>,
  operands: readonly Arg[],
): NonNullable<Reading['given']> {
  const host = client.host.flatMap((name) => options.get(name) ?? []).at(-1);
  const named = (client.database ?? []).flatMap((name) => options.get(name) ?? []).at(-1);
  const database = named ?? (client.databaseAt === undefined ? undefined : operands[client.databaseAt]);
  const given: Record<string, string | null> = {};
  const said = [...call.args.map((arg) => (arg.kind === 'unknown' ? arg.prefix : arg.value)), call.stdin.text ?? ''];
  if (said.some((text) => LEADS_AWAY.test(text))) return { url: null };
  if (/^(?:sqlite|duckdb|litecli)/.test(call.name)) {
    const target = database === undefined ? null : call.path(database);
    given['file'] =
      target === null || known(database) === ':memory:'
        ? ':memory:'
        : target.kind === 'path' && !target.glob
          ? target.path
          : null;
    return given;
  }
  for (const [fact, arg] of [
    ['host', host],
    ['database', database],
  ] as const) {
    if (arg === undefined) continue;
    const text = known(arg);
    if (text === undefined) given[fact] = null;
    else if (isConnection(text)) given['url'] = harmless('URL', text);
    else given[fact] = text.slice(0, 200);
  }
  return given;
}

function isConnection(text: string): boolean {
  return /:\/\/|(?:^|\s)(?:host|dbname|service)\s*=/.test(text);
}
