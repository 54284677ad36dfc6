import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultKind } from './plan.ts';
import { childrenOf, environmentsOf, signal } from './processes.ts';
import type { Stage } from './stage.ts';

/** Does one thing to the machinery and puts right what somebody would put right; resolves when that is done. */
export async function inflict(stage: Stage, kind: FaultKind): Promise<void> {
  switch (kind) {
    case 'kill-ad-server':
      return killAdServer(stage, stage.adServers.length - 1);
    case 'kill-broker':
      return killBroker(stage);
    case 'kill-worker':
      return killWorker(stage);
    case 'kill-database':
      return killDatabase(stage);
    case 'stop-broker':
      return stopBroker(stage, 1500);
    case 'stop-broker-and-kill-ad-server':
      await Promise.all([stopBroker(stage, 1500), sleep(500).then(() => killAdServer(stage, 0))]);
      return;
    case 'cut-broker':
      return repeatedly(() => stage.broker.cut());
    case 'cut-database':
      return repeatedly(() => stage.database.cut());
    case 'freeze-database':
      return freezeDatabase(stage, 1500);
    case 'lose-commits':
      return during(1200, (on) => (stage.database.mischief.loseCommits = on));
    case 'lose-answers':
      return during(800, (on) => (stage.broker.mischief.loseAnswers = on));
    case 'duplicate-sends':
      return during(1500, (on) => (stage.broker.mischief.duplicate = on));
    case 'delay-sends':
      return during(1500, (on) => (stage.broker.mischief.delayMs = on ? 700 : 0));
    case 'fill-disk':
      return fillDisk(stage);
    case 'step-clock':
      return during(1500, () => signal(stage.adServers[1]?.pid, 'SIGUSR2'));
  }
}

async function killAdServer(stage: Stage, index: number): Promise<void> {
  const child = stage.adServers[index];
  signal(child?.pid, 'SIGKILL');
  await child?.ended;
  await sleep(200);
  await stage.startAdServer(index);
}

async function killBroker(stage: Stage): Promise<void> {
  signal(stage.platform.pid, 'SIGKILL');
  await stage.platform.ended;
  await sleep(200);
  await stage.startPlatform();
}

async function killDatabase(stage: Stage): Promise<void> {
  signal(stage.databasePid, 'SIGKILL');
  await sleep(500);
  await stage.startDatabase();
}

/** Nobody is answered, and no connection breaks. */
async function freezeDatabase({ databasePid }: Stage, timeMs: number): Promise<void> {
  const pids = [databasePid, ...childrenOf(databasePid)];
  pids.forEach((pid) => signal(pid, 'SIGSTOP'));
  await sleep(timeMs);
  pids.forEach((pid) => signal(pid, 'SIGCONT'));
}

/** The consumer, or every environment of the function that there is: in whatever they are doing. */
async function killWorker(stage: Stage): Promise<void> {
  if (stage.consumer !== undefined) {
    signal(stage.consumer.pid, 'SIGKILL');
    await stage.consumer.ended;
    return stage.startConsumer();
  }
  for (let round = 0; round < 3; round += 1) {
    for (const pid of environmentsOf(stage.platform.pid)) signal(pid, 'SIGKILL');
    await sleep(150);
  }
}

async function stopBroker(stage: Stage, timeMs: number): Promise<void> {
  const { pid } = stage.platform;
  signal(pid, 'SIGSTOP');
  await sleep(timeMs);
  signal(pid, 'SIGCONT');
}

async function repeatedly(act: () => void): Promise<void> {
  for (let round = 0; round < 12; round += 1) {
    act();
    await sleep(40 + ((round * 37) % 90));
  }
}

async function during(timeMs: number, turn: (on: boolean) => void): Promise<void> {
  turn(true);
  await sleep(timeMs);
  turn(false);
}

/** Leaves no byte free for a while; where the broker has no small disk of its own, nothing is filled. */
async function fillDisk({ options }: Stage): Promise<void> {
  const { bsize, bavail } = statfsSync(options.brokerData);
  const freeBytes = bsize * bavail;
  if (freeBytes > MOST_BALLAST_BYTES) return;
  const ballast = join(options.brokerData, 'ballast');
  try {
    writeFileSync(ballast, Buffer.alloc(freeBytes));
  } catch {
    // Somebody was quicker: the disk is as full as it should be.
  }
  await sleep(1200);
  rmSync(ballast, { force: true });
}

const MOST_BALLAST_BYTES = 448 * 2 ** 20;
