import type { Bundle } from './bundle-code.ts';
import type { BundleContents } from './bundle-reader.ts';
import {
  LANE_AT,
  nextOf,
  numberOf,
  ORDER_AT,
  RECEIVES_AT,
  SENT_AT,
  SIZE_AT,
  VISIBLE_AT,
  type Row,
} from './merged-rows.ts';
import type { MessagePacker } from './message-packer.ts';

/** Where contents are had from: those of bundles, and that of a row. */
export interface Contents {
  readonly bundled: BundleContents;
  readonly ofRow: (row: Row) => Uint8Array;
}

/** A message that a page of lanes looks at. */
export interface LanePlace {
  readonly order: number;
  readonly lane: number;
  readonly sizeBytes: number;
  readonly visibleAtMs: number;
  readonly sentAtMs: number;
  readonly wasReceived: boolean;
  pack(packer: MessagePacker, contents: Contents): void;
}

/** A message with a row of its own. */
export class RowPlace implements LanePlace {
  readonly order: number;
  readonly #row: Row;

  constructor(row: Row) {
    this.order = numberOf(row, ORDER_AT);
    this.#row = row;
  }

  get lane(): number {
    return numberOf(this.#row, LANE_AT);
  }

  get sizeBytes(): number {
    return numberOf(this.#row, SIZE_AT);
  }

  get visibleAtMs(): number {
    return numberOf(this.#row, VISIBLE_AT);
  }

  get sentAtMs(): number {
    return numberOf(this.#row, SENT_AT);
  }

  get wasReceived(): boolean {
    return numberOf(this.#row, RECEIVES_AT) > 0;
  }

  pack(packer: MessagePacker, { ofRow }: Contents): void {
    packer.row(this.#row, ofRow(this.#row));
  }
}

/** A message of a bundle, which nobody has touched. */
export class BundledPlace implements LanePlace {
  readonly order: number;
  readonly #bundle: Bundle;
  readonly #which: number;

  constructor(bundle: Bundle, which: number) {
    this.order = bundle.order(which);
    this.#bundle = bundle;
    this.#which = which;
  }

  get lane(): number {
    return this.#bundle.lane(this.#which);
  }

  get sizeBytes(): number {
    return this.#bundle.sizeBytes(this.#which);
  }

  get visibleAtMs(): number {
    return this.#bundle.visibleAtMs(this.#which);
  }

  get sentAtMs(): number {
    return this.#bundle.sentAtMs(this.#which);
  }

  get wasReceived(): boolean {
    return false;
  }

  pack(packer: MessagePacker, { bundled }: Contents): void {
    packer.bundled(this.#bundle, this.#which, bundled.of(this.#bundle.frame.firstOrder));
  }
}

/** Messages with rows of their own, and those of bundles from a place on, as one line in order of places. */
export class LaneLine {
  readonly #rows: Iterator<unknown>;
  readonly #bundles: Iterator<Bundle>;
  readonly #from: number;
  #alone: RowPlace | undefined;
  #bundled: BundledPlace | undefined;
  #bundle: Bundle | undefined;
  #which = 0;

  constructor(rows: Iterator<unknown>, bundles: Iterator<Bundle>, from: number) {
    this.#rows = rows;
    this.#bundles = bundles;
    this.#from = from;
    this.#stepAlone();
    this.#stepBundled();
  }

  /** The next message; undefined when there is none. */
  take(): LanePlace | undefined {
    const [alone, bundled] = [this.#alone, this.#bundled];
    if (alone !== undefined && (bundled === undefined || alone.order < bundled.order)) {
      this.#stepAlone();
      return alone;
    }
    if (bundled !== undefined) this.#stepBundled();
    return bundled;
  }

  /** Nothing more is taken. */
  end(): void {
    this.#rows.return?.();
    this.#bundles.return?.();
  }

  #stepAlone(): void {
    const row = nextOf(this.#rows);
    this.#alone = row === undefined ? undefined : new RowPlace(row);
  }

  #stepBundled(): void {
    for (;;) {
      const bundle = this.#bundle;
      while (bundle !== undefined && this.#which < bundle.count && bundle.isGone(this.#which))
        this.#which += 1;
      if (bundle !== undefined && this.#which < bundle.count) {
        this.#bundled = new BundledPlace(bundle, this.#which);
        this.#which += 1;
        return;
      }
      const next = this.#bundles.next();
      this.#bundle = next.done === true ? undefined : next.value;
      this.#bundled = undefined;
      if (this.#bundle === undefined) return;
      this.#which = this.#bundle.from(this.#from);
    }
  }
}
