import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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

  private constructor(root: string) {
    this.#root = root;
  }

  /** Undefined when this is no such tree, or when its controllers may not be handed down. */
  static async open(pid: number): Promise<CgroupV2 | undefined> {
    const controllers = await readFile(join(ROOT, 'cgroup.controllers'), 'utf8').catch(() => '');
    const names = controllers.trim().split(' ');
    if (!names.includes('memory') || !names.includes('pids')) return undefined;
    const root = join(ROOT, platformGroupName(pid));
    try {
      await sweepLeftGroups(ROOT);
      await setValue(ROOT, 'cgroup.subtree_control', '+memory +pids');
      await makeGroup(root);
      await setValue(root, 'cgroup.subtree_control', '+memory +pids');
      return new CgroupV2(root);
    } catch {
      // Not delegated to this user: limits come from elsewhere.
      return undefined;
    }
  }

  async make(name: string, { memoryBytes, processes }: CgroupLimits): Promise<Cgroup> {
    const group = join(this.#root, name);
    await makeGroup(group);
    await Promise.all([setValue(group, 'memory.max', memoryBytes), setValue(group, 'pids.max', processes)]);
    return new GroupV2(group);
  }

  async remove(): Promise<void> {
    await removeGroup(this.#root);
  }
}

class GroupV2 implements Cgroup {
  readonly joinFiles: readonly string[];
  readonly #group: string;

  constructor(group: string) {
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
    return removeGroup(this.#group);
  }
}
