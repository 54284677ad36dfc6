import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { signedHeaders } from './aws-signature.ts';
import { queueSender } from './queue-sender.ts';

const KEYS = {
  accessKeyId: 'AKID',
  secretAccessKey: 'secret/with+signs',
  sessionToken: 'token',
  region: 'eu-west-1',
};

interface Heard {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describe('the sender of messages', () => {
  let server: Server;
  let endpoint: string;
  let heard: Heard[];
  let answers: (action: string) => { status: number; body: object };
  beforeEach(async () => {
    heard = [];
    answers = (action) => ({
      status: 200,
      body:
        action === 'GetQueueUrl'
          ? { QueueUrl: `${endpoint}/000000000000/q` }
          : { Successful: [], Failed: [] },
    });
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        heard.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
        const { status, body } = answers(String(request.headers['x-amz-target']).split('.')[1] ?? '');
        response
          .writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' })
          .end(JSON.stringify(body));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  it('signs as the AWS SDK does', async () => {
    const credentials = { ...KEYS };
    const sqs = new SQSClient({ endpoint, region: KEYS.region, credentials });
    const Entries = [{ Id: '0', MessageBody: 'é"' }];
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: `${endpoint}/000000000000/q`, Entries }));
    sqs.destroy();
    const [request] = heard;
    assert.ok(request);
    const given = String(request.headers.authorization);
    const names = /SignedHeaders=([^,]+)/.exec(given)?.[1]?.split(';') ?? [];
    const own = new Set(['host', 'x-amz-date', 'x-amz-security-token']);
    const headers = Object.fromEntries(
      names.filter((name) => !own.has(name)).map((name) => [name, String(request.headers[name])]),
    );
    const [, ...date] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers['x-amz-date'])) ?? [];
    const [year, month, day, hour, minute, second] = date;
    const now = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    const signed = signedHeaders({ url: new URL('/', endpoint), body: request.body, headers, now }, KEYS);
    assert.equal(signed['authorization'], given);
  });

  it('asks for the address of a queue once, and sends bodies with their delays', async () => {
    const send = queueSender(endpoint, KEYS);
    await send('q', [
      { body: 'one', delaySeconds: 0 },
      { body: 'two', delaySeconds: 60 },
    ]);
    await send('q', [{ body: 'three', delaySeconds: 0 }]);
    const targets = heard.map(({ headers }) => headers['x-amz-target']);
    assert.deepEqual(targets, [
      'AmazonSQS.GetQueueUrl',
      'AmazonSQS.SendMessageBatch',
      'AmazonSQS.SendMessageBatch',
    ]);
    assert.deepEqual(JSON.parse(heard[1]?.body ?? ''), {
      QueueUrl: `${endpoint}/000000000000/q`,
      Entries: [
        { Id: '0', MessageBody: 'one' },
        { Id: '1', MessageBody: 'two', DelaySeconds: 60 },
      ],
    });
  });

  it('rejects when a queue is missing, and when one message of many was not taken', async () => {
    const send = queueSender(endpoint, KEYS);
    const good = answers;
    answers = () => ({ status: 400, body: { __type: 'com.amazonaws.sqs#QueueDoesNotExist' } });
    await assert.rejects(send('q', [{ body: 'one', delaySeconds: 0 }]), /QueueDoesNotExist/);
    answers = (action) =>
      action === 'GetQueueUrl' ? good(action) : { status: 200, body: { Failed: [{ Id: '0' }] } };
    await assert.rejects(send('q', [{ body: 'one', delaySeconds: 0 }]), /refused 1 messages/);
  });
});
