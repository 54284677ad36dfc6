/** Whether anybody still waits for an answer. The signal is made when it is first asked for: most requests never ask. */
export class HangUp {
  #controller: AbortController | undefined;
  #why: string | undefined;

  /** Aborts when nobody waits any more. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#why !== undefined) this.#controller.abort(new Error(this.#why));
    return this.#controller.signal;
  }

  /** Nobody waits any more. */
  happened(why: string): void {
    this.#why ??= why;
    this.#controller?.abort(new Error(this.#why));
  }
}
