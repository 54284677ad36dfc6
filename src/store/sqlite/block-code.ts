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

/** Cuts groups into blocks. All numbers are of 8 bytes, little endian. */
export class BlockCutter {
  /** Of all blocks: none is made for each commit. */
  readonly #block = new Uint8Array(BLOCK_BYTES);
  readonly #head = new Float64Array(this.#block.buffer, 0, HEAD_BYTES / 8 + GROUP_HEAD_NUMBERS);

  /** Hands over each block of a group, in order; a block is good until the next one. */
  cut(number: number, { numbers, bytes, atMs }: TimedGroup, take: (block: Uint8Array) => void): void {
    this.#head.set([number, 0, atMs, numbers.length, bytes.length]);
    let part = 0;
    let at = this.#head.byteLength;
    for (const content of [new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), bytes]) {
      for (let from = 0; from < content.length;) {
        if (at === BLOCK_BYTES) {
          take(this.#block);
          part += 1;
          this.#head.set([number, part]);
          at = HEAD_BYTES;
        }
        const piece = content.subarray(from, from + BLOCK_BYTES - at);
        this.#block.set(piece, at);
        at += piece.length;
        from += piece.length;
      }
    }
    take(this.#block.fill(0, at));
  }
}

/** Reads the beginning of a block. */
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
