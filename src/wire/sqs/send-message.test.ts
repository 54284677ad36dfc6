import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DoorUnderTest } from './fixture/door-under-test.ts';

const TEXT = { DataType: 'String', StringValue: 'test-value' };

async function sender() {
  const door = await DoorUnderTest.open();
  const QueueUrl = await door.queue();
  const input = (members: object) => ({ QueueUrl, MessageBody: 'x', ...members });
  return {
    door,
    QueueUrl,
    done: (members: object) => door.done('SendMessage', input(members)),
    refused: (members: object) => door.refused('SendMessage', input(members)),
  };
}

test('a sent message is answered by its id and the digests that AWS computes', async () => {
  const { done } = await sender();
  const trace = { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793' };
  const sent = await done({
    MessageBody: 'hello',
    MessageAttributes: { 'test-key': TEXT },
    MessageSystemAttributes: { AWSTraceHeader: trace },
  });
  assert.match(String(sent['MessageId']), /^[0-9a-f-]{36}$/);
  assert.equal(sent['MD5OfMessageBody'], '5d41402abc4b2a76b9719d911017c592');
  assert.equal(sent['MD5OfMessageAttributes'], 'befa18540a897f7d022bf07057754a03');
  assert.match(String(sent['MD5OfMessageSystemAttributes']), /^[0-9a-f]{32}$/);
  assert.deepEqual(Object.keys(await done({})), ['MessageId', 'MD5OfMessageBody']);
});

test('a body is needed, and holds only characters that SQS takes', async () => {
  const { done, refused } = await sender();
  await done({ MessageBody: '\t\n\r ~\u00e4\ud7ff\ue000\ufffd\u{10000}\u{10ffff}' });
  const missing = 'MissingParameter: The request must contain the parameter MessageBody.';
  assert.equal(await refused({ MessageBody: '' }), missing);
  assert.equal(await refused({ MessageBody: null }), missing);
  for (const character of ['\u0000', '\u0008', '\u000b', '\u001f', '\ufffe', '\uffff', '\ud800', '\udc00']) {
    const code = character.charCodeAt(0).toString(16).toUpperCase();
    const told = `InvalidMessageContents: Invalid binary character '#x${code}' was found in the message body, `;
    assert.ok((await refused({ MessageBody: `a${character}b` })).startsWith(told), told);
  }
});

test('body and attributes together may have the size that the queue allows, in bytes', async () => {
  const { door, QueueUrl, done, refused } = await sender();
  await done({ MessageBody: 'x'.repeat(1_048_576) });
  const tooLong = (limit: number) =>
    `InvalidParameterValue: One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`;
  assert.equal(await refused({ MessageBody: 'x'.repeat(1_048_577) }), tooLong(1_048_576));
  assert.equal(await refused({ MessageBody: 'ä'.repeat(524_289) }), tooLong(1_048_576));
  await door.done('SetQueueAttributes', { QueueUrl, Attributes: { MaximumMessageSize: '1024' } });
  const MessageAttributes = { a: { DataType: 'String', StringValue: 'x' } };
  await done({ MessageBody: 'x'.repeat(1016), MessageAttributes });
  assert.equal(await refused({ MessageBody: 'x'.repeat(1017), MessageAttributes }), tooLong(1024));
});

test('delay, group and deduplication are checked', async () => {
  const { done, refused } = await sender();
  await done({ DelaySeconds: 900, MessageGroupId: 'tenant-1' });
  assert.equal(
    await refused({ DelaySeconds: 901 }),
    'InvalidParameterValue: Value 901 for parameter DelaySeconds is invalid. ' +
      'Reason: Must be >= 0 and <= 900, if provided.',
  );
  assert.match(await refused({ DelaySeconds: -1 }), /Value -1 for parameter DelaySeconds/);
  for (const id of ['', 'a b', 'ä', 'x'.repeat(129)]) {
    assert.match(await refused({ MessageGroupId: id }), /MessageGroupId can only include alphanumeric/);
  }
  assert.match(await refused({ MessageDeduplicationId: 'd' }), /not valid for this queue type/);
});

test('attributes have well-formed names, known types and values', async () => {
  const { done, refused } = await sender();
  await done({
    MessageAttributes: {
      'a.b-c_D': { DataType: 'Number.int', StringValue: '-1.5e10' },
      bytes: { DataType: 'Binary.png', BinaryValue: 'AAEC' },
    },
  });
  const reserved =
    /^InvalidParameterValue: You can't use message attribute names beginning with 'AWS\.' or 'Amazon\.'\. /;
  const names: [string, RegExp][] = [
    ['', /: The request must contain non-empty message \(user\) attribute names\.$/],
    ['x'.repeat(257), /: Message \(user\) attribute names must be shorter than 256 Bytes$/],
    [
      'a b',
      /: Message \(user\) attributes name can only contain .* digits, periods, hyphens and underscores\. $/,
    ],
    ['.a', reserved],
    ['a.', reserved],
    ['AWS.x', reserved],
    ['amazon.x', reserved],
    ['a..b', /: Message \(user\) attribute name must not have successive '\.' characters\.$/],
  ];
  for (const [name, refusal] of names)
    assert.match(await refused({ MessageAttributes: { [name]: TEXT } }), refusal, name);
  const wrong: [object, RegExp][] = [
    [{}, /non-empty message attribute type/],
    [{ DataType: 'String.\u0000', StringValue: 'x' }, /^InvalidMessageContents/],
    [{ DataType: 'String', StringListValues: ['x'] }, /UnsupportedOperation: Message attribute list values/],
    [{ DataType: 'Text', StringValue: 'x' }, /type prefixes is Binary, Number, and String/],
    [{ DataType: 'String', StringValue: '' }, /'a' must contain a non-empty value of type 'String'/],
    [{ DataType: 'Binary', BinaryValue: '' }, /non-empty value of type 'Binary'/],
    [{ DataType: 'Binary', StringValue: 'x' }, /non-empty value of type 'Binary'/],
    [{ DataType: 'Number', StringValue: 'ten' }, /Can't cast the value/],
    [{ DataType: 'String', StringValue: '\u0000' }, /^InvalidMessageContents/],
    [{ DataType: 'Binary', BinaryValue: '?' }, /^SerializationException: BinaryValue is not valid base64/],
    [{ DataType: `String.${'x'.repeat(256)}`, StringValue: 'x' }, /types must be shorter than 256 Bytes$/],
  ];
  for (const [attribute, expected] of wrong) {
    assert.match(await refused({ MessageAttributes: { a: attribute } }), expected);
  }
});

test('ten attributes are taken, eleven refused', async () => {
  const { done, refused } = await sender();
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, TEXT]));
  await done({ MessageAttributes: many(10) });
  assert.match(await refused({ MessageAttributes: many(11) }), /\[11\] exceeds the allowed maximum \[10\]/);
});

test('the trace header is the only system attribute that can be sent', async () => {
  const { refused } = await sender();
  assert.match(await refused({ MessageSystemAttributes: { SenderId: TEXT } }), /'SenderId' is invalid/);
  const number = { DataType: 'Number', StringValue: '1' };
  assert.match(
    await refused({ MessageSystemAttributes: { AWSTraceHeader: number } }),
    /must be of type String/,
  );
});

test('the trace of a request goes with its message, unless the message names another; only a named one has a digest', async () => {
  const { door, QueueUrl, done } = await sender();
  const traceOf = async (input: object): Promise<readonly unknown[]> => {
    const sent = await done(input);
    const query = { QueueUrl, MessageSystemAttributeNames: ['AWSTraceHeader'] };
    const { Messages } = await door.done('ReceiveMessage', query);
    const [message] = Messages as { Attributes?: Record<string, string> }[];
    return [message?.Attributes?.['AWSTraceHeader'], sent['MD5OfMessageSystemAttributes'] !== undefined];
  };
  door.moreHeaders = { 'x-amzn-trace-id': 'Root=1-a-b;Sampled=1' };
  assert.deepEqual(await traceOf({}), ['Root=1-a-b;Sampled=1', false]);
  const AWSTraceHeader = { DataType: 'String', StringValue: 'Root=1-c-d' };
  assert.deepEqual(await traceOf({ MessageSystemAttributes: { AWSTraceHeader } }), ['Root=1-c-d', true]);
  for (const odd of ['', 'no trace', 'x'.repeat(2000), 'ä']) {
    door.moreHeaders = { 'x-amzn-trace-id': odd };
    assert.deepEqual(await traceOf({}), [undefined, false], odd);
  }
});

test('on a full disk a send is told to come again, and a delete goes on', async () => {
  const { door, QueueUrl, done } = await sender();
  await done({});
  const { Messages } = await door.done('ReceiveMessage', { QueueUrl });
  const ReceiptHandle = (Messages as { ReceiptHandle: string }[])[0]?.ReceiptHandle;
  door.store.faults.low = true;
  const refused = await door.call('SendMessage', { QueueUrl, MessageBody: 'x' });
  assert.equal(refused.status, 503);
  assert.equal(refused.headers['x-amzn-query-error'], 'ServiceUnavailable;Receiver');
  await door.done('DeleteMessage', { QueueUrl, ReceiptHandle });
});
