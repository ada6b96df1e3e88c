#!/usr/bin/env node
// Prints what must stay fast, as ratios against something measured in the same run, beside the bar each is held against.
//
//   npm run bench                 all of them
//   npm run bench -- shim         one of: shim, snapshot, judge
//
// A figure over its bar is marked; the exit status is always 0: a busy machine is no failure.
import { loadavg } from 'node:os';

const BENCHES = ['shim', 'judge', 'snapshot'];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !BENCHES.includes(name));
if (unknown.length > 0) {
  console.error(`bench: there is no ${unknown.join(', ')}; there are: ${BENCHES.join(', ')}`);
  process.exit(2);
}

console.log(`load average before: ${loadavg()[0].toFixed(2)}; Node ${process.version}`);
for (const name of wanted.length > 0 ? wanted : BENCHES) {
  const { run } = await import(new URL(`./${name}.mjs`, import.meta.url).href);
  const rows = await run();
  console.log(`\n${name}`);
  console.log('| what | ours | against | ratio | bar | |');
  console.log('|---|---|---|---|---|---|');
  for (const { what, ours, against, ratio, bar } of rows) {
    const limit = typeof bar === 'number' ? bar : Number.parseFloat(String(bar).replace(/[^\d.]/g, ''));
    const mark = Number(ratio) > limit ? 'OVER' : '';
    const shown = typeof ratio === 'number' ? ratio.toFixed(2) : ratio;
    console.log(
      `| ${what} | ${ours} | ${against} | ${shown} | ${typeof bar === 'number' ? `<= ${bar}` : bar} | ${mark} |`,
    );
  }
}
console.log(`\nload average after: ${loadavg()[0].toFixed(2)}`);
