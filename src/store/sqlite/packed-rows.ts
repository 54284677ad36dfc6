import type { BundleContents } from './bundle-reader.ts';
import { LANE_AT, numberOf, SIZE_AT, type Row } from './merged-rows.ts';
import type { Packer } from './packed.ts';

/** Adds the place of a row's message: order, state, time of sending and lane. */
export function addPlace(packer: Packer, row: Row): void {
  addNumbers(packer, row, LANE_AT);
}

/** Adds a message: its place, its size and its content. That stands behind these in the row, or in the bundle that the row is of. */
export function addMessage(packer: Packer, row: Row, contents: BundleContents): void {
  addNumbers(packer, row, SIZE_AT);
  packer.content(contents.of(row) ?? (row[SIZE_AT + 1] as Uint8Array));
}

/** Adds numbers through one of the columns. */
export function addNumbers(packer: Packer, row: Row, through: number): void {
  for (let at = 0; at <= through; at += 1) packer.number(numberOf(row, at));
}
