import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  ResourceNotFoundException,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
  type FunctionConfiguration,
  type LambdaClient,
  type Runtime,
} from '@aws-sdk/client-lambda';
import type { FunctionZip } from './package-function.ts';

/** What a function is to be. */
export interface WantedFunction {
  readonly name: string;
  readonly zip: FunctionZip;
  readonly runtime: Runtime;
  readonly handler: string;
  readonly variables: Readonly<Record<string, string>>;
}

const WAIT_SECONDS = 60;
const SETTINGS = { Timeout: 15, MemorySize: 256 } as const;

/** Creates the function, or updates what differs; resolves when it can be invoked. */
export async function ensureFunction(lambda: LambdaClient, wanted: WantedFunction): Promise<void> {
  const present = await find(lambda, wanted.name);
  if (present === undefined) return create(lambda, wanted);
  await update(lambda, wanted, present);
}

async function find(lambda: LambdaClient, name: string): Promise<FunctionConfiguration | undefined> {
  try {
    return await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function create(lambda: LambdaClient, wanted: WantedFunction): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      ...settingsOf(wanted),
      FunctionName: wanted.name,
      Role: `arn:aws:iam::000000000000:role/${wanted.name}`,
      Code: { ZipFile: wanted.zip.bytes },
    }),
  );
  await waitUntilFunctionActiveV2(waiting(lambda), { FunctionName: wanted.name });
}

async function update(
  lambda: LambdaClient,
  wanted: WantedFunction,
  present: FunctionConfiguration,
): Promise<void> {
  const { name: FunctionName, zip, variables } = wanted;
  if (present.CodeSha256 !== zip.sha256) {
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip.bytes }));
    await waitUntilFunctionUpdatedV2(waiting(lambda), { FunctionName });
  }
  const old = present.Environment?.Variables ?? {};
  const isSame = present.Runtime === wanted.runtime && present.Handler === wanted.handler;
  if (isSame && Object.entries(variables).every(([key, value]) => old[key] === value)) return;
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...settingsOf(wanted) }));
  await waitUntilFunctionUpdatedV2(waiting(lambda), { FunctionName });
}

function settingsOf({ runtime, handler, variables }: WantedFunction): {
  Runtime: Runtime;
  Handler: string;
  Environment: { Variables: Record<string, string> };
  Timeout: number;
  MemorySize: number;
} {
  return { ...SETTINGS, Runtime: runtime, Handler: handler, Environment: { Variables: { ...variables } } };
}

function waiting(client: LambdaClient): {
  client: LambdaClient;
  maxWaitTime: number;
  minDelay: number;
  maxDelay: number;
} {
  return { client, maxWaitTime: WAIT_SECONDS, minDelay: 1, maxDelay: 1 };
}
