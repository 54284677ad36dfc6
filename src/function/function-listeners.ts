import type { FunctionListener } from './functions.ts';

/** Who wants to know of changes to functions. */
export class FunctionListeners {
  readonly #listeners = new Set<FunctionListener>();

  /** Tells `listener` from now on; the answer ends it. */
  add(listener: FunctionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells all of them, after a change is durable. */
  tell(call: (listener: FunctionListener) => void): void {
    for (const listener of this.#listeners) call(listener);
  }
}
