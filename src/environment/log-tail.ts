/** How much of an invocation's log its caller may get (X-Amz-Log-Result). */
const TAIL_BYTES = 4096;

/** The last lines of a log, in a bounded space. Texts become bytes only when they are asked for. */
export class LogTail {
  #lines: { readonly text: string; readonly sizeBytes: number }[] = [];
  #sizeBytes = 0;

  add(line: string): void {
    const text = line.length > TAIL_BYTES ? line.slice(-TAIL_BYTES) : line;
    const sizeBytes = Buffer.byteLength(text) + 1;
    this.#lines.push({ text, sizeBytes });
    this.#sizeBytes += sizeBytes;
    while (this.#sizeBytes - (this.#lines[0]?.sizeBytes ?? 0) >= TAIL_BYTES) {
      this.#sizeBytes -= this.#lines.shift()?.sizeBytes ?? 0;
    }
  }

  /** The last 4 KiB. */
  bytes(): Uint8Array {
    return Buffer.from(this.#lines.map(({ text }) => `${text}\n`).join('')).subarray(-TAIL_BYTES);
  }

  clear(): void {
    this.#lines = [];
    this.#sizeBytes = 0;
  }
}
