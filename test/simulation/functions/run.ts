import { SeededRandom } from '../../../src/base/random.ts';
import { WINDOW } from '../../../src/queue/window.ts';
import { Clients } from '../clients.ts';
import { Draining } from '../draining.ts';
import type { Plan } from '../plan.ts';
import type { Outcome } from '../run.ts';
import { keyOf } from '../setting.ts';
import { World } from '../world.ts';
import type { CatalogDisk } from './catalog.ts';
import { buildRooms, type FunctionRooms } from './rooms.ts';
import { GOOD_MOOD } from './sandbox.ts';
import { ENDS, FUNCTION, functionSettingOf, type FunctionSetting } from './setting.ts';
import { askRooms, carryOn, FunctionWorkload } from './workload.ts';

/** Rounds of time after the last step: more than retries, time-outs and leases take. */
const MOST_ROUNDS = 1500;

/** Runs a plan from an empty disk until everything that was accepted is over. */
export async function runFunctions({ seed, steps }: Plan): Promise<Outcome> {
  const setting = functionSettingOf(new SeededRandom(seed));
  const catalogDisk: CatalogDisk = new Map();
  const world = new World<FunctionRooms>({
    ...{ seed, window: WINDOW },
    build: (ground) => buildRooms(ground, setting, catalogDisk),
  });
  const clients = new Clients(world, (call) => askRooms(world, call));
  await world.start();
  await prepare(world, clients, setting);
  const workload = new FunctionWorkload(world, clients, setting);
  for (const step of steps) await workload.do(step);
  await end(world, clients, setting);
  return { facts: world.facts, trace: world.trace };
}

async function prepare(
  world: World<FunctionRooms>,
  clients: Clients<FunctionRooms>,
  { dead, source, sourceSettings, mapping, concurrency, eventRules }: FunctionSetting,
): Promise<void> {
  world.note({
    ...{ kind: 'limits', concurrency, reportsFailures: mapping.reportBatchItemFailures },
    maxReceiveCount: sourceSettings.redrive?.maxReceiveCount ?? Infinity,
    retries: eventRules.maximumRetries ?? 0,
  });
  const random = new SeededRandom(1);
  const { fifo } = sourceSettings;
  const settings = fifo === undefined ? {} : { fifo };
  if (dead !== undefined) void clients.ask({ kind: 'create', queue: dead, settings });
  void clients.ask({ kind: 'create', queue: ENDS, settings: {} });
  await world.settle(random);
  void clients.ask({ kind: 'create', queue: source, settings: sourceSettings });
  await world.settle(random);
  const mapped = world.platform.rooms.mappings.create(keyOf(source), FUNCTION, mapping);
  await world.settle(random);
  if (!(await mapped).ok) throw new Error('the mapping was not created');
}

/** What follows the last step: code behaves, and everything that was accepted comes to its end. */
async function end(
  world: World<FunctionRooms>,
  clients: Clients<FunctionRooms>,
  { source, dead }: FunctionSetting,
): Promise<void> {
  const random = new SeededRandom(7);
  const draining = new Draining(world, clients);
  Object.assign(world.weather, { full: false, low: false, broken: false });
  void clients.ask({ kind: 'enable', queue: source, isEnabled: true });
  const fed = [source, `inbox:${FUNCTION.name}`];
  for (let rounds = 0; ; rounds += 1) {
    await world.live(rounds < 100 ? 500 : 5000, () => carryOn(world, random, GOOD_MOOD));
    if (draining.describe(fed).every(({ messages }) => messages === 0)) break;
    if (rounds < MOST_ROUNDS) continue;
    world.note({ kind: 'trouble', what: 'what was accepted does not come to its end' });
    break;
  }
  for (const operation of clients.pending)
    world.note({ kind: 'trouble', what: `operation ${operation} was never answered` });
  world.note({ kind: 'calm' });
  await draining.kill();
  const left = [...fed, ENDS, ...(dead === undefined ? [] : [dead])];
  await draining.pass(60_000);
  world.note({ kind: 'drain', described: draining.describe(left) });
  await draining.drain(left.slice(2));
  world.note({ kind: 'drained', described: draining.describe(left) });
}
