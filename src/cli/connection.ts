import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { Command } from 'commander';
import { processVariables } from '../config.ts';
import { CommandFailed } from './terminal.ts';

/** Where a command finds the platform, and in whose name it speaks. */
export interface Connection {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What `--endpoint`, `--region` and `--account` gave. */
export interface ConnectionOptions {
  readonly endpoint?: string;
  readonly region?: string;
  readonly account?: string;
}

const DEFAULT_ENDPOINT = 'http://127.0.0.1:4566';

/** A command that talks to a running platform: it takes `--endpoint`, `--region` and `--account`. */
export function connectedCommand(name: string): Command {
  return new Command(name)
    .option('--endpoint <url>', `where the platform listens (MILLRACE_ENDPOINT; default ${DEFAULT_ENDPOINT})`)
    .option('--region <name>', 'region of the queues and functions (AWS_REGION; default us-east-1)')
    .option('--account <id>', 'account of the queues and functions (default: that of the platform)');
}

/** The connection that options and variables describe. */
export function connection(options: ConnectionOptions): Connection {
  const variables = processVariables();
  const endpoint = options.endpoint ?? variables['MILLRACE_ENDPOINT'] ?? DEFAULT_ENDPOINT;
  if (!URL.canParse(endpoint))
    throw new CommandFailed(`--endpoint takes a URL, such as ${DEFAULT_ENDPOINT}; got "${endpoint}".`);
  return {
    endpoint: endpoint.replace(/\/$/, ''),
    region: options.region ?? variables['AWS_REGION'] ?? 'us-east-1',
    accessKeyId: options.account ?? variables['AWS_ACCESS_KEY_ID'] ?? 'millrace',
    secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? 'millrace',
  };
}

/** An SQS client for the connection. */
export async function queueClient(to: Connection): Promise<SQSClient> {
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  return new SQSClient(clientSettings(to));
}

/** A Lambda client for the connection. */
export async function functionClient(to: Connection): Promise<LambdaClient> {
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  return new LambdaClient(clientSettings(to));
}

/** The answer of the platform's own door at `path`, as JSON. */
export async function ask(to: Connection, path: string): Promise<unknown> {
  const response = await fetch(`${to.endpoint}/_millrace/${path}`);
  const text = await response.text();
  if (!response.ok) throw new CommandFailed(messageOf(text) ?? `The platform answered ${response.status}.`);
  return JSON.parse(text) as unknown;
}

/** The queue's URL by its name; a sentence when there is no such queue. */
export async function queueUrl(client: SQSClient, name: string): Promise<string> {
  const { GetQueueUrlCommand } = await import('@aws-sdk/client-sqs');
  const answer = await client.send(new GetQueueUrlCommand({ QueueName: name }));
  if (answer.QueueUrl === undefined) throw new CommandFailed(`There is no queue ${name}.`);
  return answer.QueueUrl;
}

/** What went wrong, in one line, for the person at the terminal. */
export function sentence(error: unknown): string {
  if (error instanceof CommandFailed) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (isRefusedConnection(error)) {
    return `Nothing answers at the endpoint. Start the platform with "millrace up", or name another with --endpoint URL.`;
  }
  return `${error.name}: ${error.message}`.split('\n', 1)[0] ?? error.name;
}

function clientSettings(to: Connection): object {
  return {
    endpoint: to.endpoint,
    region: to.region,
    credentials: { accessKeyId: to.accessKeyId, secretAccessKey: to.secretAccessKey },
    maxAttempts: 3,
  };
}

function isRefusedConnection(error: Error): boolean {
  const codes = [error, error.cause].map((each) => (each as { code?: unknown } | undefined)?.code);
  const nested =
    (error.cause as { errors?: { code?: unknown }[] } | undefined)?.errors ??
    (error as { errors?: { code?: unknown }[] }).errors ??
    [];
  return [...codes, ...nested.map((each) => each.code)].includes('ECONNREFUSED');
}

function messageOf(text: string): string | undefined {
  try {
    const body = JSON.parse(text) as { message?: unknown };
    return typeof body.message === 'string' ? body.message : undefined;
  } catch {
    return undefined;
  }
}
