import * as lambda from '@aws-sdk/client-lambda';
import * as sqs from '@aws-sdk/client-sqs';
import type { Client, ClientError, Outcome } from '../cases.ts';
import type { SigningKey } from './variables.ts';

type Input = Readonly<Record<string, unknown>>;
type CommandClass = new (input: Input) => object;
type Send = (command: object) => Promise<object>;
type Wait = (how: object, input: Input) => Promise<object>;

const TEST_KEY: SigningKey = { accessKeyId: 'test', secretAccessKey: 'test' };
const WAIT_S = { minDelay: 1, maxWaitTime: 100 };

/** The AWS SDK for JavaScript. */
export function javascriptClient(endpoint: string, credentials = TEST_KEY): Client {
  const settings = { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
  const services = {
    sqs: { client: new sqs.SQSClient(settings), parts: sqs as unknown as Record<string, unknown> },
    lambda: {
      client: new lambda.LambdaClient(settings),
      parts: lambda as unknown as Record<string, unknown>,
    },
  };
  return {
    async call(action, input): Promise<Outcome> {
      const { client, parts } = action.startsWith('lambda:') ? services.lambda : services.sqs;
      const name = action.slice(action.lastIndexOf(':') + 1);
      try {
        if (action.includes(':wait:')) {
          await part<Wait>(parts, `waitUntil${name}`)({ client, ...WAIT_S }, input);
          return { output: {} };
        }
        const Command = part<CommandClass>(parts, `${name}Command`);
        const send = client.send.bind(client) as unknown as Send;
        const output = await send(new Command(toBytes(input) as Input));
        const streamed = 'EventStream' in output && {
          EventStream: await Array.fromAsync(output.EventStream as AsyncIterable<unknown>),
        };
        return { output: fromBytes({ ...output, ...streamed, $metadata: undefined }) };
      } catch (error) {
        const isTold =
          error instanceof sqs.SQSServiceException || error instanceof lambda.LambdaServiceException;
        if (isTold) return { error: errorOf(error) };
        throw error;
      }
    },
    [Symbol.asyncDispose]: () =>
      Promise.resolve(Object.values(services).forEach(({ client }) => client.destroy())),
  };
}

function part<Part>(parts: Readonly<Record<string, unknown>>, name: string): Part {
  if (parts[name] === undefined) throw new Error(`the SDK has no ${name}`);
  return parts[name] as Part;
}

function errorOf(error: sqs.SQSServiceException | lambda.LambdaServiceException): ClientError {
  const { name, message, $metadata } = error;
  const status = $metadata.httpStatusCode;
  return { code: name, message, ...(status !== undefined && { status }) };
}

/** An input as JavaScript has it: bytes for `{"$bytes": BASE64}`. */
export function toBytes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$bytes' in value) return new Uint8Array(Buffer.from(String(value.$bytes), 'base64'));
  if (Array.isArray(value)) return value.map(toBytes);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toBytes(member)]));
}

/** The reverse of {@link toBytes}, with times as texts. */
export function fromBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromBytes);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fromBytes(member)]));
}
