import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BelayError } from '../../src/errors.ts';
import { decodeShimFrame } from '../../src/protocol/decode.ts';
import { encodeFrame, FRAME_TYPES, FrameReader, MAX_FRAME_BYTES, PREFIX_BYTES } from '../../src/protocol/frame.ts';

// Promise 6: frames can't hurt.
const type = fc.constantFrom(...FRAME_TYPES);
const header = fc
  .dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)));
const blob = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

test('what is encoded is read back, however the bytes are cut into pieces', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(type, header, blob), { maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(([one, head, body]) => encodeFrame(one, head, body)));
        const reader = new FrameReader();
        const read = [];
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const size = cuts[n % cuts.length] ?? 1;
          read.push(...reader.push(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(read.map((frame) => [frame.type, frame.header, frame.blob.toString('hex')])).toEqual(
          frames.map(([one, head, body]) => [one, head, body.toString('hex')]),
        );
        expect(reader.isPartial).toBe(false);
      },
    ),
  );
});

test('any bytes are frames, or wait for more, or are refused with an error of the table', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((rest) => Buffer.concat([Buffer.from('BLY1EXEC'), rest])),
    fc
      .tuple(type, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), fc.uint8Array({ maxLength: 140 }))
      .map(([one, head, body, rest]) => {
        const prefix = Buffer.alloc(PREFIX_BYTES);
        prefix.write(`BLY1${one}`, 'latin1');
        prefix.writeUInt32LE(head, 8);
        prefix.writeUInt32LE(body, 12);
        return Buffer.concat([prefix, rest]);
      }),
  );
  fc.assert(
    fc.property(bytes, (sent) => {
      try {
        for (const frame of new FrameReader().push(Buffer.from(sent))) decodeShimFrame(frame);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(BelayError);
        expect(thrown).toHaveProperty('code', expect.stringMatching(/^frame\./));
      }
    }),
    { numRuns: 20_000 },
  );
});

test('a length over the limit is refused with the prefix alone, and a frame at the limit is taken', () => {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.write('BLY1EXEC', 'latin1');
  prefix.writeUInt32LE(2, 8);
  prefix.writeUInt32LE(MAX_FRAME_BYTES - 1, 12);
  expect(() => new FrameReader().push(prefix)).toThrow(expect.objectContaining({ code: 'frame.too-large' }));
  expect(new FrameReader().push(encodeFrame('EXEC', {}, Buffer.alloc(MAX_FRAME_BYTES - 2)))).toHaveLength(1);
  expect(() => encodeFrame('EXEC', {}, Buffer.alloc(MAX_FRAME_BYTES))).toThrow(
    expect.objectContaining({ code: 'frame.too-large' }),
  );
});

test('arguments and folders come through byte for byte, or are marked as not text', () => {
  const word = fc.string().filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(word, fc.array(word, { minLength: 1, maxLength: 5 }), fc.string(), (cwd, argv, stdin) => {
      const strings = [cwd, '', ...argv].map((text) => `${text}\0`).join('');
      const stdinBytes = Buffer.from(stdin);
      const header = { v: 1, pid: 1, ppid: 1, argc: argv.length, envc: 0, stdinLength: stdinBytes.length };
      const [frame] = new FrameReader().push(
        encodeFrame('HOOK', header, Buffer.concat([Buffer.from(strings), stdinBytes])),
      );
      if (frame === undefined) throw new Error('no frame');
      const text = (one: string): string => Buffer.from(one).toString();
      expect(decodeShimFrame(frame)).toMatchObject({
        cwd: text(cwd),
        argv: argv.map(text),
        stdin: text(stdin),
        lossy: false,
      });
    }),
  );
  const [odd] = new FrameReader().push(
    encodeFrame('EXEC', { v: 1, pid: 1, ppid: 1, argc: 1, envc: 0 }, Buffer.from('/\0\0rm\xff\0', 'latin1')),
  );
  expect(odd && decodeShimFrame(odd).lossy).toBe(true);
});

test('recorded frames of this version are read as they were meant', () => {
  const recorded = Buffer.from(
    'QkxZMUVYRUM8AAAALQAAAHsidiI6MSwicGlkIjoxMDEsInBwaWQiOjEwMCwiYXJnYyI6MywiZW52YyI6MSwidHJ1bmNhdGVkIjowfS93b3JrAC91c3IvYmluL2Jhc2gAYmFzaAAtYwBscwBIT01FPS9ob21lL21lAA==',
    'base64',
  );
  const [frame] = new FrameReader().push(recorded);
  expect(frame && decodeShimFrame(frame)).toMatchObject({
    pid: 101,
    parent: 100,
    cwd: '/work',
    program: '/usr/bin/bash',
    argv: ['bash', '-c', 'ls'],
    env: { HOME: '/home/me' },
    again: false,
  });
});
