import { readFile } from 'node:fs/promises';
import type { EnvironmentId } from '../../base/ids.ts';
import { markedPids, processName } from '../marked-processes.ts';
import { signalAll } from '../process-tree.ts';

/** The variable by which processes of an environment are found that have left its tree. */
export const ENVIRONMENT_MARK = 'MILLRACE_ENVIRONMENT_ID';

/** The value of that variable: whose environment it is, so that a later platform knows those of one that was killed. */
export function markOf(environmentId: EnvironmentId, platform: string): string {
  return `${environmentId}@${platform}`;
}

/** Ends processes of environments whose platform was killed, and the process that starts programs for it with it. */
export async function sweepLeftProcesses(): Promise<void> {
  for (const pid of await markedPids(`${ENVIRONMENT_MARK}=`)) {
    const variables = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const platform = new RegExp(`${ENVIRONMENT_MARK}=\\w+@((\\d+)-\\d+)`).exec(variables);
    const [, name, platformPid] = platform ?? [];
    if (name === undefined || (await processName(Number(platformPid))) === name) continue;
    signalAll([pid], 'SIGKILL');
  }
}
