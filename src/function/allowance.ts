import type { FunctionKey } from './function.ts';

/** The right to run one invocation; given back when it has ended. Giving back twice is harmless. */
export interface Permit {
  release(): void;
}

/** How many invocations may run at once: the account's limit, later also a function's reserved share. */
export interface Allowance {
  /** A permit now, or undefined when all are in use. */
  tryAcquire(key: FunctionKey): Permit | undefined;
  /** A permit as soon as one is free, first come first served. Rejects with the signal's reason. */
  acquire(key: FunctionKey, signal: AbortSignal): Promise<Permit>;
  /** Invocations that run now, of one function. */
  inUse(key: FunctionKey): number;
}
