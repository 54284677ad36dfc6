import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import {
  counter,
  groupMemory,
  groupPids,
  makeGroup,
  numberIn,
  platformGroupName,
  removeGroup,
  setValue,
  setValues,
  sweepLeftGroups,
  type Cgroup,
  type CgroupLimits,
  type CgroupOptions,
  type CgroupParent,
  type GroupMemory,
} from './cgroup.ts';
import { cpuValuesV2, sharingWords, type CpuSharing } from './cpu-share.ts';

const ROOT = '/sys/fs/cgroup';

/** Control groups of the second version: one tree, in which the controllers are handed down. */
export class CgroupV2 implements CgroupParent {
  readonly description: string;
  readonly #root: string;
  readonly #clock: Clock;
  /** Undefined where the processors cannot be shared out. */
  readonly #cpuSharing: CpuSharing | undefined;

  private constructor(root: string, clock: Clock, cpuSharing: CpuSharing | undefined) {
    this.#root = root;
    this.#clock = clock;
    this.#cpuSharing = cpuSharing;
    const cpu = cpuSharing === undefined ? '' : `, ${sharingWords(cpuSharing)}`;
    this.description = `memory, processes${cpu} and freezing by control groups (version 2)`;
  }

  /** Undefined when this is no such tree, or when its controllers may not be handed down; that of the processors may be missing. */
  static async open({ pid, clock, cpuSharing }: CgroupOptions): Promise<CgroupV2 | undefined> {
    const controllers = await readFile(join(ROOT, 'cgroup.controllers'), 'utf8').catch(() => '');
    const names = controllers.trim().split(' ');
    if (!names.includes('memory') || !names.includes('pids')) return undefined;
    const root = join(ROOT, platformGroupName(pid));
    try {
      await sweepLeftGroups(ROOT, clock);
      await setValue(ROOT, 'cgroup.subtree_control', '+memory +pids');
      await makeGroup(root);
      await setValue(root, 'cgroup.subtree_control', '+memory +pids');
      const hasCpu = names.includes('cpu') && (await handDownCpu(root));
      return new CgroupV2(root, clock, hasCpu ? cpuSharing : undefined);
    } catch {
      // Not delegated to this user: limits come from elsewhere.
      return undefined;
    }
  }

  async make(name: string): Promise<Cgroup> {
    const group = join(this.#root, name);
    await makeGroup(group);
    return new GroupV2(group, this.#clock, this.#cpuSharing);
  }

  async remove(): Promise<void> {
    await removeGroup(this.#root, this.#clock);
  }
}

/** False where the kernel keeps the processors for itself, as it does beside real-time programs. */
async function handDownCpu(root: string): Promise<boolean> {
  try {
    await setValue(ROOT, 'cgroup.subtree_control', '+cpu');
    // All environments together weigh as much as a busy program on each processor.
    setValues(root, cpuValuesV2(availableParallelism(), 'weight'));
    await setValue(root, 'cgroup.subtree_control', '+cpu');
    return true;
  } catch {
    return false;
  }
}

class GroupV2 implements Cgroup {
  readonly joinFiles: readonly string[];
  readonly #group: string;
  readonly #clock: Clock;
  readonly #cpuSharing: CpuSharing | undefined;

  constructor(group: string, clock: Clock, cpuSharing: CpuSharing | undefined) {
    this.#clock = clock;
    this.#cpuSharing = cpuSharing;
    this.#group = group;
    this.joinFiles = [join(group, 'cgroup.procs')];
  }

  limit({ memoryBytes, processes, cpuCores }: CgroupLimits): void {
    setValues(this.#group, [
      { file: 'memory.max', value: String(memoryBytes) },
      { file: 'pids.max', value: String(processes) },
      ...(this.#cpuSharing === undefined ? [] : cpuValuesV2(cpuCores, this.#cpuSharing)),
    ]);
  }

  freeze(): Promise<void> {
    return setValue(this.#group, 'cgroup.freeze', 1);
  }

  thaw(): Promise<void> {
    return setValue(this.#group, 'cgroup.freeze', 0);
  }

  pids(): Promise<number[]> {
    return groupPids(this.#group);
  }

  peakBytes(): number {
    return numberIn(this.#group, 'memory.peak');
  }

  memory(): Promise<GroupMemory> {
    return groupMemory(this.#group, 'anon');
  }

  async ranOutOfMemory(): Promise<boolean> {
    return (await counter(this.#group, 'memory.events', 'oom_kill')) > 0;
  }

  remove(): Promise<void> {
    return removeGroup(this.#group, this.#clock);
  }
}
