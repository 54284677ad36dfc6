import { SeededRandom } from '../../../src/base/random.ts';
import { KnownFunctions } from '../../../src/dispatch/fixture/known-functions.ts';
import { DurableMappings } from '../../../src/dispatch/durable-mappings.ts';
import { Inboxes } from '../../../src/dispatch/inboxes.ts';
import { EnvironmentPool } from '../../../src/environment/pool.ts';
import { PoolInvoker } from '../../../src/environment/pool-invoker.ts';
import { SharedAllowance } from '../../../src/function/shared-allowance.ts';
import type { Ground } from '../world.ts';
import { SimulatedCatalog, type CatalogDisk } from './catalog.ts';
import { SimulatedSandbox } from './sandbox.ts';
import { FUNCTION, TIMEOUT_MS, type FunctionSetting } from './setting.ts';

/** The rooms above the broker, as the server builds them, on a simulated sandbox and catalog. */
export interface FunctionRooms extends AsyncDisposable {
  readonly functions: KnownFunctions;
  readonly sandbox: SimulatedSandbox;
  readonly inboxes: Inboxes;
  readonly mappings: DurableMappings;
}

/** Much more than all environments of a simulation say they use. */
const MEMORY_BYTES = 1e12;

/** Builds them for one run of the platform. */
export async function buildRooms(
  ground: Ground,
  setting: FunctionSetting,
  catalogDisk: CatalogDisk,
): Promise<FunctionRooms> {
  const { run, broker, clock, random, tell, note } = ground;
  const catalog = new SimulatedCatalog(catalogDisk);
  ground.use(catalog);
  const functions = new KnownFunctions();
  functions.add(FUNCTION, { timeoutMs: TIMEOUT_MS });
  const sandbox = new SimulatedSandbox({ run, clock, note });
  const pool = new EnvironmentPool({
    ...{ starter: sandbox, clock, tell, startsAtOnce: 2, startsAtFirst: 1 },
    ...{ idleMs: 20_000, memoryBytes: MEMORY_BYTES },
  });
  functions.listen(pool.listener);
  const invoker = new PoolInvoker({
    pool,
    clock,
    tell,
    latest: (record) => functions.get(record.key) ?? record,
  });
  const allowance = new SharedAllowance({ limit: setting.concurrency });
  const settings = setting.eventRules;
  const eventInvokes = {
    get: () => ({ function: FUNCTION, name: '$LATEST', settings, modifiedAtMs: 0 }),
  };
  const chance = new SeededRandom(Math.floor(random.fraction() * 2 ** 32));
  const ports = { broker, functions, eventInvokes, allowance, invoker, catalog, clock, random: chance, tell };
  const inboxes = await Inboxes.open(ports);
  const mappings = await DurableMappings.open(ports);
  return {
    ...{ functions, sandbox, inboxes, mappings },
    [Symbol.asyncDispose]: async () => {
      await mappings[Symbol.asyncDispose]();
      await inboxes[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
    },
  };
}
