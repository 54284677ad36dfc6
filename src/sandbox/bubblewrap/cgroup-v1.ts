import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import {
  counter,
  groupPids,
  makeGroup,
  numberIn,
  platformGroupName,
  removeGroup,
  setValue,
  sweepLeftGroups,
  type Cgroup,
  type CgroupLimits,
  type CgroupParent,
} from './cgroup.ts';

/** The freezer first: what is swept must be thawed before it can die. */
const CONTROLLERS = ['freezer', 'memory', 'pids'] as const;
type Roots = Readonly<Record<(typeof CONTROLLERS)[number], string>>;

/** Control groups of the first version: one tree for each controller. */
export class CgroupV1 implements CgroupParent {
  readonly description = 'memory, processes and freezing by control groups (version 1)';
  readonly #roots: Roots;
  readonly #clock: Clock;

  private constructor(roots: Roots, clock: Clock) {
    this.#roots = roots;
    this.#clock = clock;
  }

  /** Undefined when one of the controllers is missing or may not be written. */
  static async open(pid: number, clock: Clock): Promise<CgroupV1 | undefined> {
    const mounts = await readFile('/proc/mounts', 'utf8');
    const roots: Partial<Record<keyof Roots, string>> = {};
    for (const controller of CONTROLLERS) {
      const mount = mounts
        .split('\n')
        .map((line) => line.split(' '))
        .find((fields) => fields[2] === 'cgroup' && fields[3]?.split(',').includes(controller));
      const root = mount?.[1];
      if (root === undefined || !(await isWritable(root))) return undefined;
      await sweepLeftGroups(root, clock);
      roots[controller] = join(root, platformGroupName(pid));
    }
    const all = roots as Roots;
    await Promise.all(Object.values(all).map(makeGroup));
    return new CgroupV1(all, clock);
  }

  async make(name: string, { memoryBytes, processes }: CgroupLimits): Promise<Cgroup> {
    const { memory, pids, freezer } = this.#roots;
    const groups = { memory: join(memory, name), pids: join(pids, name), freezer: join(freezer, name) };
    await Promise.all(Object.values(groups).map(makeGroup));
    await Promise.all([
      setValue(groups.memory, 'memory.limit_in_bytes', memoryBytes),
      setValue(groups.pids, 'pids.max', processes),
    ]);
    return new GroupV1(groups, this.#clock);
  }

  async remove(): Promise<void> {
    await Promise.all(Object.values(this.#roots).map((root) => removeGroup(root, this.#clock)));
  }
}

class GroupV1 implements Cgroup {
  readonly joinFiles: readonly string[];
  readonly #groups: Roots;
  readonly #clock: Clock;

  constructor(groups: Roots, clock: Clock) {
    this.#clock = clock;
    this.#groups = groups;
    this.joinFiles = Object.values(groups).map((group) => join(group, 'cgroup.procs'));
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

  peakBytes(): Promise<number> {
    return numberIn(this.#groups.memory, 'memory.max_usage_in_bytes');
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
