import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { runCase, sqsCases } from './cases.ts';
import { awsCliClient } from './clients/aws-cli.ts';
import { boto3Client } from './clients/boto3.ts';
import { pythonClients } from './clients/python.ts';
import { startEndpoint } from './endpoint.ts';
import { ENVIRONMENT, QUEUE_URL, startEnvironmentEndpoint } from './environment-endpoint.ts';

const found = await pythonClients();
const skip = typeof found === 'string' ? found : false;
const clients = typeof found === 'string' ? { python: '', aws: '' } : found;

for (const [name, open] of [
  ['boto3', (url: string) => boto3Client(clients.python, url)],
  ['AWS CLI', (url: string) => awsCliClient([clients.aws], url)],
] as const) {
  const endpoint = await startEndpoint();
  after(() => endpoint[Symbol.asyncDispose]());
  for (const one of sqsCases()) {
    const bytes = JSON.stringify(one).includes('$bytes');
    const reason = name === 'AWS CLI' && bytes ? 'a command line takes no bytes in JSON' : skip;
    test(`${name}: ${one.name}`, { skip: reason }, async () => {
      await using client = open(endpoint.url);
      await runCase(one, client);
    });
  }
}

test('boto3 signs as the endpoint of environments demands', { skip }, async () => {
  await using endpoint = await startEnvironmentEndpoint();
  const send = { QueueUrl: QUEUE_URL, MessageBody: 'x' };
  const key = endpoint.keys.issue(ENVIRONMENT);
  await using client = boto3Client(clients.python, endpoint.url, key);
  const sent = await client.call('SendMessage', send);
  assert.ok('output' in sent, JSON.stringify(sent));
  endpoint.keys.revoke(ENVIRONMENT.environmentId);
  const refused = await client.call('SendMessage', send);
  assert.equal('error' in refused && refused.error.status, 403);
});
