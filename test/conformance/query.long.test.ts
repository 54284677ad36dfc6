import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { runCase, sqsCases } from './cases.ts';
import { asQuery } from './clients/as-query.ts';
import { awsCliClient } from './clients/aws-cli.ts';
import { boto3Client } from './clients/boto3.ts';
import { queryPythonClients } from './clients/python.ts';
import { variables } from './clients/variables.ts';
import { startEndpoint } from './endpoint.ts';

const run = promisify(execFile);
const found = await queryPythonClients();
const skip = typeof found === 'string' ? found : false;
const clients = typeof found === 'string' ? { python: '', aws: '' } : found;

for (const [name, open] of [
  ['boto3 of 2023', (url: string) => boto3Client(clients.python, url)],
  ['AWS CLI of 2023', (url: string) => awsCliClient(clients.aws, url)],
] as const) {
  const endpoint = await startEndpoint();
  after(() => endpoint[Symbol.asyncDispose]());
  for (const one of sqsCases('query')) {
    const bytes = JSON.stringify(one).includes('$bytes');
    const reason = name !== 'boto3 of 2023' && bytes ? 'a command line takes no bytes in JSON' : skip;
    test(`${name}, Query protocol: ${one.name}`, { skip: reason }, async () => {
      await using client = asQuery(open(endpoint.url));
      await runCase(one, client);
    });
  }
}

test('AWS CLI: a caller learns its account from STS', { skip }, async () => {
  await using endpoint = await startEndpoint();
  const env = variables({ accessKeyId: '123456789012', secretAccessKey: 'any' });
  const asked = ['sts', 'get-caller-identity', '--output', 'json', '--endpoint-url', endpoint.url];
  const { stdout } = await run(clients.aws, asked, { env });
  assert.equal((JSON.parse(stdout) as { Account: string }).Account, '123456789012');
});
