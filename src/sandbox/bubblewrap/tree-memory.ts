import { processTree, pssBytes } from '../process-tree.ts';
import type { SandboxSpec } from '../sandbox.ts';
import type { Spawned } from '../spawner.ts';
import type { Cgroup } from './cgroup.ts';
import { mostFiles, tmpUsage } from './tmp-usage.ts';

/**
 * What an environment uses of its function's memory: all but what lies in /tmp, which has a size of its own and is only
 * kept in memory. More files there than a disk of that size would hold count as more than everything.
 */
export async function ownMemoryBytes(
  spec: SandboxSpec,
  spawned: Spawned,
  cgroup: Cgroup | undefined,
): Promise<number> {
  const pids = cgroup === undefined ? await processTree(spawned.pid) : await cgroup.pids();
  // Whoever came last is inside: the first ones build the walls.
  const tmp = await tmpUsage(pids.at(-1) ?? 0, spec.tmpSizeBytes);
  if (tmp.files > mostFiles(spec.tmpSizeBytes)) return Infinity;
  if (cgroup === undefined) return pssBytes(pids);
  const { privateBytes, sharedBytes } = await cgroup.memory();
  return privateBytes + Math.max(0, sharedBytes - tmp.bytes);
}
