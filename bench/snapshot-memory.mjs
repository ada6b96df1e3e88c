// A process that knows a large tree and does nothing else, as a daemon would: prints its resident bytes once it has taken a snapshot twice.
import { readFileSync } from 'node:fs';

const [dist, storeFolder, root] = process.argv.slice(2);
const { openSnapshots } = await import(new URL('snapshot/open.js', dist).href);
const engine = await openSnapshots({ storeFolder, regenerable: [], budgetBytes: 50e9 });
const request = { root, paths: [], reason: { kind: 'release', request: null, session: 'memory', command: null } };
await engine.take(request);
await engine.take(request);
console.log(Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024);
await engine.close();
