/**
 * Reads connection strings: where they lead, never with whose password. Pure. A string in which a password can't be told
 * from the rest for sure is not read at all, so that nothing of it can be shown.
 */

/** Where a connection string leads. */
export interface Connection {
  /** `postgres`, `mysql`, `sqlite`: the scheme without what follows a plus sign. */
  readonly scheme: string;
  /** Hosts as written, several joined by commas; null: none is named, so it is this machine's own. */
  readonly host: string | null;
  readonly name: string | null;
  /** For a database that is a file: its path as written. */
  readonly file: string | null;
}

const MAX_VALUE = 300;
const FILE_SCHEMES = /^(?:sqlite3?|file|duckdb)$/;

/** Returns where `text` leads, or null when it is no connection string that can be read safely. */
export function readConnection(text: string): Connection | null {
  const trimmed = text.trim().replace(/^jdbc:/, '');
  const url = /^([a-z][a-z0-9.-]*)(?:\+[a-z0-9_]+)?:(\/\/)?(.*)$/is.exec(trimmed);
  if (url === null) return /(?:^|\s)(?:host|dbname|service)\s*=/.test(trimmed) ? readWords(trimmed) : null;
  const [, scheme = '', slashes, rest = ''] = url;
  const isFile = FILE_SCHEMES.test(scheme.toLowerCase());
  if (isFile) return { scheme: 'sqlite', host: null, name: null, file: fileOf(slashes ?? '', rest, scheme) };
  if (slashes === undefined) return null;
  const [place = '', query = ''] = cutAt(rest, '?');
  if (query.includes('@') || query.includes('://')) return null;
  const authority = place.slice(place.lastIndexOf('@') + 1);
  const [hosts = '', name = ''] = cutAt(authority, '/');
  if (!/^[\w.,:[\]%~-]*$/.test(hosts) || !/^[\w.$ %/-]*$/.test(name)) return null;
  const options = new URLSearchParams(query);
  const host = hosts === '' ? options.get('host') : hosts.split(',').map(withoutPort).join(',');
  return {
    scheme: scheme.toLowerCase(),
    host: host === null || host === '' ? null : host,
    name: (name === '' ? options.get('dbname') : name.split('/')[0]) || null,
    file: null,
  };
}

/** Returns the connection as a string again, with nothing in it but where it leads. */
export function connectionText({ scheme, host, name, file }: Connection): string {
  if (file !== null) return `file:${file}`;
  return host?.startsWith('/') === true
    ? `${scheme}:///${name ?? ''}?host=${host}`
    : `${scheme}://${host ?? ''}/${name ?? ''}`;
}

/** Returns `text` without credentials; null when they can't be told from the rest. */
export function harmless(variable: string, text: string): string | null {
  if (text.length > MAX_VALUE) return null;
  if (/:\/\/|@|^(?:file|sqlite\d?|jdbc):|=/.test(text) || /(?:URL|URI|DSN|DBSTRING|CONNECTION)/.test(variable)) {
    if (/^https?:\/\/[\w.:[\]-]+\/?$/i.test(text) || /^[\w-]+$/.test(text)) return text;
    const connection = readConnection(text);
    return connection === null ? null : connectionText(connection);
  }
  return text;
}

/** libpq's own form: `host=db dbname=app password=…`. Only what is named here is taken from it. */
function readWords(text: string): Connection | null {
  if (/(?:^|\s)service\s*=/.test(text)) return null;
  const value = (name: string): string | null =>
    new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:'([^']*)'|(\\S+))`).exec(text)?.slice(1).find(Boolean) ?? null;
  return { scheme: 'postgres', host: value('host') ?? value('hostaddr'), name: value('dbname'), file: null };
}

/** SQLAlchemy counts three slashes for a relative path and four for an absolute one; others write what they mean. */
function fileOf(slashes: string, rest: string, scheme: string): string {
  const path = (rest.split('?')[0] ?? '').trim();
  if (slashes === '' || scheme.toLowerCase() === 'file') return path;
  return path.startsWith('//') ? path.slice(1) : path.replace(/^\//, '');
}

function withoutPort(host: string): string {
  return host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
}

function cutAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
