import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { leftOver } from './platform/child.ts';

/** Another start works on the same data. */
export class AlreadyRunning extends Error {}

/** Nothing can be kept in the data directory. */
export class DataNotWritable extends Error {}

/**
 * Claims `directory` for this process; answers how to give it back. A claim of a process that was killed
 * is taken over.
 */
export function claim(directory: string): () => void {
  const pidFile = join(directory, 'ads.pid');
  const pid = leftOver(pidFile, 'ads/main.ts');
  if (pid !== undefined && pid !== process.pid) {
    throw new AlreadyRunning(
      `Process ${pid} works on ${directory} already: end it, or choose another --data DIR.`,
    );
  }
  try {
    makeDirectory(directory);
    writeFileSync(pidFile, String(process.pid));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DataNotWritable(`Nothing can be written to ${directory} (${code}): choose another --data DIR.`);
  }
  return () => rmSync(pidFile, { force: true });
}

/** Step by step: Node's own recursive way never ends in a file system that makes no directories, such as /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path);
}
