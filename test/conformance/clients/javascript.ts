import * as sqs from '@aws-sdk/client-sqs';
import type { Client, ClientError, Outcome } from '../cases.ts';

type Command = Parameters<sqs.SQSClient['send']>[0];
type CommandClass = new (input: Readonly<Record<string, unknown>>) => Command;

/** The AWS SDK for JavaScript. */
export function javascriptClient(endpoint: string): Client {
  const client = new sqs.SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    async call(action, input): Promise<Outcome> {
      const Command = (sqs as unknown as Record<string, CommandClass>)[`${action}Command`];
      if (Command === undefined) throw new Error(`the SDK has no ${action}`);
      try {
        const output: object = await client.send(new Command(toBytes(input) as Record<string, unknown>));
        return { output: fromBytes({ ...output, $metadata: undefined }) };
      } catch (error) {
        if (error instanceof sqs.SQSServiceException) return { error: errorOf(error) };
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(client.destroy()),
  };
}

function errorOf(error: sqs.SQSServiceException): ClientError {
  const { name, message, $metadata } = error;
  const status = $metadata.httpStatusCode;
  return { code: name, message, ...(status !== undefined && { status }) };
}

function toBytes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$bytes' in value) return new Uint8Array(Buffer.from(String(value.$bytes), 'base64'));
  if (Array.isArray(value)) return value.map(toBytes);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toBytes(member)]));
}

function fromBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromBytes);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fromBytes(member)]));
}
