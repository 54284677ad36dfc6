import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';

/** The two AWS clients, both talking to one endpoint. */
export interface Clients {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
}

/** Clients for the platform at `endpoint`. From its own machine the platform takes any credentials. */
export function clientsFor(endpoint: string): Clients {
  const settings = {
    endpoint,
    region: process.env['AWS_REGION'] ?? 'us-east-1',
    credentials: {
      accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? 'ads',
      secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'ads-secret',
    },
  };
  return { sqs: new SQSClient(settings), lambda: new LambdaClient(settings) };
}
