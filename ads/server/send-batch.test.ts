import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { sendingClient, sendToQueue, type SendBatch } from './send-batch.ts';

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;

/** An entry of an answer; the SDK compares the digest. */
function posted(id: number, body: string): object {
  const MD5OfMessageBody = createHash('md5').update(body).digest('hex');
  return { Id: String(id), MessageId: `m${id}`, MD5OfMessageBody };
}

describe('sending clicks to a queue', () => {
  let server: Server;
  let queueUrl: string;
  let client: SQSClient;
  let send: SendBatch;
  let answer: Answer;
  beforeEach(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () => answer(request, body, response));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    queueUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/000000000000/clicks`;
    client = sendingClient(undefined);
    send = sendToQueue(client, queueUrl);
  });
  afterEach(() => {
    client.destroy();
    server.close();
    server.closeAllConnections();
  });

  it('tells the outcome of each entry, in their order, whatever the order of the answer', async () => {
    answer = (request, body, response) => {
      assert.equal(request.headers['x-amz-target'], 'AmazonSQS.SendMessageBatch');
      assert.match(String(request.headers.authorization), /^AWS4-HMAC-SHA256 Credential=.*Signature=/);
      const bodies = ['one', 'zwölf', '{"a":"\\n"}', 'four'];
      const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      assert.deepEqual(JSON.parse(body), { QueueUrl: queueUrl, Entries });
      const Failed = [
        { Id: '1', SenderFault: true },
        { Id: '0', SenderFault: false },
      ];
      response.end(JSON.stringify({ Successful: [posted(3, 'four')], Failed }));
    };
    const outcomes = await send(['one', 'zwölf', '{"a":"\\n"}', 'four']);
    assert.deepEqual(outcomes, ['refused', 'rejected', 'unknown', 'posted']);
  });

  for (const [status, outcome] of [
    [400, 'refused'],
    [403, 'refused'],
    [500, 'unknown'],
    [503, 'unknown'],
  ] as const)
    it(`is ${outcome} as a whole when the answer is ${status}`, async () => {
      answer = (_request, _body, response) => response.writeHead(status).end('{}');
      assert.deepEqual(await send(['a', 'b']), [outcome, outcome]);
    });

  it('is unknown when no answer comes, half of one, or none that can be read', async () => {
    for (const broken of [
      () => undefined,
      (_request, _body, response) => response.socket?.destroy(),
      (_request, _body, response) => {
        response.writeHead(200, { 'Content-Length': 100 }).write('{');
        response.socket?.end();
      },
      (_request, _body, response) => void response.writeHead(200, { 'Content-Length': 100 }).write('{'),
      (_request, _body, response) => response.end('<html>'),
    ] as Answer[]) {
      answer = broken;
      assert.deepEqual(await send(['a']), ['unknown']);
    }
  });

  it('waits as long as it is told to: what is spooled is delivered to a slow broker too', async () => {
    answer = (_request, _body, response) =>
      void setTimeout(() => response.end(JSON.stringify({ Successful: [posted(0, 'a')] })), 1200);
    assert.deepEqual(await send(['a']), ['unknown']);
    const patient = sendingClient(undefined, 60_000);
    assert.deepEqual(await sendToQueue(patient, queueUrl)(['a']), ['posted']);
    patient.destroy();
  });

  it('is refused when there is nobody, and goes on by the same client when there is', async () => {
    const port = Number(new URL(queueUrl).port);
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    assert.deepEqual(await send(['a']), ['refused']);
    answer = (_request, _body, response) => response.end(JSON.stringify({ Successful: [posted(0, 'a')] }));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    assert.deepEqual(await send(['a']), ['posted']);
  });
});
