// Takes a snapshot, or rolls one back, so that a test can kill it at a chosen system call. Says on stdout what it had finished.
import { writeSync } from 'node:fs';

const [engine, storeFolder, root, act, id] = process.argv.slice(2);
const { openEngine } = await import(engine);
const snapshots = openEngine({ storeFolder, freeFloorBytes: 0 });
if (act === 'take') {
  const reason = { kind: 'release', request: null, session: 's', command: null };
  writeSync(1, `${(await snapshots.take({ root, paths: [], reason })).id}\n`);
} else {
  const result = await snapshots.rollback(id, { paths: [], force: false, removeNew: true, to: null });
  writeSync(1, `${result.verified}\n`);
}
await snapshots.close();
writeSync(1, 'end\n');
