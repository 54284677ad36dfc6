/** There was no room on the disk: nothing was changed, and the same may succeed once there is room again. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';

  constructor(what: string) {
    super(`the disk is full: ${what}`);
  }
}
