// Answers every question of a shim with ALOW: what the socket and Node cost, without any judging. Argument: the socket's path.
import { createServer } from 'node:net';
import { encodeFrame, FrameReader } from '../dist/protocol/frame.js';

const allow = encodeFrame('ALOW');

createServer((socket) => {
  const reader = new FrameReader();
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    for (const frame of reader.push(chunk)) if (frame.type !== 'DONE') socket.write(allow);
  });
}).listen(process.argv[2], () => process.stdout.write('up\n'));
