import { statfs } from 'node:fs/promises';

/** What an environment's private /tmp holds. */
export interface TmpUsage {
  readonly bytes: number;
  readonly files: number;
}

/**
 * As seen from a process inside; nothing when it is not there any more, or still builds the walls and sees the machine's, which
 * is told by its size.
 */
export async function tmpUsage(pid: number, sizeBytes: number): Promise<TmpUsage> {
  const none = { bytes: 0, files: 0 };
  if (pid === 0) return none;
  const facts = await statfs(`/proc/${pid}/root/tmp`).catch(() => undefined);
  if (facts === undefined || facts.blocks !== Math.ceil(sizeBytes / facts.bsize)) return none;
  return { bytes: (facts.blocks - facts.bfree) * facts.bsize, files: facts.files - facts.ffree };
}

/** A disk of that size, full of the smallest files, would hold as many. */
const SMALLEST_FILE_BYTES = 4096;

/** How many files and folders /tmp may hold: each takes memory of the kernel that its size does not show. */
export function mostFiles(tmpSizeBytes: number): number {
  return Math.ceil(tmpSizeBytes / SMALLEST_FILE_BYTES);
}
