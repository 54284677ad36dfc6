import { assert, present } from '../../base/assert.ts';
import type { Packed } from './packed.ts';

/** Bytes of a block: with what SQLite puts around it, it fills a page of 4096 and needs no second one. */
export const BLOCK_BYTES = 4056;

/** Each block begins with the number of its group, and which of the group's blocks it is. */
const HEAD_BYTES = 16;

/** A group begins with its time, how many numbers it has, and how many bytes. */
const GROUP_HEAD_NUMBERS = 3;

const ROOM_BYTES = BLOCK_BYTES - HEAD_BYTES;

/** A group as it is kept in blocks. */
export interface TimedGroup extends Packed {
  readonly atMs: number;
}

/** What a block says of itself. */
export interface BlockHead {
  readonly group: number;
  readonly part: number;
}

/** How many blocks a group takes. */
export function blocksOf({ numbers, bytes }: Packed): number {
  return Math.ceil((GROUP_HEAD_NUMBERS * 8 + numbers.byteLength + bytes.byteLength) / ROOM_BYTES);
}

/** A group as blocks. All numbers are of 8 bytes, little endian. */
export function cutIntoBlocks(number: number, group: TimedGroup): Uint8Array[] {
  const { numbers, bytes, atMs } = group;
  const whole = new Uint8Array(blocksOf(group) * ROOM_BYTES);
  new Float64Array(whole.buffer).set([atMs, numbers.length, bytes.length]);
  new Float64Array(whole.buffer).set(numbers, GROUP_HEAD_NUMBERS);
  whole.set(bytes, (GROUP_HEAD_NUMBERS + numbers.length) * 8);
  return Array.from({ length: whole.length / ROOM_BYTES }, (_, part) => {
    const block = new Uint8Array(BLOCK_BYTES);
    new Float64Array(block.buffer, 0, 2).set([number, part]);
    block.set(whole.subarray(part * ROOM_BYTES, (part + 1) * ROOM_BYTES), HEAD_BYTES);
    return block;
  });
}

export function headOf(block: Uint8Array): BlockHead {
  const [group, part] = new Float64Array(block.slice(0, HEAD_BYTES).buffer);
  return { group: present(group, 'the number of a group'), part: present(part, 'the place of a block') };
}

/** A group from its blocks, in their order. */
export function groupOf(blocks: readonly Uint8Array[]): TimedGroup {
  const whole = new Uint8Array(blocks.length * ROOM_BYTES);
  for (const [part, block] of blocks.entries()) whole.set(block.subarray(HEAD_BYTES), part * ROOM_BYTES);
  const [atMs = 0, count = 0, sizeBytes = 0] = new Float64Array(whole.buffer, 0, GROUP_HEAD_NUMBERS);
  const bytesAt = (GROUP_HEAD_NUMBERS + count) * 8;
  assert(bytesAt + sizeBytes <= whole.length, 'all blocks of a group are there');
  return {
    atMs,
    numbers: new Float64Array(whole.slice(GROUP_HEAD_NUMBERS * 8, bytesAt).buffer),
    bytes: whole.slice(bytesAt, bytesAt + sizeBytes),
  };
}
