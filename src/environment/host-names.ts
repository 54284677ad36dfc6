import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mount } from '../sandbox/sandbox.ts';

/**
 * The names of its own host as an environment with extensions knows them: `sandbox.localdomain`, where they listen for
 * telemetry, is an address of its own. So two environments can listen on one port of the network that they share.
 */
export async function hostNames(folder: string, address: string): Promise<Mount> {
  const source = join(folder, 'hosts');
  const lines = ['127.0.0.1 localhost', '::1 localhost', `${address} sandbox.localdomain sandbox`];
  await writeFile(source, `${lines.join('\n')}\n`, { mode: 0o644 });
  return { source, target: '/etc/hosts', access: 'read-only' };
}
