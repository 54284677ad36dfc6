import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { SystemClock } from '../../base/clock.ts';
import { systemRandom } from '../../base/random.ts';
import { pause, processesNamed } from '../contract.ts';
import { run, shell } from '../fixture/run.ts';
import { BareSandbox } from './bare-sandbox.ts';

const here = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

/** A process that runs a program without walls, which leaves another one in a session of its own. */
async function platform(sleep: string): Promise<ChildProcess> {
  const program = `
    const { BareSandbox } = await import(${here('./bare-sandbox.ts')});
    const { SystemClock } = await import(${here('../../base/clock.ts')});
    const { specOf, shell } = await import(${here('../fixture/run.ts')});
    const sandbox = new BareSandbox({ clock: new SystemClock(0, true) });
    const spec = specOf(shell('setsid ${sleep} >/dev/null 2>&1 & echo up; sleep 300'));
    await sandbox.start(spec, () => console.log('up'));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await until(() => processesNamed([sleep]).length === 1);
  return child;
}

const aSleep = (): string => `sleep ${1000 + Math.floor(systemRandom.fraction() * 1_000_000)}.4`;

test('what left for a session of its own ends with a platform that is killed', async () => {
  const sleep = aSleep();
  const killed = await platform(sleep);
  killed.kill('SIGKILL');
  await until(() => processesNamed([sleep]).length === 0);
});

test('what outlived everything of a killed platform ends when the next one starts its first program', async () => {
  const sleep = aSleep();
  const killed = await platform(sleep);
  // Neither of the two may still clean up: the platform stands still, and the process that starts programs goes first.
  killed.kill('SIGSTOP');
  for (const pid of childrenOf(killed.pid ?? 0)) process.kill(pid, 'SIGKILL');
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  assert.equal(processesNamed([sleep]).length, 1);
  await using next = new BareSandbox({ clock: new SystemClock(0, true) });
  await run(next, shell('true'));
  await until(() => processesNamed([sleep]).length === 0);
});

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
    } catch {
      return false; // It ended between the two looks.
    }
  });
}

/** Looks again until it holds; the test's own limit ends a wait in vain. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(10);
}
