import { present } from '../../base/assert.ts';
import { BLOCK_COUNT, BLOCK_SIZE, FIRST_UID, UidBlocks } from './uid-blocks.ts';

/** Whose processes environments are. */
export type Identity =
  /** The platform is root: each environment gets a user id of its own, which nobody else on the machine has. */
  | { readonly kind: 'own-user'; readonly users: OwnUsers }
  /** The platform is an ordinary user: so are its environments, each in a user namespace. */
  | { readonly kind: 'same-user' };

/** User ids for environments, each given to one at a time; the one free for longest comes first. */
export class OwnUsers implements Disposable {
  readonly #blocks: UidBlocks;
  readonly #free: number[] = [];

  constructor(blocks: UidBlocks = new UidBlocks()) {
    this.#blocks = blocks;
  }

  /** An id that no other environment of this machine has. Throws when there is none. */
  take(): number {
    if (this.#free.length === 0) this.#add(this.#blocks.take());
    return present(this.#free.shift(), 'a free user id');
  }

  /** The environment is gone. */
  giveBack(uid: number): void {
    this.#free.push(uid);
  }

  [Symbol.dispose](): void {
    this.#blocks[Symbol.dispose]();
  }

  #add(first: number): void {
    for (let uid = first; uid < first + BLOCK_SIZE; uid += 1) this.#free.push(uid);
  }
}

/** True for user ids that only environments have. */
export function isEnvironmentUid(uid: number): boolean {
  return uid >= FIRST_UID && uid < FIRST_UID + BLOCK_SIZE * BLOCK_COUNT;
}
