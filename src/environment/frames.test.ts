import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeFrame, FrameReader } from './frames.ts';

test('frames come out as they went in, however the bytes are cut', () => {
  const frame = fc.record({
    kind: fc.nat(255),
    meta: fc.dictionary(fc.string(), fc.string()),
    body: fc.uint8Array(),
  });
  fc.assert(
    fc.property(fc.array(frame), fc.integer({ min: 1, max: 20 }), (frames, cutBytes) => {
      const all = Buffer.concat(frames.map(({ kind, meta, body }) => encodeFrame(kind, meta, body)));
      const reader = new FrameReader(1000);
      const read = [];
      for (let at = 0; at < all.length; at += cutBytes) {
        read.push(...(reader.read(all.subarray(at, at + cutBytes)) ?? assert.fail('refused')));
      }
      assert.deepEqual(
        read.map(({ kind, meta, body }) => ({ kind, meta: { ...meta }, body: [...body] })),
        frames.map(({ kind, meta, body }) => ({
          kind,
          meta: JSON.parse(JSON.stringify(meta)),
          body: [...body],
        })),
      );
    }),
    { numRuns: 50 },
  );
});

const hostile: Readonly<Record<string, Buffer>> = {
  'a length beyond the limit': Buffer.from([0xff, 0xff, 0xff, 0xff, 1]),
  'a length too short for a head': Buffer.from([0, 0, 0, 1, 1]),
  'a meta longer than its frame': Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 9]),
  'a meta that is no JSON': Buffer.from([0, 0, 0, 6, 1, 0, 0, 0, 1, 0x7b]),
  'a meta that is no object': encodeFrame(1, 5 as unknown as object, Buffer.alloc(0)),
};

for (const [name, bytes] of Object.entries(hostile)) {
  test(`bytes that are no frames are refused: ${name}`, () => {
    assert.equal(new FrameReader(1000).read(bytes), undefined);
  });
}
