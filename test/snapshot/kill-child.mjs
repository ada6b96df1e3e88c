// Does one thing to a store, so that a test can kill it at a chosen system call. Says on stdout when it begins, and what it had finished.
import { writeSync } from 'node:fs';

const [engine, storeFolder, root, act, given] = process.argv.slice(2);
const { openEngine } = await import(engine);
const say = (text) => writeSync(1, `${text}\n`);
const everything = { paths: [], force: false, removeNew: true, to: null };
const reason = { kind: 'release', request: null, session: 's', command: null };
const ACTS = {
  take: async (snapshots) => (await snapshots.take({ root, paths: [], reason })).id,
  aside: async (snapshots) => (await snapshots.take({ root, paths: [given], quarantine: [given], reason })).id,
  rollback: async (snapshots) => (await snapshots.rollback(given, everything)).verified,
  resume: async (snapshots) => (await snapshots.resume())?.verified,
  prune: async (snapshots) => (await snapshots.prune({ dryRun: false, keep: [] })).dropped.length,
};
const later = act === 'prune' ? { now: () => Date.now() + Number(given) } : {};

say('begin');
const snapshots = openEngine({ storeFolder, freeFloorBytes: 0, ...later });
say(await ACTS[act](snapshots));
await snapshots.close();
say('end');
