import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UuidBlock } from './uuid-block.ts';

test('ids are the bytes of their block as version 4 UUIDs, one after the other, and the next block goes on', () => {
  let filled = 0;
  const block = new UuidBlock((bytes) => {
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = (at * 7 + filled) % 256;
    filled += 1;
  });
  const ids = Array.from({ length: 300 }, () => block.next());
  assert.equal(ids[0], '00070e15-1c23-4a31-b83f-464d545b6269');
  assert.equal(filled, 3);
  assert.equal(ids[128], '01080f16-1d24-4b32-b940-474e555c636a');
  for (const id of ids)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
