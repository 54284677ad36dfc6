import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { awsCliClient } from './clients/aws-cli.ts';
import { boto3Client } from './clients/boto3.ts';
import { pythonClients } from './clients/python.ts';
import { variables } from './clients/variables.ts';
import { startEndpoint } from './endpoint.ts';
import { ENVIRONMENT, QUEUE_URL, startEnvironmentEndpoint } from './environment-endpoint.ts';
import { isForCommandLines, testThrough } from './through.ts';

const run = promisify(execFile);
const found = await pythonClients();
const skip = typeof found === 'string' ? found : false;
const clients = typeof found === 'string' ? { python: '', aws: '' } : found;

await testThrough(
  {
    ...{ name: 'boto3', protocol: 'json' },
    open: skip === false ? (url) => boto3Client(clients.python, url) : skip,
  },
  {
    ...{ name: 'AWS CLI', protocol: 'json', fits: isForCommandLines },
    open: skip === false ? (url) => awsCliClient(clients, url) : skip,
  },
);

test('AWS CLI: a caller learns its account from STS', { skip }, async () => {
  await using endpoint = await startEndpoint();
  const env = variables({ accessKeyId: '123456789012', secretAccessKey: 'any' });
  const asked = ['sts', 'get-caller-identity', '--output', 'json', '--endpoint-url', endpoint.url];
  const { stdout } = await run(clients.aws, asked, { env });
  assert.equal((JSON.parse(stdout) as { Account: string }).Account, '123456789012');
});

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
