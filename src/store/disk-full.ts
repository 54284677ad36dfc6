/** There was no room on the disk: nothing was changed, and the same may succeed once there is room again. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';

  constructor(what: string) {
    super(`the disk is full: ${what}`);
  }
}

/** True for an error that says that there was no room on the disk, whoever wrote. */
export function isDiskFull(error: unknown): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return error instanceof DiskFullError || code === 'ENOSPC' || code === 'EDQUOT';
}
