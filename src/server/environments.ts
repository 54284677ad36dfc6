import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { EnvironmentKeys } from '../access/environment-keys.ts';
import { smallFilePlaces } from '../base/memory-folder.ts';
import type { Scope } from '../base/scope.ts';
import { runtimeDoors } from '../environment/doors.ts';
import { HullBuilder } from '../environment/hull.ts';
import type { InnerPrograms } from '../environment/inner-runtime-api.ts';
import { PoolInvoker } from '../environment/pool-invoker.ts';
import { EnvironmentPool } from '../environment/pool.ts';
import { Primer } from '../environment/prime.ts';
import { RunFolder } from '../environment/run-folder.ts';
import { Spares, type SparesOptions } from '../environment/spares.ts';
import { EnvironmentStarter } from '../environment/start.ts';
import type { CatalogFunctions } from '../function/catalog-functions.ts';
import type { CodeFolders } from '../function/code-folders.ts';
import type { FunctionRecord } from '../function/function.ts';
import { PrimedFolders } from '../function/primed-folders.ts';
import type { Runtimes } from '../function/runtime/runtimes.ts';
import type { FunctionGround } from './function-ground.ts';

/** What runs functions. */
export interface EnvironmentRooms {
  readonly pool: EnvironmentPool;
  readonly invoker: PoolInvoker;
  readonly keys: EnvironmentKeys;
  /** Where code inside environments finds the platform; set when that door is open, before anything is invoked. */
  readonly environmentEndpoint: { url: string };
}

/** What environments are for. */
export interface Runnable {
  readonly functions: CatalogFunctions;
  readonly runtimes: Runtimes;
  readonly code: CodeFolders;
}

/** What starting environments is built of. */
interface Starting {
  readonly starter: EnvironmentStarter;
  readonly primer: Primer;
  readonly spares: Spares;
}

/** Starts planned at a time for each core: more would make the first of many wait for all. */
const STARTS_PER_CORE = 2;
/** The share of the machine's memory that environments may use. */
const MEMORY_SHARE = 0.75;
/** The share of that which programs started ahead may use. */
const SPARE_SHARE = 0.25;
/** How much of it may be used before functions are no longer kept warm. */
const WARM_SHARE = 0.5;

/** Opens the pool of environments that runs functions. */
export async function buildEnvironments(
  scope: Scope,
  ground: FunctionGround,
  runnable: Runnable,
): Promise<EnvironmentRooms> {
  const { config, clock, random, tell } = ground;
  const { functions } = runnable;
  const keys = new EnvironmentKeys({ random, clock });
  const environmentEndpoint = { url: '' };
  const memoryBytes = MEMORY_SHARE * totalmem();
  const isQuiet = (): boolean => pool.isQuiet;
  const inside = { keys, endpointUrl: () => environmentEndpoint.url };
  const starting = await buildStarting(scope, ground, { ...runnable, ...inside, isQuiet, memoryBytes });
  const pool = scope.use(
    new EnvironmentPool({
      ...{ ...starting, clock, tell, memoryBytes, warmShare: WARM_SHARE, idleMs: config.idleEnvironmentMs },
      startsAtOnce: STARTS_PER_CORE * availableParallelism(),
      startsAtFirst: Math.ceil(availableParallelism() / 2),
    }),
  );
  scope.defer(functions.listen(pool.listener));
  scope.defer(functions.listen(starting.primer.listener));
  const latest = (record: FunctionRecord): FunctionRecord => latestOf(functions, record) ?? record;
  const invoker = new PoolInvoker({ pool, clock, tell, keys, latest });
  return { pool, invoker, keys, environmentEndpoint };
}

async function buildStarting(
  scope: Scope,
  ground: FunctionGround,
  parts: Runnable & {
    readonly keys: EnvironmentKeys;
    readonly endpointUrl: () => string;
    readonly isQuiet: () => boolean;
    readonly memoryBytes: number;
  },
): Promise<Starting> {
  const { lines, clock, random, tell } = ground;
  const hulls = await buildHulls(scope, ground);
  const spares = openSpares(scope, ground, { ...parts, hulls });
  const shared = { ...parts, hulls, spares, lines, clock, random };
  const primed = (record: FunctionRecord): Promise<string | undefined> => primer.find(record);
  const launcherFolder = join(import.meta.dirname, '..', '..', 'runtimes', 'extensions');
  const starter = new EnvironmentStarter({ ...shared, launcherFolder, primed });
  const folders = new PrimedFolders(parts.code);
  const latest = (record: FunctionRecord): FunctionRecord | undefined => latestOf(parts.functions, record);
  const primer = scope.use(new Primer({ ...shared, starter, folders, tell, latest }));
  return { starter, primer, spares };
}

async function buildHulls(scope: Scope, ground: FunctionGround): Promise<HullBuilder> {
  const { config, sandbox, clock, random } = ground;
  const run = {
    ...{ places: smallFilePlaces(), dataDirectory: config.dataDirectory },
    nowMs: clock.nowMs(),
  };
  const runFolder = scope.use(await RunFolder.open(run));
  return new HullBuilder({ sandbox, doors: runtimeDoors(innerPrograms(), { random, clock }), runFolder });
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

function latestOf(functions: CatalogFunctions, { key, version }: FunctionRecord): FunctionRecord | undefined {
  return functions.resolve({ ...key, qualifier: version });
}

function innerPrograms(): InnerPrograms {
  const forwarderFolder = join(import.meta.dirname, '..', '..', 'runtimes', 'forwarder');
  return { execPath: process.execPath, forwarderFolder };
}
