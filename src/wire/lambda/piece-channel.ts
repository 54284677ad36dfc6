import type { AnswerSink } from '../../environment/invoke.ts';

interface Untaken {
  readonly bytes: Uint8Array;
  readonly taken: () => void;
}

/** From whoever makes pieces of an answer to whoever sends them: each piece is taken when the one before has been sent. */
export class PieceChannel implements AnswerSink {
  /** Resolves when the answer begins. */
  readonly begun: Promise<void>;
  /** Of the answer, as soon as it has begun. */
  contentType: string | undefined;
  readonly #begin: () => void;
  readonly #waiting: Untaken[] = [];
  #wake = Promise.withResolvers<void>();
  #isOver = false;
  #isAbandoned = false;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.begun = promise;
    this.#begin = resolve;
  }

  begin(contentType: string): void {
    this.contentType ??= contentType;
    this.#begin();
  }

  take(bytes: Uint8Array): Promise<void> | undefined {
    this.begin('application/octet-stream');
    if (this.#isAbandoned) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, taken: resolve });
    this.#wake.resolve();
    return promise;
  }

  /** No more pieces come. */
  end(): void {
    this.#isOver = true;
    this.#wake.resolve();
  }

  /** The pieces, to their end. Who leaves early lets the function run on without a listener, as AWS does. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
          try {
            yield next.bytes;
          } finally {
            next.taken();
          }
        }
        if (this.#isOver) return;
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
      }
    } finally {
      this.#isAbandoned = true;
      for (const { taken } of this.#waiting.splice(0)) taken();
    }
  }
}
