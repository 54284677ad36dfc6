import type { AnswerSink } from './invoke.ts';

/** What a door can be told while an answer comes in pieces. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** Hands the pieces of one answer on, no faster than they are taken; those beyond the limit are dropped. */
export class Relay {
  readonly #sink: AnswerSink;
  readonly #flow: Flow;
  #leftBytes: number;
  #untaken = 0;
  #isOver = false;

  constructor(sink: AnswerSink, limitBytes: number, flow: Flow) {
    this.#sink = sink;
    this.#leftBytes = limitBytes;
    this.#flow = flow;
  }

  /** The answer was longer than it may be. */
  get isTooLarge(): boolean {
    return this.#leftBytes < 0;
  }

  begin(contentType: string): void {
    if (!this.#isOver) this.#sink.begin(contentType);
  }

  piece(bytes: Uint8Array): void {
    this.#leftBytes -= bytes.length;
    if (this.#isOver || this.isTooLarge) return;
    const taken = this.#sink.take(bytes);
    if (taken === undefined) return;
    this.#untaken += 1;
    this.#flow.pause();
    void taken.then(() => {
      this.#untaken -= 1;
      if (this.#untaken === 0) this.#flow.resume();
    });
  }

  /** The invocation is over: what the runtime may still say is read, and goes nowhere. */
  end(): void {
    this.#isOver = true;
    this.#flow.resume();
  }
}

/** Puts an answer together that came in pieces. */
export class Collected implements AnswerSink {
  readonly #pieces: Uint8Array[] = [];

  begin(): void {}

  take(bytes: Uint8Array): undefined {
    this.#pieces.push(bytes);
  }

  /** All of them. */
  bytes(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }
}
