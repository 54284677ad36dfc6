import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { startEndpoint } from './endpoint.ts';

const troubles: unknown[] = [];
const endpoint = await startEndpoint({ tell: (event) => troubles.push(event) });
after(() => endpoint[Symbol.asyncDispose]());
const port = Number(new URL(endpoint.url).port);

/** Sends bytes on a connection of their own, and answers everything that comes back. */
async function send(bytes: string | Uint8Array): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.end(bytes);
  return text(socket).catch(() => '');
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? '0');
}

const token = fc.stringMatching(/^[A-Za-z-]{1,20}$/);
const value = fc.stringMatching(/^[ -~\u00a0-\u00ff]{0,60}$/);
const path = fc.oneof(
  fc.constantFrom(
    '/',
    '*',
    '//',
    '/?',
    '/000000000000/q',
    '/000000000000/q?Action=SendMessage',
    'http://other/',
  ),
  fc.constantFrom('/000000000000/%', '/../..', '/?Action=ListQueues&X-Amz-Credential=%&X-Amz-Signature=0'),
  fc.webPath().map((some) => `/${some}`),
  fc.stringMatching(/^\/[!-~]{0,60}$/),
);
const headers = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...['X-Amz-Target: AmazonSQS.SendMessage', 'X-Amz-Target: AmazonSQS.', 'X-Amz-Target: AmazonSQSx'],
      ...['Content-Type: application/x-amz-json-1.0', 'Content-Type: application/x-www-form-urlencoded'],
      ...[
        'Authorization: AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request',
        'Expect: 100-continue',
        'Origin: null',
      ],
      ...[
        'Transfer-Encoding: chunked',
        'Content-Encoding: gzip',
        'Connection: upgrade',
        'Upgrade: websocket',
      ],
    ),
    fc.tuple(token, value).map(([name, some]) => `${name}: ${some}`),
  ),
  { maxLength: 6 },
);
const method = fc.oneof(fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE'), token);
const body = fc.oneof(
  fc.constantFrom('{}', '{"QueueUrl":"q"}', 'Action=SendMessage&MessageBody=%', 'Action=ListQueues'),
  fc.string({ maxLength: 60 }),
);
const length = fc.oneof(fc.constant(undefined), fc.integer({ min: -1, max: 70 }));

const request = fc
  .record({ method, path, headers, body, length })
  .map(({ method: verb, path: target, headers: lines, body: content, length: claimed }) => {
    const sizeBytes = claimed ?? Buffer.byteLength(content);
    const head = [`${verb} ${target} HTTP/1.1`, 'Host: localhost', `Content-Length: ${sizeBytes}`, ...lines];
    return `${head.join('\r\n')}\r\n\r\n${content}`;
  });

/** A request that must go on working, whatever came before it. */
async function isAlive(): Promise<void> {
  const answer = await send(
    'GET /?Action=ListQueues HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  );
  assert.equal(statusOf(answer), 200, answer);
}

test('whatever request comes over a connection, no answer is a 500 and the server goes on', async () => {
  await fc.assert(
    fc.asyncProperty(request, async (bytes) => {
      const answer = await send(bytes);
      assert.ok(statusOf(answer) < 500, answer);
    }),
    { numRuns: 600 },
  );
  await isAlive();
  assert.deepEqual(troubles, []);
});

test('whatever bytes come over a connection, the server goes on', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      assert.ok(statusOf(await send(bytes)) < 500);
    }),
    { numRuns: 200 },
  );
  await isAlive();
  assert.deepEqual(troubles, []);
});
