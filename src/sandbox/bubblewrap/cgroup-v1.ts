import { access, constants, readFile } from 'node:fs/promises';
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
import { cpuValuesV1, sharingWords, type CpuSharing } from './cpu-share.ts';

/** The freezer first: what is swept must be thawed before it can die. */
const CONTROLLERS = ['freezer', 'memory', 'pids'] as const;
type Controller = (typeof CONTROLLERS)[number];
/** Where each controller's groups are; that of the processors may be missing. */
type Roots = Readonly<Record<Controller, string>> & { readonly cpu?: string };

/** Control groups of the first version: one tree for each controller. */
export class CgroupV1 implements CgroupParent {
  readonly description: string;
  readonly #roots: Roots;
  readonly #clock: Clock;
  readonly #cpuSharing: CpuSharing;

  private constructor(roots: Roots, { clock, cpuSharing }: CgroupOptions) {
    this.#roots = roots;
    this.#clock = clock;
    this.#cpuSharing = cpuSharing;
    const cpu = roots.cpu === undefined ? '' : `, ${sharingWords(cpuSharing)}`;
    this.description = `memory, processes${cpu} and freezing by control groups (version 1)`;
  }

  /** Undefined when one of the controllers is missing or may not be written; that of the processors may be. */
  static async open(options: CgroupOptions): Promise<CgroupV1 | undefined> {
    const mounts = await readFile('/proc/mounts', 'utf8');
    const roots: Partial<Record<Controller, string>> = {};
    for (const controller of CONTROLLERS) {
      const root = await rootOf(controller, mounts, options);
      if (root === undefined) return undefined;
      roots[controller] = root;
    }
    const cpu = await rootOf('cpu', mounts, options);
    const all: Roots = { ...(roots as Record<Controller, string>), ...(cpu !== undefined && { cpu }) };
    await Promise.all(Object.values(all).map(makeGroup));
    // All environments together weigh as much as a busy program on each processor.
    if (cpu !== undefined) setValues(cpu, cpuValuesV1(availableParallelism(), 'weight'));
    return new CgroupV1(all, options);
  }

  async make(name: string): Promise<Cgroup> {
    const entries = Object.entries(this.#roots).map(([controller, root]) => [controller, join(root, name)]);
    const groups = Object.fromEntries(entries) as Roots;
    await Promise.all(Object.values(groups).map(makeGroup));
    return new GroupV1(groups, this.#clock, this.#cpuSharing);
  }

  async remove(): Promise<void> {
    await Promise.all(Object.values(this.#roots).map((root) => removeGroup(root, this.#clock)));
  }
}

/** Where the groups of this platform are to be in a controller's tree, once those of killed platforms are removed from it. */
async function rootOf(
  controller: string,
  mounts: string,
  { pid, clock }: CgroupOptions,
): Promise<string | undefined> {
  const mount = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .find((fields) => fields[2] === 'cgroup' && fields[3]?.split(',').includes(controller));
  const root = mount?.[1];
  if (root === undefined || !(await isWritable(root))) return undefined;
  await sweepLeftGroups(root, clock);
  return join(root, platformGroupName(pid));
}

class GroupV1 implements Cgroup {
  readonly joinFiles: readonly string[];
  readonly #groups: Roots;
  readonly #clock: Clock;
  readonly #cpuSharing: CpuSharing;

  constructor(groups: Roots, clock: Clock, cpuSharing: CpuSharing) {
    this.#clock = clock;
    this.#cpuSharing = cpuSharing;
    this.#groups = groups;
    this.joinFiles = Object.values(groups).map((group) => join(group, 'cgroup.procs'));
  }

  limit({ memoryBytes, processes, cpuCores }: CgroupLimits): void {
    const { memory, pids, cpu } = this.#groups;
    setValues(memory, [{ file: 'memory.limit_in_bytes', value: String(memoryBytes) }]);
    setValues(pids, [{ file: 'pids.max', value: String(processes) }]);
    if (cpu !== undefined) setValues(cpu, cpuValuesV1(cpuCores, this.#cpuSharing));
  }

  freeze(): Promise<void> {
    return setValue(this.#groups.freezer, 'freezer.state', 'FROZEN');
  }

  thaw(): Promise<void> {
    return setValue(this.#groups.freezer, 'freezer.state', 'THAWED');
  }

  pids(): Promise<number[]> {
    return groupPids(this.#groups.pids);
  }

  peakBytes(): number {
    return numberIn(this.#groups.memory, 'memory.max_usage_in_bytes');
  }

  memory(): Promise<GroupMemory> {
    return groupMemory(this.#groups.memory, 'rss');
  }

  async ranOutOfMemory(): Promise<boolean> {
    return (await counter(this.#groups.memory, 'memory.oom_control', 'oom_kill')) > 0;
  }

  async remove(): Promise<void> {
    await this.thaw().catch(() => undefined);
    await Promise.all(Object.values(this.#groups).map((group) => removeGroup(group, this.#clock)));
  }
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}
