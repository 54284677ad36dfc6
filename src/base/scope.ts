/**
 * A lifetime: things are built in order and disposed in reverse, under one signal.
 * `stop()` aborts the signal first (nothing new starts), then disposes (drains) one by one.
 */
export class Scope implements AsyncDisposable {
  #stack = new AsyncDisposableStack();
  #controller = new AbortController();

  /** Aborted when the scope begins to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Takes care of `thing`: it is disposed when the scope ends, after everything built later. */
  use<Thing extends AsyncDisposable | Disposable>(thing: Thing): Thing {
    return this.#stack.use(thing);
  }

  /** Runs `end` when the scope ends, after everything built later has ended. */
  defer(end: () => void | Promise<void>): void {
    this.#stack.defer(end);
  }

  /** Hands everything over to a new scope; disposing this one then ends nothing. */
  move(): Scope {
    const moved = new Scope();
    moved.#stack = this.#stack.move();
    moved.#controller = this.#controller;
    this.#controller = new AbortController();
    return moved;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#controller.abort(new Error('stopping'));
    await this.#stack.disposeAsync();
  }
}
