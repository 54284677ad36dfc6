import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { CreateFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { LambdaPlatform, packaged } from './crash/lambda-platform.ts';

/** Somewhat more than the reserve that the platform keeps free. */
const DISK_MIB = 290;
const BODY = 'x'.repeat(200_000);

/** The words before a program that give it a small disk at a folder, which nobody else sees and which ends with it. */
function onSmallDisk(folder: string): readonly [string, ...string[]] {
  const script = `mount -t tmpfs -o size=${DISK_MIB}m tmpfs "$0" && exec "$@"`;
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, folder];
}

/** Why there can be no small disk. Continuous integration as root must be able to. */
function whyNoSmallDisk(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can mount a small disk';
  const folder = mkdtempSync(join(tmpdir(), 'millrace-small-'));
  const [program, ...words] = onSmallDisk(folder);
  const tried = spawnSync(program, [...words, 'true'], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  if (tried.status === 0) return undefined;
  assert.notEqual(process.env['CI'], 'true', `a small disk cannot be mounted: ${tried.stderr}`);
  return `a small disk cannot be mounted here: ${tried.stderr}`;
}

const skip = whyNoSmallDisk() ?? false;

test(
  'on a full disk sends and uploads are refused with 503, deletes go on, nothing is lost, and room is enough to go on',
  { skip },
  async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-full-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    await using platform = await LambdaPlatform.start(join(disk, 'data'), { under: onSmallDisk(disk) });
    const { sqs, lambda } = platform;
    await platform.create('before', 'export const handler = async () => "runs";');
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    const accepted = await sendUntilFull(sqs, QueueUrl);
    assert.ok(accepted.size > 5, `${accepted.size} messages before the disk was full`);

    // What is left of the disk goes too: not only the reserve is reached.
    const filler = `/proc/${platform.processId}/root${disk}/filler`;
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { stdio: 'ignore' });
    const full = (error: unknown): boolean => {
      const { message, $metadata } = error as Error & { $metadata: { httpStatusCode?: number } };
      assert.match(message, /too little free disk space/);
      return $metadata.httpStatusCode === 503;
    };
    await assert.rejects(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'small' })), full);
    await assert.rejects(lambda.send(new CreateFunctionCommand(upload('large'))), full);
    await assert.rejects(
      lambda.send(new InvokeCommand({ FunctionName: 'before', InvocationType: 'Event', Payload: '{}' })),
      full,
    );
    const first = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
    assert.equal(first.Messages?.length, 1);

    rmSync(filler);
    const received = new Set<string>();
    while (received.size < accepted.size) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
      );
      assert.ok(Messages.length > 0, `${received.size} of ${accepted.size} messages came`);
      for (const { MessageId = '', ReceiptHandle } of Messages) {
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        received.add(MessageId);
      }
    }
    assert.deepEqual(received, accepted);
    await sendAgain(sqs, QueueUrl);
    await platform.create('after', 'export const handler = async () => "runs too";');
    assert.deepEqual([await platform.invoke('before'), await platform.invoke('after')], ['runs', 'runs too']);
  },
);

/** The ids of the messages that were accepted. */
async function sendUntilFull(sqs: SQSClient, QueueUrl: string): Promise<Set<string>> {
  const accepted = new Set<string>();
  for (;;) {
    try {
      const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: BODY }));
      accepted.add(sent.MessageId ?? '');
    } catch (error) {
      const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
      assert.deepEqual([name, $metadata?.httpStatusCode], ['ServiceUnavailable', 503], String(error));
      return accepted;
    }
  }
}

/** The room of what was deleted is free as soon as the disk is looked at again. */
async function sendAgain(sqs: SQSClient, QueueUrl: string): Promise<void> {
  for (;;) {
    try {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'again' }));
      return;
    } catch (error) {
      assert.equal((error as Error).name, 'ServiceUnavailable');
      await pause(50);
    }
  }
}

function upload(name: string): ConstructorParameters<typeof CreateFunctionCommand>[0] {
  const filler = Array.from({ length: 200_000 }, (_, n) =>
    Math.imul(n + 1, 2_654_435_761).toString(36),
  ).join();
  return {
    ...{ FunctionName: name, Role: 'arn:aws:iam::000000000000:role/any', Runtime: 'nodejs24.x' },
    ...{ Handler: 'index.handler', Code: { ZipFile: packaged(`// ${filler}`) } },
  };
}
