import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { EnvironmentKeys } from '../access/environment-keys.ts';
import { smallFilePlaces } from '../base/memory-folder.ts';
import type { Random } from '../base/random.ts';
import type { Scope } from '../base/scope.ts';
import type { Config } from '../config.ts';
import { runtimeDoors } from '../environment/doors.ts';
import type { InnerPrograms } from '../environment/inner-runtime-api.ts';
import { PoolInvoker } from '../environment/pool-invoker.ts';
import { Primer } from '../environment/prime.ts';
import { EnvironmentPool } from '../environment/pool.ts';
import { HullBuilder } from '../environment/hull.ts';
import { Spares, type SparesOptions } from '../environment/spares.ts';
import { RunFolder } from '../environment/run-folder.ts';
import { EnvironmentStarter } from '../environment/start.ts';
import { CatalogFunctions } from '../function/catalog-functions.ts';
import { CodeFolders } from '../function/code-folders.ts';
import type { FunctionRecord } from '../function/function.ts';
import { PrimedFolders } from '../function/primed-folders.ts';
import { BroughtParts } from '../function/runtime/brought-parts.ts';
import type { Runtimes } from '../function/runtime/runtimes.ts';
import { ReservedConcurrency } from '../function/reserved-concurrency.ts';
import { SharedAllowance } from '../function/shared-allowance.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Tell } from '../watch/event.ts';
import type { Data } from './data.ts';
import { installedRuntimes } from './runtimes.ts';

/** What functions and their environments are built on. */
export interface FunctionGround extends Data {
  readonly config: Config;
  readonly random: Random;
  readonly tell: Tell;
  readonly sandbox: Sandbox;
}

/** The functions and what runs them. */
export interface FunctionRooms {
  readonly functions: CatalogFunctions;
  readonly runtimes: Runtimes;
  /** What runtimes fetch at their first use. */
  readonly brought: BroughtParts;
  readonly allowance: SharedAllowance;
  readonly pool: EnvironmentPool;
  readonly invoker: PoolInvoker;
  readonly keys: EnvironmentKeys;
  /** Where code inside environments finds the platform; set when that door is open, before anything is invoked. */
  readonly environmentEndpoint: { url: string };
}

/** Starts planned at a time for each core: more would make the first of many wait for all. */
const STARTS_PER_CORE = 2;
/** The share of the machine's memory that environments may use. */
const MEMORY_SHARE = 0.75;
/** The share of that which programs started ahead may use. */
const SPARE_SHARE = 0.25;
/** How much of it may be used before functions are no longer kept warm. */
const WARM_SHARE = 0.5;

/** Opens the functions, and the pool of environments that runs them. */
export async function buildFunctions(scope: Scope, ground: FunctionGround): Promise<FunctionRooms> {
  const { config, blobs, catalog, clock, random, tell } = ground;
  const brought = new BroughtParts({
    directory: config.cacheDirectory,
    ...{ clock, random, tell, signal: scope.signal },
  });
  const runtimes = installedRuntimes({ brought, clock, tell });
  const code = await CodeFolders.open({ directory: ground.codePath, blobs, random });
  const functions = scope.use(
    await CatalogFunctions.open({ catalog, blobs, code, runtimes, clock, random, tell }),
  );
  const keys = new EnvironmentKeys({ random, clock });
  const environmentEndpoint = { url: '' };
  const run = { places: smallFilePlaces(), dataDirectory: config.dataDirectory, nowMs: clock.nowMs() };
  const runFolder = scope.use(await RunFolder.open(run));
  const endpointUrl = (): string => environmentEndpoint.url;
  const hulls = new HullBuilder({
    sandbox: ground.sandbox,
    doors: runtimeDoors(innerPrograms(), { random, clock }),
    runFolder,
  });
  const startsAtOnce = STARTS_PER_CORE * availableParallelism();
  const startsAtFirst = Math.ceil(availableParallelism() / 2);
  const memoryBytes = MEMORY_SHARE * totalmem();
  const launcherFolder = join(import.meta.dirname, '..', '..', 'runtimes', 'extensions');
  const isQuiet = (): boolean => pool.isQuiet;
  const spares = openSpares(scope, ground, { hulls, code, isQuiet, memoryBytes });
  const parts = { hulls, spares, lines: ground.lines, runtimes, code, keys, clock, random };
  const primed = (record: FunctionRecord): Promise<string | undefined> => primer.find(record);
  const starter = new EnvironmentStarter({ ...parts, launcherFolder, endpointUrl, primed });
  const folders = new PrimedFolders(code);
  const latest = ({ key, version }: FunctionRecord): FunctionRecord | undefined =>
    functions.resolve({ ...key, qualifier: version });
  const primer = scope.use(new Primer({ ...parts, starter, folders, tell, latest }));
  const idleMs = config.idleEnvironmentMs;
  const pool = scope.use(
    new EnvironmentPool({
      ...{ starter, spares, clock, tell, startsAtOnce, startsAtFirst, idleMs, memoryBytes },
      warmShare: WARM_SHARE,
    }),
  );
  scope.defer(functions.listen(pool.listener));
  scope.defer(functions.listen(primer.listener));
  const invoker = new PoolInvoker({
    pool,
    clock,
    tell,
    keys,
    latest: (record) => latest(record) ?? record,
  });
  const reserved = scope.use(new ReservedConcurrency(functions, functions.all(), () => allowance.changed()));
  const allowance = new SharedAllowance({ limit: config.concurrencyLimit, reserved: reserved.shares });
  return { functions, runtimes, brought, allowance, pool, invoker, keys, environmentEndpoint };
}

/** Programs started ahead are kept as long as unused environments. A tier that cannot mount cannot hide where code comes from. */
function openSpares(
  scope: Scope,
  { config, sandbox, clock, random, tell }: FunctionGround,
  parts: Pick<SparesOptions, 'hulls' | 'code' | 'isQuiet' | 'memoryBytes'>,
): Spares {
  return scope.use(
    new Spares({
      ...{ ...parts, clock, random, tell },
      keepMs: sandbox.tier === 'bare' ? 0 : config.idleEnvironmentMs,
      memoryBytes: SPARE_SHARE * parts.memoryBytes,
      startsAtOnce: availableParallelism(),
    }),
  );
}

function innerPrograms(): InnerPrograms {
  const forwarderFolder = join(import.meta.dirname, '..', '..', 'runtimes', 'forwarder');
  return { execPath: process.execPath, forwarderFolder };
}
