import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { signedHeaders } from '../src/cli/signed-headers.ts';
import { SystemClock } from '../src/base/clock.ts';
import { freePort, Platform, PROGRAM } from './crash/platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-access-'));
after(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly complaint: string;
}

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Runs a command on the keys of a data directory. */
async function keys(data: string, ...words: readonly string[]): Promise<Ended> {
  const child = spawn(PROGRAM, ['keys', ...words, '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, complaint] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, complaint };
}

async function madeKey(data: string, ...words: readonly string[]): Promise<Key> {
  const { out, complaint } = await keys(data, 'add', ...words);
  const said = /^export AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)\n$/.exec(out);
  assert.ok(said, complaint);
  return { accessKeyId: said[1] ?? '', secretAccessKey: said[2] ?? '' };
}

function clientsOf(port: number, credentials: Key): { sqs: SQSClient; lambda: LambdaClient } & Disposable {
  const options = { region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, credentials, maxAttempts: 1 };
  const clients = { sqs: new SQSClient(options), lambda: new LambdaClient(options) };
  return {
    ...clients,
    [Symbol.dispose]: () => [clients.sqs, clients.lambda].forEach((one) => one.destroy()),
  };
}

test('keys are made for their owner alone, listed without their secrets, and removed', async () => {
  const data = join(folder, 'made');
  const first = await madeKey(data);
  assert.match(first.accessKeyId, /^AKIA[A-Z2-7]{16}$/);
  assert.match(first.secretAccessKey, /^[A-Za-z0-9+/]{40}$/);
  await madeKey(data, '--id', '111122223333', '--may', 'invoke-and-send');
  const file = join(data, 'access', 'keys.json');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const listed = await keys(data, 'list');
  assert.match(
    listed.out,
    new RegExp(`^KEY +MAY\\n${first.accessKeyId} +all\\n111122223333 +invoke-and-send\\n$`),
  );
  assert.equal((await keys(data, 'remove', first.accessKeyId)).code, 0);
  assert.doesNotMatch((await keys(data, 'list')).out, /AKIA/);
  assert.match((await keys(data, 'remove', 'AKIAGONE')).complaint, /^millrace: There is no key AKIAGONE\./);
  assert.match((await keys(data, 'add', '--id', '111122223333')).complaint, /^millrace: There is a key 1111/);
  assert.equal((await keys(data, 'add', '--may', 'fly')).code, 2);
  chmodSync(file, 0o640);
  assert.match((await keys(data, 'list')).complaint, /^millrace: Other users can read .* chmod 600 /);
});

test('a key limited to invoke and send does that and is refused everything else, in the form of each API', async () => {
  const data = join(folder, 'limited');
  const [whole, limited] = [await madeKey(data), await madeKey(data, '--may', 'invoke-and-send')];
  const port = await freePort();
  await using running = await Platform.start({ dataDirectory: data, port, flags: ['--listen', '0.0.0.0'] });
  assert.equal(running.port, port);
  using owner = clientsOf(port, whole);
  using sender = clientsOf(port, limited);
  const { QueueUrl } = await owner.sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
  await sender.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  const denied = /^User: arn:aws:iam::000000000000:user\/AKIA\w+ is not authorized to perform: /;
  const asSqs = { name: 'AccessDenied', message: denied };
  await assert.rejects(sender.sqs.send(new ReceiveMessageCommand({ QueueUrl })), asSqs);
  await assert.rejects(sender.sqs.send(new CreateQueueCommand({ QueueName: 'p' })), asSqs);
  await assert.rejects(sender.sqs.send(new ListQueuesCommand({})), asSqs);
  const absent = sender.lambda.send(new InvokeCommand({ FunctionName: 'absent' }));
  await assert.rejects(absent, { name: 'ResourceNotFoundException' });
  await assert.rejects(sender.lambda.send(new ListFunctionsCommand({})), {
    name: 'AccessDeniedException',
    message: denied,
  });
  assert.match(
    await asked(port, '/?Action=ListQueues', limited),
    /^403 <\?xml version="1.0"\?><ErrorResponse .*<Code>AccessDenied</,
  );
  assert.match(await asked(port, '/_millrace/status', limited), /^403 \{"message":"User: .* millrace:status/);
  assert.match(await asked(port, '/_millrace/status', whole), /^200 /);
  assert.match(await asked(port, '/?Action=ListQueues', whole), /^200 .*\/q</);
});

/** Status and body of a signed GET, by a clock that goes so many minutes wrong. */
async function asked(port: number, path: string, key: Key, skewMinutes = 0): Promise<string> {
  const url = new URL(`http://127.0.0.1:${port}${path}`);
  const headers = signedHeaders(
    url,
    { region: 'us-east-1', ...key },
    new SystemClock().nowMs() + skewMinutes * 60_000,
  );
  const answer = await fetch(url, { headers });
  return `${answer.status} ${await answer.text()}`;
}

test('what was signed is good for fifteen minutes and for its own body', async () => {
  const data = join(folder, 'replayed');
  const key = await madeKey(data);
  const port = await freePort();
  await using running = await Platform.start({ dataDirectory: data, port, flags: ['--listen', '0.0.0.0'] });
  using owner = clientsOf(running.port, key);
  const { QueueUrl } = await owner.sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
  const { headers, body } = await signedSend(owner.sqs, QueueUrl);
  const again = (changed: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: changed });
  const refused = await again(body.replace('pay 1', 'pay 9'));
  assert.deepEqual(
    [refused.status, refused.headers.get('x-amzn-query-error')],
    [403, 'SignatureDoesNotMatch;Sender'],
  );
  assert.equal((await again(body)).status, 200);
  assert.match(await asked(port, '/_millrace/status', key, -14), /^200 /);
  assert.match(await asked(port, '/_millrace/status', key, -16), /^403 .*Signature expired/);
  assert.match(await asked(port, '/_millrace/status', key, 16), /^403 .*Signature not yet current/);
});

/** The headers and the body by which the SDK sends "pay 1". */
async function signedSend(
  sqs: SQSClient,
  QueueUrl: string | undefined,
): Promise<{ headers: Record<string, string>; body: string }> {
  const command = new SendMessageCommand({ QueueUrl, MessageBody: 'pay 1' });
  const seen = Promise.withResolvers<{ headers: Record<string, string>; body: string }>();
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers, body } = args.request as {
        headers: Record<string, string>;
        body: string | Uint8Array;
      };
      seen.resolve({
        headers: { ...headers },
        body: typeof body === 'string' ? body : new TextDecoder().decode(body),
      });
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await sqs.send(command);
  return seen.promise;
}

test('a running platform takes new keys, forgets removed ones, and keeps the former when the file cannot be taken', async () => {
  const data = join(folder, 'changed');
  const first = await madeKey(data);
  const port = await freePort();
  const words = ['up', '--listen', '0.0.0.0', '--port', String(port), '--data', data];
  const child = spawn(PROGRAM, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  after(() => child.kill());
  const [complaints, said] = [createInterface(child.stderr), createInterface(child.stdout)];
  await once(said, 'line');
  const told = async (pattern: RegExp): Promise<void> => {
    for (;;) if (pattern.test(String((await once(complaints, 'line'))[0]))) return;
  };
  const heard = told(/access: 2 access keys hold now$/);
  const second = await madeKey(data);
  await heard;
  assert.match(await asked(port, '/_millrace/status', second), /^200 /);
  const again = told(/access: 1 access keys hold now$/);
  await keys(data, 'remove', first.accessKeyId);
  await again;
  assert.match(await asked(port, '/_millrace/status', first), /^403 /);
  const refused = told(/is not JSON\. The former keys still hold\.$/);
  writeFileSync(join(data, 'access', 'keys.json'), '{');
  await refused;
  const hangUp = told(/is not JSON\. The former keys still hold\.$/);
  child.kill('SIGHUP');
  await hangUp;
  assert.match(await asked(port, '/_millrace/status', second), /^200 /);
});
