import type { Allowance, Permit } from './allowance.ts';
import type { FunctionKey } from './function.ts';
import { functionKeyText } from './function.ts';

interface Waiter {
  readonly key: FunctionKey;
  readonly grant: (permit: Permit) => void;
}

/** What a {@link SharedAllowance} works with. */
export interface SharedAllowanceOptions {
  /** How many invocations may run at once, of all functions together. */
  readonly limit: number;
  /** What is kept free for single functions, by `region/account/name`, as it is now; not given: nothing. */
  readonly reserved?: ReadonlyMap<string, number>;
}

/**
 * One limit for all functions of the platform, less what is kept free for some of them, which have a limit of their own.
 * Who waits longest is served first.
 */
export class SharedAllowance implements Allowance {
  readonly #limit: number;
  readonly #reserved: ReadonlyMap<string, number>;
  readonly #inUse = new Map<string, number>();
  readonly #waiting = new Set<Waiter>();
  #total = 0;

  constructor(options: SharedAllowanceOptions) {
    this.#limit = options.limit;
    this.#reserved = options.reserved ?? new Map();
  }

  tryAcquire(key: FunctionKey): Permit | undefined {
    const text = functionKeyText(key);
    return this.#isFree(text) ? this.#grant(text) : undefined;
  }

  acquire(key: FunctionKey, signal: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const now = this.tryAcquire(key);
      if (now !== undefined) return resolve(now);
      const waiter = { key, grant };
      const stop = (): void => {
        this.#waiting.delete(waiter);
        reject(signal.reason as Error);
      };
      function grant(permit: Permit): void {
        signal.removeEventListener('abort', stop);
        resolve(permit);
      }
      this.#waiting.add(waiter);
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  inUse(key: FunctionKey): number {
    return this.#inUse.get(functionKeyText(key)) ?? 0;
  }

  reserved(key: FunctionKey): number | undefined {
    return this.#reserved.get(functionKeyText(key));
  }

  unreserved(key?: FunctionKey): number {
    const own = key && functionKeyText(key);
    let left = this.#limit;
    for (const [text, count] of this.#reserved) if (text !== own) left -= count;
    return left;
  }

  /** What is kept free has changed: who waits may have a place now. */
  changed(): void {
    for (const waiter of this.#waiting) {
      const text = functionKeyText(waiter.key);
      if (!this.#isFree(text)) continue;
      this.#waiting.delete(waiter);
      waiter.grant(this.#grant(text));
    }
  }

  #isFree(text: string): boolean {
    const own = this.#reserved.get(text);
    if (own !== undefined) return (this.#inUse.get(text) ?? 0) < own;
    let shared = this.#limit;
    let used = this.#total;
    for (const [other, count] of this.#reserved) {
      shared -= count;
      used -= this.#inUse.get(other) ?? 0;
    }
    return used < shared;
  }

  #grant(text: string): Permit {
    this.#count(text, 1);
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      this.#count(text, -1);
      if (this.#waiting.size > 0) this.changed();
    };
    return { release };
  }

  #count(text: string, by: number): void {
    this.#total += by;
    const count = (this.#inUse.get(text) ?? 0) + by;
    if (count === 0) this.#inUse.delete(text);
    else this.#inUse.set(text, count);
  }
}
