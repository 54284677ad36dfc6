import { readFile } from 'node:fs/promises';
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

const ROOT = '/sys/fs/cgroup';

/** Control groups of the second version: one tree, in which the controllers are handed down. */
export class CgroupV2 implements CgroupParent {
  readonly description = 'memory, processes and freezing by control groups (version 2)';
  readonly #root: string;
  readonly #clock: Clock;

  private constructor(root: string, clock: Clock) {
    this.#root = root;
    this.#clock = clock;
  }

  /** Undefined when this is no such tree, or when its controllers may not be handed down. */
  static async open(pid: number, clock: Clock): Promise<CgroupV2 | undefined> {
    const controllers = await readFile(join(ROOT, 'cgroup.controllers'), 'utf8').catch(() => '');
    const names = controllers.trim().split(' ');
    if (!names.includes('memory') || !names.includes('pids')) return undefined;
    const root = join(ROOT, platformGroupName(pid));
    try {
      await sweepLeftGroups(ROOT, clock);
      await setValue(ROOT, 'cgroup.subtree_control', '+memory +pids');
      await makeGroup(root);
      await setValue(root, 'cgroup.subtree_control', '+memory +pids');
      return new CgroupV2(root, clock);
    } catch {
      // Not delegated to this user: limits come from elsewhere.
      return undefined;
    }
  }

  async make(name: string, { memoryBytes, processes }: CgroupLimits): Promise<Cgroup> {
    const group = join(this.#root, name);
    await makeGroup(group);
    await Promise.all([setValue(group, 'memory.max', memoryBytes), setValue(group, 'pids.max', processes)]);
    return new GroupV2(group, this.#clock);
  }

  async remove(): Promise<void> {
    await removeGroup(this.#root, this.#clock);
  }
}

class GroupV2 implements Cgroup {
  readonly joinFiles: readonly string[];
  readonly #group: string;
  readonly #clock: Clock;

  constructor(group: string, clock: Clock) {
    this.#clock = clock;
    this.#group = group;
    this.joinFiles = [join(group, 'cgroup.procs')];
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

  peakBytes(): Promise<number> {
    return numberIn(this.#group, 'memory.peak');
  }

  async ranOutOfMemory(): Promise<boolean> {
    return (await counter(this.#group, 'memory.events', 'oom_kill')) > 0;
  }

  remove(): Promise<void> {
    return removeGroup(this.#group, this.#clock);
  }
}
