import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { runCase, sqsCases, type Case, type Client } from './cases.ts';
import { asQuery } from './clients/as-query.ts';
import { awsCliClient } from './clients/aws-cli.ts';
import { boto3Client } from './clients/boto3.ts';
import { debianAwsCli } from './clients/debian.ts';
import { queryPythonClients } from './clients/python.ts';
import { variables } from './clients/variables.ts';
import { startEndpoint } from './endpoint.ts';

const run = promisify(execFile);
const python = await queryPythonClients();
const debian = await debianAwsCli();

await runCases('boto3 of 2023', python, ({ python: program }, url) => boto3Client(program, url));
await runCases('AWS CLI of 2023', python, ({ aws }, url) => awsCliClient([aws], url), isForCommandLines);
await runCases(
  'AWS CLI 2.9 of Debian',
  debian,
  ({ command, env }, url) => awsCliClient(command, url, env),
  isForCommandLines,
);

/** Runs the cases through a client, or skips them with the reason why it cannot be had. */
async function runCases<Parts extends object>(
  name: string,
  found: Parts | string,
  open: (parts: Parts, url: string) => Client,
  fits: (one: Case) => boolean = () => true,
): Promise<void> {
  const endpoint = await startEndpoint();
  after(() => endpoint[Symbol.asyncDispose]());
  for (const one of sqsCases('query').filter(fits)) {
    const skip = typeof found === 'string' ? found : false;
    test(`${name}, Query protocol: ${one.name}`, { skip }, async () => {
      if (typeof found === 'string') return;
      await using client = asQuery(open(found, endpoint.url));
      await runCase(one, client);
    });
  }
}

/** A command line takes no bytes in JSON, and a process for each call: long stories are left to the others. */
function isForCommandLines(one: Case): boolean {
  return one.steps.length <= 6 && !JSON.stringify(one).includes('$bytes');
}

const skip = typeof python === 'string' ? python : false;
test('AWS CLI: a caller learns its account from STS', { skip }, async () => {
  if (typeof python === 'string') return;
  await using endpoint = await startEndpoint();
  const env = variables({ accessKeyId: '123456789012', secretAccessKey: 'any' });
  const asked = ['sts', 'get-caller-identity', '--output', 'json', '--endpoint-url', endpoint.url];
  const { stdout } = await run(python.aws, asked, { env });
  assert.equal((JSON.parse(stdout) as { Account: string }).Account, '123456789012');
});
