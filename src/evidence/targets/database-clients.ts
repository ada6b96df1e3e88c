/** Where database clients connect to by their options, their variables and their own settings files. */
import { type DatabasePlace } from './database-place.ts';
import { type Found, firstVariable, type Ground, pathOf, variable } from './ground.ts';
import { readIni } from './ini.ts';

interface Client {
  readonly programs: RegExp;
  /** Variables for the host and the database, the first that is set counting. */
  readonly host: readonly string[];
  readonly database: readonly string[];
  /** An ini file below home with sections that a client of this sort reads. */
  readonly file?: { readonly path: string; readonly sections: readonly string[] };
}

/** Each connects to this machine when nothing says otherwise: psql(1), mysql(1), mongosh and redis-cli's manuals. */
const CLIENTS: readonly Client[] = [
  {
    programs: /^(?:psql|pgcli|dropdb|dropuser|pg_restore|createdb)$/,
    host: ['PGHOSTADDR', 'PGHOST'],
    database: ['PGDATABASE'],
  },
  {
    programs: /^(?:mysql|mariadb|mycli|mysqladmin|mariadb-admin|mysqlimport)$/,
    host: ['MYSQL_HOST'],
    database: [],
    file: { path: '~/.my.cnf', sections: ['client', 'mysql'] },
  },
  { programs: /^(?:mongosh|mongo|mongorestore|mongoimport)$/, host: [], database: [] },
  { programs: /^(?:redis-cli|valkey-cli|keydb-cli)$/, host: [], database: [] },
];

/** Returns the database of a client's call; null: it is no such client, or what tells is not known. */
export function clientPlace(ground: Ground): DatabasePlace | null {
  const { program, targets } = ground.effect;
  const { given } = ground.address;
  const client = CLIENTS.find((one) => one.programs.test(program));
  if (client === undefined) {
    return typeof given['host'] === 'string'
      ? { host: given['host'], name: given['database'] ?? null, file: null, from: null }
      : null;
  }
  const service = /^(?:psql|pgcli)$/.test(program) ? variable(ground, 'PGSERVICE') : null;
  if (typeof service === 'string') return ofService(ground, service);
  const host = said(given['host']) ?? firstVariable(ground, client.host);
  if (given['host'] === null || host === undefined || service === undefined) return null;
  const target = targets.find((one) => one.kind === 'name' && one.noun === 'database');
  const name =
    said(given['database']) ??
    (target?.kind === 'name' ? { value: target.name, from: 'the command' } : firstVariable(ground, client.database));
  const settings = client.file === undefined ? null : inFile(ground, client.file);
  const from = [host, name].find((one) => one != null && one.from !== 'the command')?.from ?? null;
  // mongosh(1): `host/database`.
  const [, place, rest] = /^mongo(?:sh)?$/.test(program) ? (/^([^/]+)\/(.*)$/.exec(name?.value ?? '') ?? []) : [];
  if (place !== undefined) return { host: place.replace(/:\d+$/, ''), name: rest || null, file: null, from };
  return {
    host: host?.value ?? settings?.get('host') ?? null,
    name: name?.value ?? settings?.get('database') ?? null,
    file: null,
    from: from ?? (settings?.has('host') === true ? (client.file?.path ?? null) : null),
  };
}

function said(text: string | null | undefined): Found | null {
  return typeof text === 'string' ? { value: text, from: 'the command' } : null;
}

function inFile(ground: Ground, file: NonNullable<Client['file']>): ReadonlyMap<string, string> {
  const path = pathOf(ground, file.path);
  const sections = readIni(path === null ? '' : (ground.disk.text(path) ?? ''));
  const wanted = file.sections.flatMap((name) => [...(sections.get(name) ?? [])]);
  return new Map(wanted.filter(([name]) => name === 'host' || name === 'database'));
}

function ofService(ground: Ground, service: string): DatabasePlace | null {
  const path = pathOf(ground, '~/.pg_service.conf');
  const section = path === null ? undefined : readIni(ground.disk.text(path) ?? '').get(service);
  if (section === undefined) return null;
  return {
    host: section.get('host') ?? null,
    name: section.get('dbname') ?? null,
    file: null,
    from: `service ${service} of ~/.pg_service.conf`,
  };
}
