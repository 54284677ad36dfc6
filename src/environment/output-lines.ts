/** The longest piece that becomes one line; longer lines are cut. */
const LONGEST_LINE_BYTES = 65_536;
const LINE_END = 10;

/** Cuts one output of a program into lines; bytes that are no UTF-8 become replacement characters. */
export class OutputLines {
  #rest: Buffer[] = [];
  #restBytes = 0;

  /** The lines that `chunk` completes, without their ends. */
  push(chunk: Uint8Array): readonly string[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const lines: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, start)) {
      lines.push(this.#complete(bytes.subarray(start, end)));
      start = end + 1;
    }
    for (; start < bytes.length; start += LONGEST_LINE_BYTES) {
      this.#keep(bytes.subarray(start, start + LONGEST_LINE_BYTES));
      if (this.#restBytes >= LONGEST_LINE_BYTES) lines.push(this.#complete(Buffer.alloc(0)));
    }
    return lines;
  }

  /** What is left without a line end, if anything is. */
  flush(): string | undefined {
    return this.#restBytes === 0 ? undefined : this.#complete(Buffer.alloc(0));
  }

  #keep(bytes: Buffer): void {
    // Copied, so that a few bytes do not hold on to a large chunk.
    this.#rest.push(Buffer.from(bytes));
    this.#restBytes += bytes.length;
  }

  #complete(last: Buffer): string {
    if (this.#restBytes === 0) return last.toString('utf8');
    const text = Buffer.concat([...this.#rest, last]).toString('utf8');
    this.#rest = [];
    this.#restBytes = 0;
    return text;
  }
}
