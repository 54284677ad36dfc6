import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { AddressClass } from '../click-processor/click.ts';
import { parse } from './address.ts';

/** Ranges of IPv4 addresses that belong to data centres: no people sit there. */
export class DataCentres {
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;

  /** `lines`: one range such as 198.51.100.0/24 each; other lines are skipped. */
  constructor(lines: readonly string[]) {
    const ranges = lines.flatMap(range).toSorted((a, b) => a.start - b.start || a.end - b.end);
    this.#starts = Uint32Array.from(ranges, (one) => one.start);
    let reach = 0;
    this.#ends = Uint32Array.from(ranges, (one) => (reach = Math.max(reach, one.end)));
  }

  /** How many ranges are known. */
  get size(): number {
    return this.#starts.length;
  }

  /** What the address belongs to; IPv6 is not listed. */
  classify(address: ReturnType<typeof parse>): AddressClass {
    if (address?.kind() !== 'ipv4') return 'other';
    const value = toNumber(address.toByteArray());
    return this.#inside(value) ? 'data-centre' : 'other';
  }

  /** `ends` never falls, so the last range that starts at or before `value` knows the furthest reach. */
  #inside(value: number): boolean {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    return low > 0 && value <= (this.#ends[low - 1] ?? 0);
  }
}

/** The list that comes with the program. */
export const SHIPPED_RANGES = join(import.meta.dirname, 'ranges', 'data-centres.txt.gz');

/** Reads a file of ranges, packed by gzip or not; a missing file is an empty list. */
export function readDataCentres(path: string): DataCentres {
  if (!existsSync(path)) return new DataCentres([]);
  const bytes = readFileSync(path);
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return new DataCentres((isPacked ? gunzipSync(bytes) : bytes).toString().split('\n'));
}

function range(line: string): readonly { start: number; end: number }[] {
  const [text = '', bits = ''] = line.trim().split('/');
  const address = parse(text);
  const length = Number(bits);
  if (address?.kind() !== 'ipv4' || !/^\d+$/.test(bits) || length > 32) return [];
  const size = 2 ** (32 - length);
  const start = Math.floor(toNumber(address.toByteArray()) / size) * size;
  return [{ start, end: start + size - 1 }];
}

function toNumber(bytes: readonly number[]): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
