import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { freePort, Platform, PROGRAM } from './crash/platform.ts';

const run = promisify(execFile);
const EXAMPLE = join(import.meta.dirname, '..', 'examples', 'poison');

/** The words of the command that the example's head gives. */
const DEPLOY = ['--queue', 'texts', '--dead-letters', 'texts-dead', '--tries', '2', '--retry-after', '1'];

test('the example with a poisonous message: the innocent are handled, the guilty one is set aside with its cause', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-poison-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  await using platform = await Platform.start({ dataDirectory: folder, port: await freePort() });
  const endpoint = `http://127.0.0.1:${platform.port}`;
  const millrace = async (...words: readonly string[]): Promise<string> =>
    (await run(PROGRAM, [...words, '--endpoint', endpoint])).stdout;
  await millrace('deploy', EXAMPLE, ...DEPLOY);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sqs = new SQSClient({ region: 'us-east-1', endpoint, credentials });
  context.after(() => sqs.destroy());
  const texts = ['one', 'three', 'seven', 'poison', 'eleven', 'thirteen', 'seventeen', 'nineteen'];
  await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: `${endpoint}/000000000000/texts`,
      Entries: texts.map((MessageBody, n) => ({ Id: `${n}`, MessageBody })),
    }),
  );
  const { Messages: letters = [] } = await sqs.send(
    new ReceiveMessageCommand({
      ...{ QueueUrl: `${endpoint}/000000000000/texts-dead`, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 },
      ...{ MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] },
    }),
  );
  assert.deepEqual(
    letters.map(({ Body }) => Body),
    ['poison'],
  );
  const cause = Object.entries(letters[0]?.MessageAttributes ?? {}).map(([name, value]) => [
    name,
    value.StringValue,
  ]);
  const { ErrorMessage, EnvironmentId, ...rest } = Object.fromEntries(cause) as Record<string, string>;
  assert.deepEqual(rest, { ErrorType: 'Runtime.ExitError', ExitReason: 'signal SIGKILL' });
  assert.match(ErrorMessage ?? '', /Runtime exited/);
  assert.match(EnvironmentId ?? '', /./);
  assert.equal(letters[0]?.Attributes?.ApproximateReceiveCount, '3', 'twice by the function, once here');
  const log = await millrace('logs', 'poison');
  for (const text of texts.filter((each) => each !== 'poison'))
    assert.match(log, new RegExp(`\\t${text}: ${text.length} letters$`, 'm'));
  assert.match(await millrace('queues'), /^texts +0 +0/m);
});
