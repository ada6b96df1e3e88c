// An agent's stand-in: runs the commands that it is told to on its standard input, as agents do, with $SHELL -c, and
// tells what they print while they print it. One JSON object a line, both ways; bytes in base64.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const running = new Map();
const tell = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

createInterface({ input: process.stdin }).on('line', (line) => {
  const told = JSON.parse(line);
  if (told.signal !== undefined) {
    process.kill(-running.get(told.id).pid, told.signal);
    return;
  }
  const [program, ...args] = told.argv ?? [process.env.SHELL, '-c', told.command];
  const child = spawn(program, args, {
    cwd: told.cwd,
    env: { ...process.env, ...told.env },
    detached: true, // a process group of its own, so that a signal can be sent to all of it, as a terminal does
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.set(told.id, child);
  child.stdin.on('error', () => {}); // it may end without reading all of its input
  child.stdin.end(Buffer.from(told.input ?? '', 'base64'));
  for (const stream of ['stdout', 'stderr'])
    child[stream].on('data', (bytes) => tell({ id: told.id, stream, bytes: bytes.toString('base64') }));
  child.on('error', (error) => tell({ id: told.id, exit: 127, signal: null, error: error.message }));
  child.on('close', (exit, signal) => tell({ id: told.id, exit, signal }));
});
