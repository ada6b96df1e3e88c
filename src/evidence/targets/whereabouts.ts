/** Where an effect would hit, for what its words alone do not tell: one reader for each sort of place. Reads only. */
import type { Effect, EffectKind, Prediction } from '../../effects/effect.ts';
import type { Deadline } from '../deadline.ts';
import type { Places } from '../evidence.ts';
import type { SessionFacts } from '../session-facts.ts';
import { readCloud } from './cloud.ts';
import { readCluster } from './cluster.ts';
import { readDatabase } from './database.ts';
import { Disk, type FoundPlace, type Ground } from './ground.ts';
import { readHosting } from './hosting.ts';
import { readInfrastructure } from './infrastructure.ts';
import { type Area, changedBy, switchesOf } from './line-changes.ts';

/** What readings need beside the effect. */
export interface Standpoint {
  readonly workspace: string | null;
  readonly home: string | null;
  readonly places: Places;
  /** Whether the request is from this machine: elsewhere only what its words say is taken. */
  readonly isHere: boolean;
  readonly session?: SessionFacts;
}

export type WhereaboutsReader = (effect: Effect) => FoundPlace | null;

/** Readers by kind of effect, the first that finds something counting. */
const READERS: Partial<Record<EffectKind, readonly ((ground: Ground) => FoundPlace | null)[]>> = {
  'db.read': [readCloud, readDatabase],
  'db.write': [readCloud, readDatabase, readHosting],
  'db.schema': [readCloud, readDatabase, readHosting],
  'db.drop': [readCloud, readDatabase, readHosting],
  'cluster.change': [readCluster],
  'cluster.delete': [readCluster],
  'infra.apply': [readInfrastructure],
  'infra.destroy': [readInfrastructure],
  'infra.state': [readInfrastructure],
  'cloud.change': [readCloud, readHosting],
  'cloud.delete': [readCloud, readHosting],
  'cloud.permission': [readCloud, readHosting],
  'cloud.dns': [readCloud, readHosting],
  deploy: [readCloud, readHosting],
};

/** Returns whether an effect of this kind is one that `whereaboutsOf` can tell of. */
export function hasWhereabouts(effect: Effect): boolean {
  return READERS[effect.kind] !== undefined && effect.address != null;
}

/** Returns a reader of whereabouts for one request: each file is read once. */
export function whereaboutsReader(
  prediction: Prediction,
  standpoint: Standpoint,
  deadline: Deadline,
): WhereaboutsReader {
  const disk = new Disk(standpoint.isHere ? deadline : null, changedBy(prediction.effects));
  const shared = {
    ...standpoint,
    disk,
    switches: (area: Area) => switchesOf(area, prediction.commands),
    made: (path: string): boolean => standpoint.session?.made(path) === true,
  };
  return (effect) => {
    const { address } = effect;
    if (address == null) return null;
    const ground: Ground = { ...shared, effect, address, cwd: address.cwd };
    for (const read of READERS[effect.kind] ?? []) {
      const found = disk.sure(() => read(ground));
      if (found !== null) return found;
    }
    return null;
  };
}
