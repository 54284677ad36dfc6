import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Case, Client } from '../cases.ts';
import type { Through } from '../through.ts';
import { fromBytes, toBytes } from './javascript.ts';

type Call = (input: unknown) => { promise(): Promise<object> };
type Service = Readonly<Record<string, Call>>;
type Settings = Readonly<Record<string, unknown>>;

/** As far as it is used here. */
interface Sdk {
  readonly SQS: new (settings: Settings) => Service;
}

/** What the SDK throws for an error that the server told. */
interface TheirError extends Error {
  readonly code: string;
  readonly statusCode?: number;
}

/** The AWS SDK for JavaScript 2, from a folder that npm has filled, for queues alone. */
export function javascript2(folder: string): Pick<Through, 'open' | 'fits'> {
  const sdk = createRequire(join(folder, 'package.json'))('aws-sdk') as Sdk;
  const known = serviceOf(sdk, 'http://127.0.0.1');
  return { open: (endpoint) => clientOf(serviceOf(sdk, endpoint)), fits: (one) => isKnown(one, known) };
}

/** True for a case whose actions and members the SDK knows. It sends to a queue's address, which must be one. */
function isKnown({ steps }: Case, service: Service): boolean {
  return steps.every(({ action, input: { QueueUrl: url = '{url}', ...members } }) => {
    const isAddress = typeof url === 'string' && url.startsWith('{');
    return isAddress && method(action) in service && !('MessageSystemAttributeNames' in members);
  });
}

function serviceOf(sdk: Sdk, endpoint: string): Service {
  return new sdk.SQS({
    ...{ endpoint, region: 'us-east-1', accessKeyId: 'any', secretAccessKey: 'any' },
    ...{ maxRetries: 0, paramValidation: false },
  });
}

function clientOf(service: Service): Client {
  return {
    async call(action, input) {
      try {
        const output = await service[method(action)]?.(toBytes(input)).promise();
        return { output: fromBytes(output) };
      } catch (error) {
        const { code, message, statusCode } = error as TheirError;
        if (statusCode === undefined) throw error;
        return { error: { code, message, status: statusCode } };
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** `SendMessage` is called `sendMessage`. */
function method(action: string): string {
  return `${action.charAt(0).toLowerCase()}${action.slice(1)}`;
}
