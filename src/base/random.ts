import { randomBytes, randomFillSync, randomUUID } from 'node:crypto';
import { UuidBlock } from './uuid-block.ts';

/** The only source of chance: handed in, so that one seed gives one run. */
export interface Random {
  /** A version 4 UUID. */
  uuid(): string;
  /** `sizeBytes` unpredictable bytes. */
  bytes(sizeBytes: number): Uint8Array;
  /** A number in [0, 1). */
  fraction(): number;
}

/** Chance from the operating system: fit for secrets. */
export const systemRandom: Random = {
  uuid: () => randomUUID(),
  bytes: (sizeBytes) => randomBytes(sizeBytes),
  fraction: () => Math.random(),
};

/** The same for who needs very many ids. */
export class ManyIdsRandom implements Random {
  readonly #ids = new UuidBlock((bytes) => randomFillSync(bytes));

  uuid(): string {
    return this.#ids.next();
  }

  bytes(sizeBytes: number): Uint8Array {
    return systemRandom.bytes(sizeBytes);
  }

  fraction(): number {
    return systemRandom.fraction();
  }
}

/** Repeatable chance (mulberry32) for tests and simulation: one seed, one sequence. Not fit for secrets. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  bytes(sizeBytes: number): Uint8Array {
    return Uint8Array.from({ length: sizeBytes }, () => Math.floor(this.fraction() * 256));
  }

  uuid(): string {
    const bytes = this.bytes(16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = Buffer.from(bytes).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}
