import type { BundleLine, InBundle } from './bundle-line.ts';
import { contentInRow, type BundleContents } from './bundle-reader.ts';
import { nextOf, numberOf, ORDER_AT, SIZE_AT, VISIBLE_AT, type Row } from './merged-rows.ts';
import { MessagePacker } from './message-packer.ts';
import type { PackedPage } from './packed.ts';

/** Messages in line: those with rows of their own, their contents behind their sizes, and those of bundles. */
export interface InLine {
  readonly alone: Iterator<Row>;
  readonly bundled: BundleLine;
  readonly contents: BundleContents;
}

/** How far a page goes. */
export interface LinePageLimits {
  readonly visibleBeforeMs: number;
  readonly limit: number;
  readonly limitSizeBytes: number;
}

/** Takes both lines as one, as far as a page goes; they are let go. */
export function linePage({ alone, bundled, contents }: InLine, limits: LinePageLimits): PackedPage {
  const packer = new MessagePacker();
  const fill = new Fill(limits);
  try {
    let row = nextOf(alone);
    let place = bundled.take();
    for (;;) {
      if (row !== undefined && (place === undefined || isBefore(row, place))) {
        const visibleAtMs = numberOf(row, VISIBLE_AT);
        if (!fill.takes(visibleAtMs, numberOf(row, SIZE_AT)))
          return { ...packer.packed(), nextMs: visibleAtMs };
        packer.row(row, contentInRow(row));
        row = nextOf(alone);
      } else if (place !== undefined) {
        const { bundle, which } = place;
        const visibleAtMs = bundle.visibleAtMs(which);
        if (!fill.takes(visibleAtMs, bundle.sizeBytes(which)))
          return { ...packer.packed(), nextMs: visibleAtMs };
        packer.bundled(bundle, which, contents.of(bundle.frame.firstOrder));
        place = bundled.take();
      } else return { ...packer.packed(), nextMs: undefined };
    }
  } finally {
    alone.return?.();
    bundled.end();
  }
}

/** What is in a page so far. */
class Fill {
  readonly #limits: LinePageLimits;
  #count = 0;
  #sizeBytes = 0;

  constructor(limits: LinePageLimits) {
    this.#limits = limits;
  }

  /** True for a message that the page takes; the first comes whatever its size. */
  takes(visibleAtMs: number, sizeBytes: number): boolean {
    const { visibleBeforeMs, limit, limitSizeBytes } = this.#limits;
    this.#sizeBytes += sizeBytes;
    const isFull = this.#count >= limit || (this.#count > 0 && this.#sizeBytes > limitSizeBytes);
    if (isFull || visibleAtMs >= visibleBeforeMs) return false;
    this.#count += 1;
    return true;
  }
}

function isBefore(row: Row, { bundle, which }: InBundle): boolean {
  const earlierMs = numberOf(row, VISIBLE_AT) - bundle.visibleAtMs(which);
  return earlierMs < 0 || (earlierMs === 0 && numberOf(row, ORDER_AT) < bundle.order(which));
}
