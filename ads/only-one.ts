import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { leftOver } from './platform/child.ts';

/** Another start works on the same data. */
export class AlreadyRunning extends Error {}

/**
 * Claims `directory` for this process; answers how to give it back. A claim of a process that was killed
 * is taken over.
 */
export function claim(directory: string): () => void {
  const pidFile = join(directory, 'ads.pid');
  mkdirSync(directory, { recursive: true });
  const pid = leftOver(pidFile, 'ads/main.ts');
  if (pid !== undefined && pid !== process.pid) {
    throw new AlreadyRunning(
      `Process ${pid} works on ${directory} already: end it, or choose another --data DIR.`,
    );
  }
  writeFileSync(pidFile, String(process.pid));
  return () => rmSync(pidFile, { force: true });
}
