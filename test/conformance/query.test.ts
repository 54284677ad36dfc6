import assert from 'node:assert/strict';
import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { startEndpoint } from './endpoint.ts';

const endpoint = await startEndpoint();
after(() => endpoint[Symbol.asyncDispose]());

interface Answered {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Sends a form, or a query when there is none. */
async function ask(
  path: string,
  form?: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const method = form === undefined ? 'GET' : 'POST';
  const sending = request(`${endpoint.url}${path}`, { method, headers: { ...type, ...headers } });
  sending.end(form === undefined ? '' : new URLSearchParams(form).toString());
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  const told = String(answer.headers['content-type'] ?? '');
  return { status: answer.statusCode ?? 0, type: told, body: await text(answer) };
}

function signedIn(account: string, region: string): Readonly<Record<string, string>> {
  const credential = `${account}/20260101/${region}/sqs/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` };
}

test('a queue is made by a form and used by its address', async () => {
  const made = await ask('/', { Action: 'CreateQueue', QueueName: 'forms', Version: '2012-11-05' });
  assert.deepEqual([made.status, made.type], [200, 'text/xml']);
  assert.match(made.body, new RegExp(`<QueueUrl>${endpoint.url}/000000000000/forms</QueueUrl>`));
  const sent = await ask('/000000000000/forms', { Action: 'SendMessage', MessageBody: 'x+y z%' });
  assert.equal(sent.status, 200);
  const received = await ask('/000000000000/forms?Action=ReceiveMessage&Version=2012-11-05');
  assert.match(received.body, /<Body>x\+y z%<\/Body>/);
});

test('account and region come from the signature, in a header or in a presigned address', async () => {
  const create = { Action: 'CreateQueue', QueueName: 'worlds' };
  const made = await ask('/', create, signedIn('111111111111', 'eu-west-1'));
  assert.match(made.body, /\/111111111111\/worlds</);
  const credential = encodeURIComponent('111111111111/20260101/eu-west-1/sqs/aws4_request');
  const presigned = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}&X-Amz-Signature=0`;
  const arn = await ask(
    `/111111111111/worlds?Action=GetQueueAttributes&AttributeName.1=QueueArn&${presigned}`,
  );
  assert.match(arn.body, /arn:aws:sqs:eu-west-1:111111111111:worlds/);
  const elsewhere = await ask('/', { Action: 'ListQueues' }, signedIn('111111111111', 'us-east-1'));
  assert.doesNotMatch(elsewhere.body, /worlds/);
  const identity = await ask(
    '/',
    { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    signedIn('111111111111', 'eu-west-1'),
  );
  assert.match(identity.body, /<Account>111111111111<\/Account>/);
});

test('what a web page makes a browser send is refused, in XML', async () => {
  const form = { Action: 'CreateQueue', QueueName: 'from-a-page' };
  const address = '/?Action=CreateQueue&QueueName=from-a-page';
  const pages = [
    ask('/', form, { origin: 'https://evil.example' }),
    ask('/', form, { origin: 'null' }),
    ask('/', form, { host: 'evil.example' }),
    ask('/', form, { 'sec-fetch-site': 'cross-site' }),
    ask(address, undefined, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }),
    ask(address, undefined, { referer: 'https://evil.example/' }),
    ask(address, undefined, { host: 'evil.example' }),
  ];
  for (const { status, body } of await Promise.all(pages)) {
    assert.equal(status, 403);
    assert.match(body, /^<\?xml version="1\.0"\?><ErrorResponse .*<Code>AccessDenied<\/Code>/);
  }
  assert.doesNotMatch((await ask('/?Action=ListQueues')).body, /from-a-page/);
});

test('a form may name its action in X-Amz-Target too, as Amazon::SQS::Simple does', async () => {
  const target = { 'x-amz-target': 'AmazonSQSv20121105.CreateQueue' };
  const made = await ask('/', { Action: 'CreateQueue', QueueName: 'named-twice' }, target);
  assert.deepEqual([made.status, made.type], [200, 'text/xml']);
  assert.match(made.body, /<QueueUrl>.*\/named-twice<\/QueueUrl>/);
});

test('what is too long or not found is refused as it should be', async () => {
  const long = await ask('/', { Action: 'SendMessage', MessageBody: 'x'.repeat(9 * 1024 * 1024) });
  assert.equal(long.status, 413);
  assert.match(long.body, /<Code>RequestEntityTooLargeException<\/Code>/);
  assert.deepEqual((await ask('/')).body, '<UnknownOperationException/>');
  assert.equal((await ask('/some/where?Action=ListQueues')).status, 404);
});
