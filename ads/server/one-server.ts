import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { leftOver } from '../platform/child.ts';

/** Another process is the ad server of this name. */
export class NameTaken extends Error {}

/**
 * Claims the spool of the ad server `name` in the data directory for this process; answers how to give it back. A claim
 * of a process that was killed is taken over. Throws NameTaken.
 */
export function claimName(data: string, name = 'ad'): () => void {
  const directory = join(data, 'ad-server', 'spool', name);
  const pidFile = join(directory, 'server.pid');
  const pid = leftOver(pidFile, join('server', 'main.ts'));
  if (pid !== undefined && pid !== process.pid) {
    throw new NameTaken(
      `Process ${pid} is the ad server "${name}" of ${data} already: give this one another --name.`,
    );
  }
  mkdirSync(directory, { recursive: true });
  writeFileSync(pidFile, String(process.pid));
  return () => rmSync(pidFile, { force: true });
}
