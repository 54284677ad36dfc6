import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { Authority } from '../certificates/authority.ts';
import { freePort, Platform } from '../crash/platform.ts';
import { pythonClients, queryPythonClients, type PythonClients } from './clients/python.ts';
import { variables, type SigningKey } from './clients/variables.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'millrace-access-'));
after(() => rmSync(folder, { recursive: true }));
const authority = new Authority(folder);
const OWNER = { accessKeyId: 'OWNER', secretAccessKey: 'owner-secret' };
const SENDER = { accessKeyId: 'SENDER', secretAccessKey: 'sender-secret' };
const GUESSER = { accessKeyId: 'OWNER', secretAccessKey: 'guessed-secret' };
const STRANGER = { accessKeyId: 'STRANGER', secretAccessKey: 'owner-secret' };

/** Does what each key may, and tells by which error the rest is refused; a presigned address is read as it is and changed. */
const BOTO = `
import boto3, json, os, ssl, sys, urllib.error, urllib.request
from botocore.exceptions import ClientError, SSLError
endpoint, queue = sys.argv[1:]
sqs = boto3.client("sqs", endpoint_url=endpoint)
functions = boto3.client("lambda", endpoint_url=endpoint)
told = {}
def tell(name, call):
    try:
        call()
        told[name] = "ok"
    except ClientError as error:
        told[name] = [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
    except SSLError:
        told[name] = "not trusted"
tell("create", lambda: sqs.create_queue(QueueName=queue))
url = endpoint + "/000000000000/" + queue
tell("send", lambda: sqs.send_message(QueueUrl=url, MessageBody="x"))
tell("receive", lambda: sqs.receive_message(QueueUrl=url))
tell("invoke", lambda: functions.invoke(FunctionName="absent"))
tell("list", lambda: functions.list_functions())
context = ssl.create_default_context(cafile=os.environ.get("CA"))
def fetch(address):
    try:
        with urllib.request.urlopen(address, context=context) as answer: return answer.status
    except urllib.error.HTTPError as error: return error.code
    except urllib.error.URLError: return "not trusted"
if "presigned" in os.environ:
    address = sqs.generate_presigned_url("send_message", Params={"QueueUrl": url, "MessageBody": "a"}, HttpMethod="GET")
    told["presigned"] = [fetch(address), fetch(address.replace("MessageBody=a", "MessageBody=b"))]
print(json.dumps(told))
`;

function whatIsTold(
  { python }: PythonClients,
  words: readonly string[],
  key: SigningKey,
  more: NodeJS.ProcessEnv = {},
): Promise<unknown> {
  const env = { ...variables(key), AWS_CA_BUNDLE: authority.caFile, CA: authority.caFile, ...more };
  return run(python, ['-c', BOTO, ...words], { env }).then(({ stdout }) => JSON.parse(stdout) as unknown);
}

const json = await pythonClients();
const query = await queryPythonClients();

async function started(): Promise<Platform> {
  const keys = {
    OWNER: OWNER.secretAccessKey,
    SENDER: { secret: SENDER.secretAccessKey, may: 'invoke-and-send' },
  };
  const keysFile = join(folder, 'keys.json');
  writeFileSync(keysFile, JSON.stringify(keys), { mode: 0o600 });
  const { certFile, keyFile } = authority.issue();
  const flags = ['--listen', '0.0.0.0', '--keys', keysFile, '--tls-cert', certFile, '--tls-key', keyFile];
  return Platform.start({ dataDirectory: join(folder, 'data'), port: await freePort(), flags });
}

for (const [name, found, presigned] of [
  ['boto3', json, {}],
  ['boto3 of 2023, Query protocol', query, { presigned: 'yes' }],
] as const) {
  test(
    `${name}: over TLS each key does what it may and is refused the rest`,
    {
      skip: typeof found === 'string' ? found : false,
    },
    async () => {
      if (typeof found === 'string') return;
      await using platform = await started();
      const words = [`https://localhost:${platform.port}`, 'q'];
      const absent = ['ResourceNotFoundException', 404];
      const denied = ['AccessDenied', 403];
      assert.deepEqual(await whatIsTold(found, words, OWNER, presigned), {
        ...{ create: 'ok', send: 'ok', receive: 'ok', invoke: absent, list: 'ok' },
        ...('presigned' in presigned && { presigned: [200, 403] }),
      });
      assert.deepEqual(await whatIsTold(found, words, SENDER), {
        ...{ create: denied, send: 'ok', receive: denied, invoke: absent },
        list: ['AccessDeniedException', 403],
      });
      const wrong = ['SignatureDoesNotMatch', 403];
      const invalid = ['InvalidSignatureException', 403];
      assert.deepEqual(await whatIsTold(found, words, GUESSER), {
        ...{ create: wrong, send: wrong, receive: wrong, invoke: invalid, list: invalid },
      });
      const unknown = ['InvalidClientTokenId', 403];
      const unrecognized = ['UnrecognizedClientException', 403];
      assert.deepEqual(await whatIsTold(found, words, STRANGER), {
        ...{ create: unknown, send: unknown, receive: unknown, invoke: unrecognized, list: unrecognized },
      });
      const untold = await whatIsTold(found, words, OWNER, { AWS_CA_BUNDLE: undefined });
      assert.deepEqual(new Set(Object.values(untold as object)), new Set(['not trusted']));
    },
  );
}

test(
  'the AWS CLI works over TLS, and a limited key is told what it may not',
  {
    skip: typeof json === 'string' ? json : false,
  },
  async () => {
    if (typeof json === 'string') return;
    await using platform = await started();
    const aws = (key: SigningKey, ...words: readonly string[]): Promise<{ stdout: string }> =>
      run(json.aws, [...words, '--endpoint-url', `https://localhost:${platform.port}`], {
        env: { ...variables(key), AWS_CA_BUNDLE: authority.caFile },
      });
    await aws(OWNER, 'sqs', 'create-queue', '--queue-name', 'cli');
    const { stdout } = await aws(SENDER, 'sqs', 'get-queue-url', '--queue-name', 'cli', '--output', 'text');
    await aws(SENDER, 'sqs', 'send-message', '--queue-url', stdout.trim(), '--message-body', 'x');
    await assert.rejects(
      aws(SENDER, 'sqs', 'purge-queue', '--queue-url', stdout.trim()),
      /\(AccessDenied\) when calling the PurgeQueue operation: User: arn:aws:iam::000000000000:user\/SENDER/,
    );
    await assert.rejects(aws(SENDER, 'lambda', 'list-functions'), /\(AccessDeniedException\) when calling/);
  },
);
