import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { awsCliClient } from './clients/aws-cli.ts';
import { boto3Client } from './clients/boto3.ts';
import { debianAwsCli } from './clients/debian.ts';
import { javascript2 } from './clients/javascript-2.ts';
import { nodeLibraries } from './clients/libraries.ts';
import { queryPythonClients } from './clients/python.ts';
import { variables } from './clients/variables.ts';
import { startEndpoint } from './endpoint.ts';
import { isForCommandLines as fits, testThrough } from './through.ts';

const protocol = 'query';
const python = await queryPythonClients();
const debian = await debianAwsCli();
const libraries = await nodeLibraries();

await testThrough(
  {
    ...{ name: 'boto3 of 2023, Query protocol', protocol },
    open: typeof python === 'string' ? python : (url) => boto3Client(python.python, url),
  },
  {
    ...{ name: 'AWS CLI of 2023, Query protocol', protocol, fits },
    open: typeof python === 'string' ? python : (url) => awsCliClient(python, url),
  },
  {
    ...{ name: 'AWS CLI 2.9 of Debian, Query protocol', protocol, fits },
    open: typeof debian === 'string' ? debian : (url) => awsCliClient(debian, url),
  },
  {
    ...{ name: 'AWS SDK for JavaScript 2, Query protocol', protocol },
    ...(typeof libraries === 'string' ? { open: libraries } : javascript2(libraries.folder)),
  },
);

const PRESIGN = `
import boto3, sys
sqs = boto3.client("sqs", endpoint_url=sys.argv[1])
url = sqs.create_queue(QueueName="presigned")["QueueUrl"]
print(sqs.generate_presigned_url("send_message", Params={"QueueUrl": url, "MessageBody": "a b+c"}, HttpMethod="GET"))
`;

test(
  'an address presigned by boto3 is good where signatures are demanded, and no other',
  {
    skip: typeof python === 'string' ? python : false,
  },
  async () => {
    if (typeof python === 'string') return;
    await using endpoint = await startEndpoint({ accessKeys: { AKIDEXAMPLE: 'secret-secret' } });
    const env = variables({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-secret' });
    const run = promisify(execFile);
    const { stdout } = await run(python.python, ['-c', PRESIGN, endpoint.url], { env });
    const address = stdout.trim();
    const sent = await fetch(address);
    assert.match(await sent.text(), /<SendMessageResult>.*<MessageId>/);
    const changed = await fetch(address.replace('MessageBody=a', 'MessageBody=b'));
    assert.deepEqual(
      [changed.status, /<Code>(\w+)</.exec(await changed.text())?.[1]],
      [403, 'SignatureDoesNotMatch'],
    );
  },
);
