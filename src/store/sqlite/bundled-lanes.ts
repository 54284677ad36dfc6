import type { Bundle } from './bundle-code.ts';
import type { InBundle } from './bundle-line.ts';

/**
 * Messages of lanes that stand in bundles, for as long as one moment is read: the bundles of an epoch are read once, however many lanes are
 * looked for in it. Who looks has a bound.
 */
export class BundledLanes {
  readonly #read: (from: number, through: number) => Iterable<Bundle>;
  readonly #epochs = new Map<number, readonly Bundle[]>();

  /** `read` answers the bundles between two places, in order. */
  constructor(read: (from: number, through: number) => Iterable<Bundle>) {
    this.#read = read;
  }

  /** The bundles of an epoch between these places; `tell` hears of each that is read. */
  ofEpoch(from: number, through: number, tell: () => void): readonly Bundle[] {
    const known = this.#epochs.get(from);
    if (known !== undefined) return known;
    const bundles = [...this.#read(from, through)];
    for (const _ of bundles) tell();
    this.#epochs.set(from, bundles);
    return bundles;
  }
}

/** Those of a lane among bundles, from one place through another, in order. */
export function inLane(bundles: readonly Bundle[], lane: number, from: number, through: number): InBundle[] {
  const found: InBundle[] = [];
  for (const bundle of bundles) {
    for (let which = bundle.nextOf(lane, 0); which < bundle.count; which = bundle.nextOf(lane, which + 1)) {
      const order = bundle.order(which);
      if (order >= from && order <= through && !bundle.isGone(which)) found.push({ bundle, which });
    }
  }
  return found;
}
