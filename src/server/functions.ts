import type { Scope } from '../base/scope.ts';
import { CatalogFunctions } from '../function/catalog-functions.ts';
import { CodeFolders } from '../function/code-folders.ts';
import { BroughtParts } from '../function/runtime/brought-parts.ts';
import type { Runtimes } from '../function/runtime/runtimes.ts';
import { ReservedConcurrency } from '../function/reserved-concurrency.ts';
import { SharedAllowance } from '../function/shared-allowance.ts';
import { buildEnvironments, type EnvironmentRooms } from './environments.ts';
import type { FunctionGround } from './function-ground.ts';
import { installedRuntimes } from './runtimes.ts';

/** The functions and what runs them. */
export interface FunctionRooms extends EnvironmentRooms {
  readonly functions: CatalogFunctions;
  readonly runtimes: Runtimes;
  /** What runtimes fetch at their first use. */
  readonly brought: BroughtParts;
  readonly allowance: SharedAllowance;
}

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
  const environments = await buildEnvironments(scope, ground, { functions, runtimes, code });
  const reserved = scope.use(new ReservedConcurrency(functions, functions.all(), () => allowance.changed()));
  const allowance = new SharedAllowance({ limit: config.concurrencyLimit, reserved: reserved.shares });
  return { functions, runtimes, brought, allowance, ...environments };
}
