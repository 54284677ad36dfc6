import type { WriteStream } from 'node:tty';

/** Shows one line that keeps changing: rewritten in place on a terminal, else written anew every two seconds. */
export class ProgressLine {
  readonly #stream: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };
  readonly #text: () => string;
  readonly #timer: NodeJS.Timeout;
  #shown = false;

  constructor(stream: ProgressLine['stream'], text: () => string) {
    this.#stream = stream;
    this.#text = text;
    this.#timer = setInterval(() => this.#show(), stream.isTTY === true ? 200 : 2000);
  }

  /** Where the line is shown. */
  get stream(): Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number } {
    return this.#stream;
  }

  /** Shows the last state and leaves it standing. */
  finish(): void {
    clearInterval(this.#timer);
    this.#show();
    if (this.#stream.isTTY === true && this.#shown) this.#stream.write('\n');
  }

  #show(): void {
    this.#shown = true;
    const text = this.#text();
    if (this.#stream.isTTY !== true) this.#stream.write(`${text}\n`);
    else this.#stream.write(`\r\u001b[2K${text.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  }
}
