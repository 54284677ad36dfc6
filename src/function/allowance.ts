import type { FunctionKey } from './function.ts';

/** The right to run one invocation; given back when it has ended. Giving back twice is harmless. */
export interface Permit {
  release(): void;
}

/** How many invocations may run at once: the account's limit, and what is reserved for single functions. */
export interface Allowance {
  /** A permit now, or undefined when all are in use. */
  tryAcquire(key: FunctionKey): Permit | undefined;
  /** A permit as soon as one is free, first come first served. Rejects with the signal's reason. */
  acquire(key: FunctionKey, signal: AbortSignal): Promise<Permit>;
  /** What is kept free for a function, which is its limit too; undefined when nothing is. */
  reserved(key: FunctionKey): number | undefined;
  /** What is left of the limit for functions without a reservation, the reservation of `key` left out. */
  unreserved(key?: FunctionKey): number;
  /** Invocations that run now, of one function. */
  inUse(key: FunctionKey): number;
}
