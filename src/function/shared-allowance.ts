import type { Allowance, Permit } from './allowance.ts';
import type { FunctionKey } from './function.ts';
import { functionKeyText } from './function.ts';

interface Waiter {
  readonly key: FunctionKey;
  readonly grant: (permit: Permit) => void;
}

/** One limit for all functions of the platform; who waits longest is served first. */
export class SharedAllowance implements Allowance {
  readonly #limit: number;
  readonly #inUse = new Map<string, number>();
  readonly #waiting = new Set<Waiter>();
  #total = 0;

  constructor(options: { readonly limit: number }) {
    this.#limit = options.limit;
  }

  tryAcquire(key: FunctionKey): Permit | undefined {
    if (this.#total >= this.#limit || this.#waiting.size > 0) return undefined;
    return this.#grant(key);
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

  #grant(key: FunctionKey): Permit {
    const text = functionKeyText(key);
    this.#count(text, 1);
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      this.#count(text, -1);
      this.#serve();
    };
    return { release };
  }

  #serve(): void {
    for (const waiter of this.#waiting) {
      if (this.#total >= this.#limit) return;
      this.#waiting.delete(waiter);
      waiter.grant(this.#grant(waiter.key));
    }
  }

  #count(text: string, by: number): void {
    this.#total += by;
    const count = (this.#inUse.get(text) ?? 0) + by;
    if (count === 0) this.#inUse.delete(text);
    else this.#inUse.set(text, count);
  }
}
