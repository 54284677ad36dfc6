import type { LanePart } from '../queue-store.ts';

/*
 * What a page says of its lanes, on its way from the reading thread: four numbers for each, as many objects would cost both threads a microsecond each.
 */
const NUMBERS = 4;

/** Stands for what is not there. */
const NONE = -1;

/** What is known of a lane, and its messages. */
interface PartOfPage extends Omit<LanePart, 'count'> {
  readonly places: readonly unknown[];
}

/** Lane by lane: its number, how many messages it has, where it goes on, until when it is hidden there. */
export function packParts(parts: readonly PartOfPage[]): Float64Array<ArrayBuffer> {
  const packed = new Float64Array(parts.length * NUMBERS);
  let at = 0;
  for (const { lane, places, nextOrder, hiddenUntilMs } of parts) {
    packed[at] = lane;
    packed[at + 1] = places.length;
    packed[at + 2] = nextOrder ?? NONE;
    packed[at + 3] = hiddenUntilMs ?? NONE;
    at += NUMBERS;
  }
  return packed;
}

/** The same as objects. */
export function unpackParts(packed: Float64Array): LanePart[] {
  const parts: LanePart[] = [];
  for (let at = 0; at < packed.length; at += NUMBERS)
    parts.push({
      lane: packed[at] ?? 0,
      count: packed[at + 1] ?? 0,
      nextOrder: numberOrNone(packed[at + 2]),
      hiddenUntilMs: numberOrNone(packed[at + 3]),
    });
  return parts;
}

function numberOrNone(value = NONE): number | undefined {
  return value === NONE ? undefined : value;
}
