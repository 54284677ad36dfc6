import { open } from 'node:fs/promises';

/** Makes the names in a folder durable: a file that was made, renamed or removed there stays so after a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, 'r');
  await directory.sync();
}
