import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../caller.ts';
import { between, QueryClient } from './fixture/query-client.ts';

const HERE: Caller = { account: '111111111111', region: 'us-east-1', accessKeyId: '111111111111' };
const OTHER_ACCOUNT: Caller = { ...HERE, account: '222222222222', accessKeyId: '222222222222' };
const OTHER_REGION: Caller = { ...HERE, region: 'eu-west-1' };
const WORLDS: readonly Caller[] = [HERE, OTHER_ACCOUNT, OTHER_REGION];

/** One way to speak to the same queues. */
interface Speaker {
  create(caller: Caller): Promise<string>;
  send(caller: Caller, url: string, body: string): Promise<void>;
  received(caller: Caller, url: string): Promise<string | undefined>;
  arn(caller: Caller, url: string): Promise<string>;
  list(caller: Caller): Promise<readonly string[]>;
  url(caller: Caller, owner: string): Promise<string>;
}

function json({ json: door }: QueryClient): Speaker {
  const done = (caller: Caller, action: string, input: object) => {
    door.caller = caller;
    return door.done(action, input);
  };
  return {
    create: async (caller) => String((await done(caller, 'CreateQueue', { QueueName: 'q' }))['QueueUrl']),
    send: async (caller, QueueUrl, MessageBody) => {
      await done(caller, 'SendMessage', { QueueUrl, MessageBody });
    },
    received: async (caller, QueueUrl) => {
      const { Messages } = await done(caller, 'ReceiveMessage', { QueueUrl });
      return (Messages as { Body: string }[] | undefined)?.[0]?.Body;
    },
    arn: async (caller, QueueUrl) => {
      const asked = { QueueUrl, AttributeNames: ['QueueArn'] };
      const { Attributes } = await done(caller, 'GetQueueAttributes', asked);
      return (Attributes as Record<string, string>)['QueueArn'] ?? '';
    },
    list: async (caller) => (await done(caller, 'ListQueues', {}))['QueueUrls'] as string[],
    url: async (caller, QueueOwnerAWSAccountId) =>
      String((await done(caller, 'GetQueueUrl', { QueueName: 'q', QueueOwnerAWSAccountId }))['QueueUrl']),
  };
}

function query(client: QueryClient): Speaker {
  const call = (caller: Caller, action: string, members: Readonly<Record<string, string>>) => {
    client.caller = caller;
    return client.call(action, members);
  };
  return {
    create: async (caller) => between(await call(caller, 'CreateQueue', { QueueName: 'q' }), 'QueueUrl'),
    send: async (caller, QueueUrl, MessageBody) => {
      assert.match(await call(caller, 'SendMessage', { QueueUrl, MessageBody }), /<MessageId>/);
    },
    received: async (caller, QueueUrl) => {
      const answer = await call(caller, 'ReceiveMessage', { QueueUrl });
      return answer.includes('<Message>') ? between(answer, 'Body') : undefined;
    },
    arn: async (caller, QueueUrl) =>
      between(await call(caller, 'GetQueueAttributes', { QueueUrl, 'AttributeName.1': 'QueueArn' }), 'Value'),
    list: async (caller) => {
      const answer = await call(caller, 'ListQueues', {});
      return [...answer.matchAll(/<QueueUrl>(.*?)<\/QueueUrl>/g)].map(([, url]) => url ?? '');
    },
    url: async (caller, QueueOwnerAWSAccountId) =>
      between(await call(caller, 'GetQueueUrl', { QueueName: 'q', QueueOwnerAWSAccountId }), 'QueueUrl'),
  };
}

for (const [protocol, speak] of [
  ['JSON', json],
  ['Query', query],
] as const) {
  test(`${protocol}: queues of two accounts or two regions are different queues`, async () => {
    const speaker = speak(await QueryClient.open());
    const urls = await inTurn(WORLDS, (caller) => speaker.create(caller));
    assert.deepEqual(await inTurn(WORLDS, (caller, at) => speaker.arn(caller, urls[at] ?? '')), [
      'arn:aws:sqs:us-east-1:111111111111:q',
      'arn:aws:sqs:us-east-1:222222222222:q',
      'arn:aws:sqs:eu-west-1:111111111111:q',
    ]);
    for (const [at, caller] of WORLDS.entries()) await speaker.send(caller, urls[at] ?? '', `body ${at}`);
    const bodies = await inTurn(WORLDS, (caller, at) => speaker.received(caller, urls[at] ?? ''));
    assert.deepEqual(bodies, ['body 0', 'body 1', 'body 2']);
    const lists = await inTurn(WORLDS, (caller) => speaker.list(caller));
    assert.deepEqual(
      lists,
      urls.map((url) => [url]),
    );
  });

  test(`${protocol}: a queue of another account is found by its owner and used by its URL`, async () => {
    const speaker = speak(await QueryClient.open());
    const url = await speaker.create(OTHER_ACCOUNT);
    assert.equal(await speaker.url(HERE, OTHER_ACCOUNT.account), url);
    await speaker.send(HERE, url, 'over the border');
    assert.equal(await speaker.received(OTHER_ACCOUNT, url), 'over the border');
  });
}

test('what is sent by one protocol is received by the other', async () => {
  const client = await QueryClient.open();
  const url = await json(client).create(HERE);
  await json(client).send(HERE, url, 'a\rb');
  assert.equal(await query(client).received(HERE, url), 'a&#xD;b');
  await query(client).send(HERE, url, 'a\rb');
  assert.equal(await json(client).received(HERE, url), 'a\rb');
});

async function inTurn<Value>(
  callers: readonly Caller[],
  act: (caller: Caller, at: number) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  for (const [at, caller] of callers.entries()) values.push(await act(caller, at));
  return values;
}
