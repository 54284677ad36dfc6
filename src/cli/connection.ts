import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { Command } from 'commander';
import { SystemClock } from '../base/clock.ts';
import { processVariables } from '../config.ts';
import { signedHeaders } from './signed-headers.ts';
import { CommandFailed, WrongUsage } from './terminal.ts';

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

/** What OpenSSL and Node say of a certificate that they do not take. */
const TLS_FAULTS = /CERT|SIGNATURE|ISSUER/;

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
  if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint))
    throw new WrongUsage(`--endpoint takes a URL, such as ${DEFAULT_ENDPOINT}; got "${endpoint}".`);
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
  const url = new URL(`${to.endpoint}/_millrace/${path}`);
  const response = await fetch(url, { headers: signedHeaders(url, to, new SystemClock().nowMs()) });
  const body = jsonOf(await response.text()) as { message?: string } | undefined;
  if (body === undefined) throw new CommandFailed(`What answers at ${to.endpoint} is not Millrace.`);
  if (!response.ok) throw new CommandFailed(body.message ?? `The platform answered ${response.status}.`);
  return body;
}

/** The queue's URL by its name; a sentence when there is no such queue. */
export async function queueUrl(client: SQSClient, name: string): Promise<string> {
  const { GetQueueUrlCommand, QueueDoesNotExist } = await import('@aws-sdk/client-sqs');
  const missing = `There is no queue ${name}. "millrace queues" lists those that are there.`;
  try {
    const answer = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    return answer.QueueUrl ?? '';
  } catch (error) {
    throw error instanceof QueueDoesNotExist ? new CommandFailed(missing) : error;
  }
}

/** What went wrong, in one line, for the person at the terminal. */
export function sentence(error: unknown): string {
  if (error instanceof CommandFailed) return error.message;
  if (!(error instanceof Error)) return String(error);
  const network = networkFault(error);
  if (network === 'ECONNREFUSED') {
    return `Nothing answers at the endpoint. Start the platform with "millrace up", or name another with --endpoint URL.`;
  }
  if (network !== undefined && TLS_FAULTS.test(network)) {
    return (
      `The certificate at the endpoint is not trusted (${network}): ` +
      'name its CA in the variable NODE_EXTRA_CA_CERTS=FILE, and the endpoint by a name that the certificate is for.'
    );
  }
  if (network !== undefined)
    return `The endpoint cannot be reached (${network}). Name another with --endpoint URL.`;
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

/** What the network said: a code such as ECONNREFUSED, or a phrase; undefined when the network is not at fault. */
function networkFault(error: Error): string | undefined {
  const { cause } = error as { cause?: { code?: string; message?: string; errors?: { code?: string }[] } };
  const nested = cause?.errors ?? (error as { errors?: { code?: string }[] }).errors ?? [];
  const codes = [(error as { code?: unknown }).code, cause?.code, ...nested.map((each) => each.code)];
  const known = codes.find(
    (code) =>
      typeof code === 'string' && /^(E[A-Z_]{4,}|UND_ERR_\w+|\w*(?:CERT|SIGNATURE|ISSUER)\w*)$/.test(code),
  );
  return (known as string | undefined) ?? (error.message === 'fetch failed' ? cause?.message : undefined);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
