import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from '../../../ads/compare/processes.ts';
import { countMessages } from '../../../ads/deploy/queues.ts';
import { differenceOf, expectedOf, latenessOf, type Difference, type Lateness } from './check.ts';
import { windowOf, WINDOW_MS } from './event.ts';
import type { Script } from './generator.ts';
import { produce } from './producer.ts';
import { writtenBy } from './tables.ts';
import type { YsbGround } from './ysb-ground.ts';

/** What is sent, and what is killed in the middle: then messages come twice as well. */
export interface Load {
  readonly seed: number;
  readonly rate: number;
  readonly seconds: number;
  readonly killed?: 'consumer' | 'broker';
  /** Campaigns by Zipf's law, the first with half of all events; else evenly. */
  readonly isSkewed?: boolean;
}

/** What one run gave. */
export interface Outcome extends Difference, Lateness {
  readonly events: number;
  /** Messages in the queue when the last event was sent. */
  readonly waiting: number;
  /** Processor time of consumer, broker and database. */
  readonly cpuS: number;
}

/** Longer than the visibility time after which comes again what a killed consumer had taken. */
const DRAIN_MS = 180_000;
const DOUBLED_EVERY = 5;
/** Time to begin with the first event. */
const LEAD_MS = 300;

/** One run: it ends with a window, and no other run is in its windows. */
export async function runYsb(ysb: YsbGround, load: Load): Promise<Outcome> {
  const { ground, form, variant } = ysb;
  const { sqs } = ground.clients;
  const lastsMs = load.seconds * 1000;
  const endMs = windowOf(Date.now() + LEAD_MS + lastsMs) + WINDOW_MS;
  const script: Script = { ...load, startMs: endMs - lastsMs };
  const doubledEvery = load.killed === undefined ? undefined : DOUBLED_EVERY;
  const target = { sqs, queueUrl: ground.queue.url, doubledEvery };
  const run = `ysb-${script.startMs}`;
  const pids = (): readonly number[] => [...form.pids(), ground.platform.pid, ...ground.databasePids()];
  await sleep(script.startMs - Date.now() - LEAD_MS);
  const before = cpuSeconds(pids());
  const [waiting] = await Promise.all([
    produce(target, run, script).then(() => countMessages(sqs, target.queueUrl)),
    killInTheMiddle(ysb, load),
  ]);
  await drained(ysb);
  const cpuS = cpuSeconds(pids()) - before;
  const expected = expectedOf(script, {
    event: variant === 'count' ? 'view' : 'click',
    isMoney: variant === 'money',
  });
  const written = await writtenBy(ground.ledger, variant, { run, startMs: script.startMs });
  const [difference, lateness] = [differenceOf(expected, written), latenessOf(expected, written)];
  return { ...difference, ...lateness, events: load.rate * load.seconds, waiting, cpuS };
}

async function killInTheMiddle({ ground, form }: YsbGround, { killed, seconds }: Load): Promise<void> {
  if (killed === undefined) return;
  await sleep(LEAD_MS + seconds * 500);
  await (killed === 'broker' ? ground.killPlatform() : form.kill());
}

async function drained({ ground }: YsbGround): Promise<void> {
  const deadline = performance.now() + DRAIN_MS;
  while ((await countMessages(ground.clients.sqs, ground.queue.url)) > 0) {
    if (performance.now() > deadline) throw new Error('Events are still queued after three minutes.');
    await sleep(100);
  }
}
