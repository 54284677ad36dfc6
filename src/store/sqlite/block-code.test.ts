import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BLOCK_BYTES, BlockCutter, blocksOf, groupOf, headOf, type TimedGroup } from './block-code.ts';

const cutter = new BlockCutter();

function cutIntoBlocks(number: number, whole: TimedGroup): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  cutter.cut(number, whole, (block) => blocks.push(block.slice()));
  return blocks;
}

const group = fc.record({
  atMs: fc.nat(2_000_000_000_000),
  numbers: fc
    .array(fc.integer(), { maxLength: 1500, size: 'max' })
    .map((numbers) => Float64Array.from(numbers)),
  bytes: fc.uint8Array({ maxLength: 10_000, size: 'max' }).map((bytes) => new Uint8Array(bytes)),
});

test('a group that was cut into blocks is put together as it was', () => {
  fc.assert(
    fc.property(group, fc.integer({ min: 1, max: 2 ** 50 }), (whole, number) => {
      const blocks = cutIntoBlocks(number, whole);
      assert.equal(blocks.length, blocksOf(whole));
      assert.ok(blocks.every((block) => block.length === BLOCK_BYTES));
      assert.deepEqual(
        blocks.map(headOf),
        blocks.map((_, part) => ({ group: number, part })),
      );
      assert.deepEqual(groupOf(blocks), { ...whole });
    }),
  );
});

test('a group of which the last block is missing is not taken for whole', () => {
  const blocks = cutIntoBlocks(1, { atMs: 1, numbers: new Float64Array(2000), bytes: new Uint8Array() });
  assert.throws(() => groupOf(blocks.slice(0, -1)));
});
