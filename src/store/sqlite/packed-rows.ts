import { LANE_AT, numberOf, type Row } from './merged-rows.ts';
import type { Packer } from './packed.ts';

/** Adds the place of a row's message: order, state, time of sending and lane. */
export function addPlace(packer: Packer, row: Row): void {
  for (let at = 0; at <= LANE_AT; at += 1) packer.number(numberOf(row, at));
}
