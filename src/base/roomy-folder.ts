import { hasRoom } from './memory-folder.ts';

/**
 * A folder for small files, and another one elsewhere while the first has no room: somebody else may fill it at any time. What
 * is in either stays where it is.
 */
export class RoomyFolder {
  readonly first: string;
  readonly #makeOther: () => string;
  #other: string | undefined;

  /** `makeOther` is called once, when the other one is first needed. */
  constructor(first: string, makeOther: () => string) {
    this.first = first;
    this.#makeOther = makeOther;
  }

  /** The one to put something into now. */
  get current(): string {
    if (hasRoom(this.first)) return this.first;
    return (this.#other ??= this.#makeOther());
  }

  /** Both, as far as they were made. */
  get all(): readonly string[] {
    return this.#other === undefined ? [this.first] : [this.first, this.#other];
  }
}
