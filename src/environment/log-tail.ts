/** How much of an invocation's log its caller may get (X-Amz-Log-Result). */
const TAIL_BYTES = 4096;

/** The last lines of a log, in a bounded space. */
export class LogTail {
  #lines: Buffer[] = [];
  #sizeBytes = 0;

  add(line: string): void {
    const bytes = Buffer.from(`${line.slice(-TAIL_BYTES)}\n`);
    this.#lines.push(bytes);
    this.#sizeBytes += bytes.length;
    while (this.#sizeBytes - (this.#lines[0]?.length ?? 0) >= TAIL_BYTES) {
      this.#sizeBytes -= this.#lines.shift()?.length ?? 0;
    }
  }

  /** The last 4 KiB. */
  bytes(): Uint8Array {
    return Buffer.concat(this.#lines).subarray(-TAIL_BYTES);
  }

  clear(): void {
    this.#lines = [];
    this.#sizeBytes = 0;
  }
}
