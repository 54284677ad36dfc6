import {
  CreateFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  ResourceNotFoundException,
  UpdateFunctionUrlConfigCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';

/** What the URL of a function is to be like; absent: as it is, or as AWS has it. */
export interface UrlWishes {
  readonly auth?: 'NONE' | 'AWS_IAM';
  /** Origins of the web pages that may call it. */
  readonly origins?: readonly string[];
  readonly isStreamed?: boolean;
}

/** The URL of the function, which is made when it has none; an existing one keeps its settings but for what is wished. */
export async function ensureUrl(client: LambdaClient, name: string, wishes: UrlWishes): Promise<string> {
  const { auth, origins, isStreamed } = wishes;
  const settings = {
    FunctionName: name,
    ...(auth !== undefined && { AuthType: auth }),
    ...(origins !== undefined && {
      Cors: { AllowOrigins: [...origins], AllowMethods: ['*'], AllowHeaders: ['*'] },
    }),
    ...(isStreamed === true && { InvokeMode: 'RESPONSE_STREAM' as const }),
  };
  const { FunctionUrl } = (await hasUrl(client, name))
    ? await client.send(new UpdateFunctionUrlConfigCommand(settings))
    : await client.send(new CreateFunctionUrlConfigCommand({ AuthType: 'NONE', ...settings }));
  return FunctionUrl ?? '';
}

async function hasUrl(client: LambdaClient, name: string): Promise<boolean> {
  try {
    await client.send(new GetFunctionUrlConfigCommand({ FunctionName: name }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}
