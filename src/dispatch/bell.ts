/**
 * Wakes everybody who waits for something to change. Whoever is woken looks itself whether what it
 * needs is there now, so that no change is missed and none has to say whom it concerns.
 */
export class Bell {
  #next = Promise.withResolvers<void>();

  /** Wakes all who wait now. */
  ring(): void {
    const rung = this.#next;
    this.#next = Promise.withResolvers<void>();
    rung.resolve();
  }

  /** Resolves once `holds()` is true: looked at now, and again at each ring. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.#next.promise;
  }
}
