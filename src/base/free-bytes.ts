/**
 * Gives back the memory of bytes that nobody reads again, and of all that share it. It is not left to the collector, which comes the
 * sooner the more bytes wait for it, and leaves their memory in pieces.
 */
export function freeBytes({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}
