import type { EnvironmentParts } from './environment-parts.ts';

/** Whether the processes of an environment run or are frozen: one change after the other. */
export class Power {
  readonly #parts: Pick<EnvironmentParts, 'tree' | 'door'>;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: Pick<EnvironmentParts, 'tree' | 'door'>) {
    this.#parts = parts;
  }

  freeze(): Promise<void> {
    const { tree, door } = this.#parts;
    door.telemetry.pause();
    this.#last = this.#last.then(() => tree.freeze());
    return this.#last;
  }

  async thaw(): Promise<void> {
    const { tree, door } = this.#parts;
    this.#last = this.#last.then(() => tree.thaw());
    await this.#last;
    door.telemetry.resume();
  }
}
