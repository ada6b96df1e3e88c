/** Which database a call would hit: its host and name, or its file, and whether it is on this machine. */
import { posix } from 'node:path';
import { namesProduction } from '../../effects/subcommands.ts';
import { known } from '../evidence.ts';
import { zoneOf } from '../places.ts';
import { clientPlace } from './database-clients.ts';
import { frameworkPlace } from './database-frameworks.ts';
import { type DatabasePlace, ofConnection } from './database-place.ts';
import { environmentOf } from './environment.ts';
import { type FoundPlace, type Ground, member, pathOf, shown } from './ground.ts';
import { isLoopback } from './hosts.ts';
import { readYaml } from './yaml.ts';

/** What SQLite and DuckDB keep beside a database while it is in use (sqlite.org/tempfiles.html). */
const COMPANIONS = ['-wal', '-shm', '-journal', '.wal'];
/** A larger file is not worth keeping a copy of for each command. */
const MAX_KEPT_BYTES = 100 * 1024 * 1024;
const COMPOSE = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** Returns where the database is that the effect is on, or null when nothing tells. */
export function readDatabase(ground: Ground): FoundPlace | null {
  const place = placeOf(ground);
  const environment = environmentOf(ground);
  const inProduction = environment !== null && namesProduction(environment.value);
  const environmentFacts = {
    ...(environment === null ? {} : { environment: known(environment.value) }),
    ...(inProduction ? { production: known(true) } : {}),
  };
  const environmentLines = environment === null ? [] : [`environment ${environment.value} (${environment.from})`];
  if (place === null) {
    return environment === null ? null : { facts: environmentFacts, lines: environmentLines, keep: [] };
  }
  const file = place.file === null || place.file === ':memory:' ? null : pathOf(ground, place.file);
  if (place.file !== null) return onFile(ground, place, file, { facts: environmentFacts, lines: environmentLines });
  const isLocal = areLocal(ground, place.host);
  const isProduction = [place.name, place.host].some((one) => one !== null && namesProduction(one)) || inProduction;
  const where = `database${place.name === null ? '' : ` ${place.name}`} on ${place.host ?? 'this machine'}${source(place)}`;
  return {
    facts: {
      ...environmentFacts,
      ...(place.host === null ? {} : { dbHost: known(place.host) }),
      ...(place.name === null ? {} : { dbName: known(place.name) }),
      ...(isProduction ? { production: known(true) } : {}),
      dbLocal: known(isLocal),
      where: known(where),
    },
    lines: [where, ...environmentLines],
    keep: [],
  };
}

function placeOf(ground: Ground): DatabasePlace | null {
  const { given } = ground.address;
  const { url, file } = given;
  if (url === null || file === null) return null;
  if (url !== undefined) return ofConnection(url, 'the command');
  if (file !== undefined) return { host: null, name: null, file, from: null };
  return clientPlace(ground) ?? frameworkPlace(ground);
}

function onFile(
  ground: Ground,
  place: DatabasePlace,
  file: string | null,
  environment: Pick<FoundPlace, 'facts' | 'lines'>,
): FoundPlace {
  const where = `the database ${file === null ? 'in memory' : `file ${shown(ground, file)}`}${source(place)}`;
  const size = file === null ? null : ground.disk.size(file);
  const zone = file === null ? 'unknown' : zoneOf(file, ground.places);
  const isKept = size !== null && size <= MAX_KEPT_BYTES && (zone === 'in-workspace' || zone === 'in-temp');
  const beside = file === null ? [] : COMPANIONS.map((ending) => file + ending);
  return {
    facts: {
      ...environment.facts,
      dbLocal: known(true),
      ...(file === null ? {} : { dbFile: known(file), dbName: known(posix.basename(file)), dbKept: known(isKept) }),
      ...(file !== null && ground.made(file) ? { sessionMade: known(true) } : {}),
      where: known(where),
    },
    lines: [where, ...environment.lines],
    keep:
      isKept && file !== null && ground.effect.kind !== 'db.read'
        ? [file, ...beside.filter((one) => ground.disk.size(one) !== null)]
        : [],
  };
}

function source(place: DatabasePlace): string {
  return place.from === null || place.from === 'the command' ? '' : ` (from ${place.from})`;
}

/** Returns whether all of `hosts` (several stand between commas) are this machine, or services that it composes. */
function areLocal(ground: Ground, hosts: string | null): boolean {
  return hosts === null || hosts.split(',').every((host) => isLoopback(host) || isComposed(ground, host));
}

function isComposed(ground: Ground, host: string): boolean {
  if (!/^[\w-]+$/.test(host)) return false;
  return [ground.cwd, ground.workspace].some(
    (folder) =>
      folder !== null &&
      COMPOSE.some((name) => {
        const text = ground.disk.text(posix.join(folder, name));
        return text !== null && member(readYaml(text), 'services', host) !== undefined;
      }),
  );
}
