import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  ResourceNotFoundException,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
  type LambdaClient,
  type Runtime,
} from '@aws-sdk/client-lambda';

/** A function ready to be uploaded. */
export interface Upload {
  readonly name: string;
  readonly runtime: string;
  readonly handler: string;
  readonly zip: Uint8Array;
  readonly timeoutS?: number;
  readonly memoryMb?: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** ARNs of layer versions, in their order. */
  readonly layers?: readonly string[];
}

/** Any role is taken: the platform itself decides what a function may do. */
const ROLE = 'arn:aws:iam::000000000000:role/millrace';
const LONGEST_WAIT_S = 120;

/** Creates the function, or updates its code and settings; answers when it is ready to run. */
export async function uploadFunction(client: LambdaClient, upload: Upload): Promise<void> {
  const waiting = { client, maxWaitTime: LONGEST_WAIT_S, minDelay: 1, maxDelay: 1 };
  const query = { FunctionName: upload.name };
  if (await exists(client, upload.name)) {
    await client.send(new UpdateFunctionCodeCommand({ ...query, ZipFile: upload.zip }));
    await waitUntilFunctionUpdatedV2(waiting, query);
    await client.send(new UpdateFunctionConfigurationCommand(settings(upload)));
    await waitUntilFunctionUpdatedV2(waiting, query);
    return;
  }
  await client.send(
    new CreateFunctionCommand({ ...settings(upload), Role: ROLE, Code: { ZipFile: upload.zip } }),
  );
  await waitUntilFunctionActiveV2(waiting, query);
}

async function exists(client: LambdaClient, name: string): Promise<boolean> {
  try {
    await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

function settings(upload: Upload): {
  FunctionName: string;
  Runtime: Runtime;
  Handler: string;
  Timeout?: number;
  MemorySize?: number;
  Environment?: { Variables: Record<string, string> };
  Layers?: string[];
} {
  return {
    FunctionName: upload.name,
    Runtime: upload.runtime as Runtime,
    Handler: upload.handler,
    ...(upload.timeoutS === undefined ? {} : { Timeout: upload.timeoutS }),
    ...(upload.memoryMb === undefined ? {} : { MemorySize: upload.memoryMb }),
    ...(upload.layers === undefined ? {} : { Layers: [...upload.layers] }),
    ...(upload.variables === undefined ? {} : { Environment: { Variables: { ...upload.variables } } }),
  };
}
