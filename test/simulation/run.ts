import { SeededRandom } from '../../src/base/random.ts';
import { Clients } from './clients.ts';
import { Draining } from './draining.ts';
import type { Fact } from './history.ts';
import type { Plan } from './plan.ts';
import { keyOf, settingOf } from './setting.ts';
import { createAll, sourcesFirst, Workload } from './workload.ts';
import { World } from './world.ts';

/** What came of one plan. */
export interface Outcome {
  readonly facts: readonly Fact[];
  readonly trace: readonly string[];
}

/** Longer than any lease, delay and wait of the workload. */
const ALL_OVER_MS = 60_000;

/** Runs a plan from an empty disk to the last message. */
export async function runPlan({ seed, steps }: Plan): Promise<Outcome> {
  const setting = settingOf(new SeededRandom(seed));
  const world = new World({ seed, window: setting.window, build: async () => undefined });
  const clients = new Clients(world);
  await world.start();
  await createAll(world, clients, setting);
  const workload = new Workload(world, clients, setting);
  for (const step of steps) await workload.do(step);
  await end(world, clients, sourcesFirst(setting));
  return { facts: world.facts, trace: world.trace };
}

/** More pauses than parts of all that can have expired, each as long as the law makes one. */
const EXPIRING_PAUSES = 40;
const EXPIRY_PAUSE_MS = 10;

/** What follows the last step: all that is under way ends, what is left is taken out, and does not come back. */
async function end(world: World, clients: Clients, queues: readonly string[]): Promise<void> {
  const draining = new Draining(world, clients);
  Object.assign(world.weather, { full: false, low: false, broken: false });
  await calm(world, draining, queues);
  for (const operation of clients.pending)
    world.note({ kind: 'trouble', what: `operation ${operation} was never answered` });
  await draining.kill();
  await calm(world, draining, queues);
  world.note({ kind: 'drain', described: draining.describe(queues) });
  await draining.drain(queues);
  world.note({ kind: 'drained', described: draining.describe(queues) });
  await draining.kill();
  await draining.pass(ALL_OVER_MS);
  await draining.drain(queues);
}

/** Waits until every lease, delay, wait and move task is over. */
async function calm(world: World, draining: Draining<undefined>, queues: readonly string[]): Promise<void> {
  await draining.pass(1);
  await draining.pass(ALL_OVER_MS);
  // What has expired goes in parts, with pauses.
  for (let pauses = 0; pauses < EXPIRING_PAUSES; pauses += 1) await draining.pass(EXPIRY_PAUSE_MS);
  for (let rests = 0; queues.some((queue) => isMoving(world, queue)); rests += 1) {
    await draining.pass(500);
    if (rests < 1000) continue;
    world.note({ kind: 'trouble', what: 'a move task does not end' });
    break;
  }
  await draining.pass(1);
}

function isMoving(world: World, queue: string): boolean {
  const tasks = world.platform.broker.moves.list(keyOf(queue));
  return tasks.ok && tasks.value.some(({ status }) => status === 'running' || status === 'cancelling');
}
