import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';

/** The two AWS clients, both talking to one endpoint. */
export interface Clients {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
}

/** Clients for the platform at `endpoint`. */
export function clientsFor(endpoint: string): Clients {
  const settings = { endpoint, region: region(), credentials: credentials() };
  return { sqs: new SQSClient(settings), lambda: new LambdaClient(settings) };
}

/** The region that requests are signed for. */
export function region(): string {
  return process.env['AWS_REGION'] ?? 'us-east-1';
}

/** What requests are signed with. From its own machine the platform takes any credentials. */
export function credentials(): { accessKeyId: string; secretAccessKey: string } {
  return {
    accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? 'ads',
    secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'ads-secret',
  };
}
