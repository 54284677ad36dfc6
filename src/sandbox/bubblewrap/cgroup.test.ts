import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SystemClock } from '../../base/clock.ts';
import { CgroupV1 } from './cgroup-v1.ts';

const FREEZER = '/sys/fs/cgroup/freezer';
const skip = !existsSync(FREEZER) && 'there are no control groups of version 1 here';
const clock = new SystemClock(0, true);

test(
  'groups of a platform that is gone are removed, also groups within groups',
  { skip },
  async (context) => {
    const gone = spawnSync('true').pid;
    const left = join(FREEZER, `millrace-${gone}`);
    try {
      mkdirSync(join(left, 'environment', 'inner'), { recursive: true });
    } catch {
      return context.skip('this user may make no control groups');
    }
    const groups = await CgroupV1.open({ pid: process.pid, clock, cpuSharing: 'weight' });
    await groups?.remove();
    assert.equal(existsSync(left), false);
    return undefined;
  },
);

const CPU = '/sys/fs/cgroup/cpu';

test(
  'with a quota the kernel is told what an environment may have of the processors',
  { skip },
  async (context) => {
    const groups = await CgroupV1.open({ pid: process.pid, clock, cpuSharing: 'quota' });
    if (groups === undefined || !existsSync(CPU)) return context.skip('this user may make no control groups');
    try {
      const limits = { memoryBytes: 64 * 1024 * 1024, processes: 10, cpuCores: 0.5 };
      const group = await groups.make('half');
      group.limit(limits);
      const read = (file: string): string =>
        readFileSync(join(CPU, `millrace-${process.pid}`, 'half', file), 'utf8').trim();
      assert.deepEqual(
        [read('cpu.cfs_quota_us'), read('cpu.cfs_period_us'), read('cpu.shares')],
        ['50000', '100000', '512'],
      );
      await group.remove();
    } finally {
      await groups.remove();
    }
    return undefined;
  },
);
