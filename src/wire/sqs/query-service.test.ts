import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, QueryClient } from './fixture/query-client.ts';

const URL_OF_Q = 'http://localhost:4566/000000000000/q';

async function withQueue(): Promise<QueryClient> {
  const client = await QueryClient.open();
  await client.call('CreateQueue', { QueueName: 'q' });
  return client;
}

test('an answer and an error have the form that AWS gives them', async () => {
  const client = await QueryClient.open();
  const created = await client.send({ Action: 'CreateQueue', Version: '2012-11-05', QueueName: 'q' });
  assert.deepEqual(created, {
    status: 200,
    xml:
      '<?xml version="1.0"?><CreateQueueResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">' +
      `<CreateQueueResult><QueueUrl>${URL_OF_Q}</QueueUrl></CreateQueueResult>` +
      '<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></CreateQueueResponse>',
  });
  const missing = await client.send({ Action: 'PurgeQueue', QueueUrl: 'http://h/000000000000/none' });
  assert.deepEqual(missing, {
    status: 400,
    xml:
      '<?xml version="1.0"?><ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type>' +
      '<Code>AWS.SimpleQueueService.NonExistentQueue</Code>' +
      '<Message>The specified queue does not exist for this wsdl version.</Message><Detail/></Error>' +
      '<RequestId>r-1</RequestId></ErrorResponse>',
  });
});

test('the versions of older clients are spoken, each with its own namespace, and no others', async () => {
  const client = await withQueue();
  for (const Version of ['2009-02-01', '2011-10-01']) {
    const listed = await client.send({ Action: 'ListQueues', Version });
    assert.match(
      listed.xml,
      new RegExp(`^<\\?xml version="1.0"\\?><ListQueuesResponse xmlns="[^"]*/${Version}/">`),
    );
    assert.equal(between(listed.xml, 'QueueUrl'), URL_OF_Q);
    const wrong = await client.send({ Action: 'PurgeQueue', Version, QueueUrl: 'none' });
    assert.match(wrong.xml, new RegExp(`<ErrorResponse xmlns="[^"]*/${Version}/">`));
  }
  const { status, xml } = await client.send({ Action: 'ListQueues', Version: '2006-04-01' });
  assert.deepEqual([status, between(xml, 'Code')], [400, 'NoSuchVersion']);
});

test('an action without output answers its metadata alone', async () => {
  const client = await withQueue();
  assert.equal(await client.call('PurgeQueue', { QueueUrl: URL_OF_Q }), '');
});

test('a client that accepts JSON gets the same answers in JSON, with null for what is not there', async () => {
  const client = await withQueue();
  const asked = async (members: Readonly<Record<string, string>>): Promise<unknown> => {
    const { xml } = await client.send(members, { path: '/000000000000/q', accept: 'application/json, */*' });
    return JSON.parse(xml);
  };
  const ResponseMetadata = { RequestId: 'r-1' };
  const sent = (await asked({ Action: 'SendMessage', MessageBody: 'x' })) as Record<string, unknown>;
  assert.partialDeepStrictEqual(sent, {
    SendMessageResponse: {
      SendMessageResult: {
        MD5OfMessageBody: '9dd4e461268c8034f5c8564e155c67a6',
        MD5OfMessageAttributes: null,
        SequenceNumber: null,
      },
      ResponseMetadata,
    },
  });
  const received = await asked({ Action: 'ReceiveMessage', 'AttributeName.1': 'ApproximateReceiveCount' });
  assert.partialDeepStrictEqual(received, {
    ReceiveMessageResponse: {
      ReceiveMessageResult: {
        messages: [{ Body: 'x', Attributes: [{ Name: 'ApproximateReceiveCount', Value: '1' }] }],
      },
    },
  });
  assert.deepEqual(await asked({ Action: 'ReceiveMessage' }), {
    ReceiveMessageResponse: { ReceiveMessageResult: { messages: null }, ResponseMetadata },
  });
  assert.deepEqual(await asked({ Action: 'PurgeQueue' }), { PurgeQueueResponse: { ResponseMetadata } });
  assert.deepEqual(await asked({ Action: 'PurgeQueue', QueueUrl: 'http://h/000000000000/none' }), {
    Error: {
      Code: 'AWS.SimpleQueueService.NonExistentQueue',
      Message: 'The specified queue does not exist for this wsdl version.',
      Type: 'Sender',
    },
    RequestId: 'r-1',
  });
});

test('at the path of a queue there are no actions on all queues of the account', async () => {
  const client = await withQueue();
  for (const action of ['ListQueues', 'CreateQueue']) {
    assert.equal(
      await client.call(action, { QueueName: 'r' }, { path: '/000000000000/q' }),
      `InvalidAction: The action ${action} is not valid for this endpoint.`,
    );
  }
  assert.equal(between(await client.call('ListQueues'), 'QueueUrl'), URL_OF_Q);
});

test('a queue is named by QueueUrl or by the path, in a form or in a query', async () => {
  const client = await withQueue();
  const path = '/000000000000/q';
  assert.match(await client.call('SendMessage', { MessageBody: 'a b' }, { path }), /<MessageId>/);
  assert.match(
    await client.call('SendMessage', { MessageBody: 'c' }, { method: 'GET', path }),
    /<MessageId>/,
  );
  assert.match(await client.call('ListQueues', {}, { method: 'GET' }), /<QueueUrl>/);
  for (const other of ['/queue/q', '/queue/us-east-1/000000000000/q', '/000000000000/q/'])
    assert.match(await client.call('GetQueueAttributes', {}, { path: other }), /^<GetQueueAttributesResult/);
  const received = await client.call('ReceiveMessage', { MaxNumberOfMessages: '10' }, { path });
  assert.deepEqual(
    [...received.matchAll(/<Body>(.*?)<\/Body>/g)].map(([, body]) => body),
    ['a b', 'c'],
  );
});

test('attributes, tags and lists of names are numbered; answers are flattened', async () => {
  const client = await QueryClient.open();
  await client.call('CreateQueue', {
    QueueName: 'q',
    'Attribute.1.Name': 'DelaySeconds',
    'Attribute.1.Value': '7',
    'Attribute.2.Name': 'VisibilityTimeout',
    'Attribute.2.Value': '9',
    'Tag.1.Key': 'team',
    'Tag.1.Value': 'a & b',
  });
  const names = { 'AttributeName.1': 'DelaySeconds', 'AttributeName.2': 'VisibilityTimeout' };
  assert.equal(
    await client.call('GetQueueAttributes', { QueueUrl: URL_OF_Q, ...names }),
    '<GetQueueAttributesResult><Attribute><Name>DelaySeconds</Name><Value>7</Value></Attribute>' +
      '<Attribute><Name>VisibilityTimeout</Name><Value>9</Value></Attribute></GetQueueAttributesResult>',
  );
  assert.equal(
    await client.call('ListQueueTags', { QueueUrl: URL_OF_Q }),
    '<ListQueueTagsResult><Tag><Key>team</Key><Value>a &amp; b</Value></Tag></ListQueueTagsResult>',
  );
  await client.call('UntagQueue', { QueueUrl: URL_OF_Q, 'TagKey.1': 'team' });
  assert.equal(await client.call('ListQueueTags', { QueueUrl: URL_OF_Q }), '<ListQueueTagsResult/>');
});

test('every spelling that a client has had for a list or a map is understood', async () => {
  const client = await withQueue();
  const spellings: Readonly<Record<string, string>>[] = [
    { 'Attribute.Name': 'DelaySeconds', 'Attribute.Value': '1' },
    { 'Attributes.1.Name': 'DelaySeconds', 'Attributes.1.Value': '1' },
    { 'Attribute.entry.1.key': 'DelaySeconds', 'Attribute.entry.1.value': '1' },
    { 'Attribute.2.Value': '1', 'Attribute.2.Name': 'DelaySeconds' },
  ];
  for (const spelling of spellings) {
    await client.call('SetQueueAttributes', {
      QueueUrl: URL_OF_Q,
      'Attribute.1.Name': 'DelaySeconds',
      'Attribute.1.Value': '0',
    });
    assert.equal(await client.call('SetQueueAttributes', { QueueUrl: URL_OF_Q, ...spelling }), '');
    for (const asked of ['AttributeName', 'AttributeName.1', 'AttributeNames.1', 'AttributeName.member.1']) {
      const told = await client.call('GetQueueAttributes', { QueueUrl: URL_OF_Q, [asked]: 'DelaySeconds' });
      assert.equal(between(told, 'Value'), '1', asked);
    }
  }
  // An empty list, as botocore says it.
  assert.equal(
    await client.call('GetQueueAttributes', { QueueUrl: URL_OF_Q, AttributeNames: '' }),
    '<GetQueueAttributesResult/>',
  );
});

test('a batch is read entry by entry, in the order of its numbers, and answered so', async () => {
  const client = await withQueue();
  const entry = (n: number, members: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(members).map(([name, value]) => [`SendMessageBatchRequestEntry.${n}.${name}`, value]),
    );
  const answer = await client.call('SendMessageBatch', {
    QueueUrl: URL_OF_Q,
    ...entry(10, { Id: 'third', MessageBody: 'z', DelaySeconds: '901' }),
    ...entry(2, {
      Id: 'second',
      MessageBody: 'y',
      'MessageAttribute.1.Name': 'test-key',
      'MessageAttribute.1.Value.DataType': 'String',
      'MessageAttribute.1.Value.StringValue': 'test-value',
    }),
    ...entry(1, { Id: 'first', MessageBody: 'x' }),
  });
  assert.deepEqual(
    [...answer.matchAll(/<Id>(\w+)<\/Id>/g)].map(([, id]) => id),
    ['first', 'second', 'third'],
  );
  assert.match(answer, /<SendMessageBatchResultEntry><Id>first<\/Id><MessageId>/);
  assert.equal(between(answer, 'MD5OfMessageAttributes'), 'befa18540a897f7d022bf07057754a03');
  assert.match(
    answer,
    /<BatchResultErrorEntry><Id>third<\/Id><SenderFault>true<\/SenderFault><Code>InvalidParameterValue<\/Code>/,
  );
});

test('a message comes back with everything that was asked for, bytes as base64', async () => {
  const client = await withQueue();
  await client.call('SendMessage', {
    QueueUrl: URL_OF_Q,
    MessageBody: 'x',
    'MessageAttribute.1.Name': 'b',
    'MessageAttribute.1.Value.DataType': 'Binary',
    'MessageAttribute.1.Value.BinaryValue': 'AAH/',
    'MessageSystemAttribute.1.Name': 'AWSTraceHeader',
    'MessageSystemAttribute.1.Value.DataType': 'String',
    'MessageSystemAttribute.1.Value.StringValue': 'Root=1',
  });
  const received = await client.call('ReceiveMessage', {
    QueueUrl: URL_OF_Q,
    'AttributeName.1': 'AWSTraceHeader',
    'MessageAttributeName.1': 'All',
  });
  assert.match(
    received,
    /<MessageAttribute><Name>b<\/Name><Value><BinaryValue>AAH\/<\/BinaryValue><DataType>Binary<\/DataType><\/Value>/,
  );
  assert.match(received, /<Attribute><Name>AWSTraceHeader<\/Name><Value>Root=1<\/Value><\/Attribute>/);
});

test('a body comes back character for character: carriage returns and marks of XML are escaped', async () => {
  const client = await withQueue();
  const body = '<a b="c">\r\n\t&amp;]]>\u{10ffff}ä</a>';
  await client.call('SendMessage', { QueueUrl: URL_OF_Q, MessageBody: body });
  const received = await client.call('ReceiveMessage', { QueueUrl: URL_OF_Q });
  assert.equal(
    between(received, 'Body'),
    '&lt;a b=&quot;c&quot;&gt;&#xD;\n\t&amp;amp;]]&gt;\u{10ffff}ä&lt;/a&gt;',
  );
});

test('what XML cannot say does not break an answer', async () => {
  const client = await withQueue();
  const refused = await client.call('DeleteMessage', {
    QueueUrl: URL_OF_Q,
    ReceiptHandle: '\u0000\u001b\uffff<',
  });
  assert.equal(
    refused,
    'ReceiptHandleIsInvalid: The input receipt handle &quot;\uFFFD\uFFFD\uFFFD&lt;&quot; is not a valid receipt handle.',
  );
});

test('a request without an action, with an unknown one or of another version is refused as AWS refuses it', async () => {
  const client = await withQueue();
  for (const manner of [{ method: 'GET' }, { method: 'POST' }, { method: 'GET', path: '/000000000000/q' }]) {
    assert.deepEqual(await client.send('', manner), { status: 404, xml: '<UnknownOperationException/>' });
  }
  assert.equal(
    await client.call('Explode'),
    'InvalidAction: The action Explode is not valid for this endpoint.',
  );
  assert.match(await client.call('constructor'), /^InvalidAction: /);
  assert.equal(
    await client.call('ListQueues', { Version: '2010-01-01' }),
    'NoSuchVersion: The requested version ( 2010-01-01 ) is not valid.',
  );
});

test('a form that cannot be read is refused as the client’s error', async () => {
  const client = await withQueue();
  const send = `Action=SendMessage&QueueUrl=${encodeURIComponent(URL_OF_Q)}&MessageBody=x`;
  const forms = [
    `${send}&DelaySeconds=soon`,
    `${send}&MessageBody.1=y`,
    `${send}&MessageAttribute.one.Name=y`,
    `${send}&MessageAttribute.1.Value.DataType=String`,
    `${send}&a=%ff`,
    `${send}&a=%`,
    `${send}&${'a.'.repeat(11)}=1`,
    `${send}${'&a=1'.repeat(10_001)}`,
    `${send}&MessageAttribute=x&MessageAttribute.1.Name=y`,
  ];
  for (const form of forms) {
    const { status, xml } = await client.send(form);
    assert.deepEqual([status, between(xml, 'Code')], [400, 'InvalidParameterValue'], form.slice(0, 200));
  }
  assert.equal(
    await client.call('SendMessage', { QueueUrl: URL_OF_Q, MessageBody: 'x', DelaySeconds: '1.5' }),
    'InvalidParameterValue: Value 1.5 for parameter DelaySeconds is invalid. Reason: Must be an integer.',
  );
});

test('the door takes forms and queries at the root and at queues, and nothing else', async () => {
  const { door } = await QueryClient.open();
  const matches = (method: string, path: string, type?: string): boolean =>
    door.matches({
      ...{ requestId: 'r' as never, method, path, query: '' },
      headers: { ...(type !== undefined && { 'content-type': type }) },
    });
  const form = 'application/x-www-form-urlencoded; charset=utf-8';
  assert.equal(matches('POST', '/', form), true);
  assert.equal(matches('POST', '/000000000000/q', form), true);
  assert.equal(matches('GET', '/000000000000/q.fifo'), true);
  assert.equal(matches('POST', '/', 'application/x-amz-json-1.0'), false);
  assert.equal(matches('GET', '/2015-03-31/functions'), false);
  assert.equal(matches('PUT', '/'), false);
});
