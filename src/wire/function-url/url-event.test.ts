import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UrlCaller, type Said } from './fixture/url-caller.ts';

interface Event {
  readonly [member: string]: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: Readonly<Record<string, unknown>>;
}

const SIGNED = `AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/lambda/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'a'.repeat(64)}`;

async function eventOf(
  method: string,
  target: string,
  said: Said = {},
  authType: 'NONE' | 'AWS_IAM' = 'NONE',
): Promise<Event> {
  const caller = await UrlCaller.open();
  const host = await caller.give({ authType });
  void caller.ask(method, target, { ...said, headers: { host, ...said.headers } });
  await caller.invoker.reached(1);
  return caller.invoker.first.event as unknown as Event;
}

test('a request is an event of payload format 2.0', async () => {
  const headers = {
    'x-own': 'a',
    cookie: 'c=1; d=2',
    'user-agent': 'me',
    'content-type': 'application/json',
  };
  const event = await eventOf('POST', '/a%20b/c?x=1&x=2&y=%C3%A9&z', { headers, body: '{"é":1}' });
  const host = event.headers['host'] ?? '';
  const [id = ''] = host.split('.');
  assert.match(id, /^[a-z0-9]{32}$/);
  assert.deepEqual(event, {
    ...{ version: '2.0', routeKey: '$default', rawPath: '/a%20b/c', rawQueryString: 'x=1&x=2&y=%C3%A9&z' },
    cookies: ['c=1', 'd=2'],
    headers: {
      ...{ host, 'x-own': 'a', 'user-agent': 'me', 'content-type': 'application/json' },
      ...{ 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'http', 'x-forwarded-port': '4566' },
    },
    queryStringParameters: { x: '1,2', y: 'é', z: '' },
    requestContext: {
      ...{ accountId: 'anonymous', apiId: id, domainPrefix: id, domainName: host.replace(':4566', '') },
      http: {
        ...{ method: 'POST', path: '/a%20b/c', protocol: 'HTTP/1.1' },
        ...{ sourceIp: '192.0.2.7', userAgent: 'me' },
      },
      ...{ requestId: '11111111-1111-4111-8111-111111111111', routeKey: '$default', stage: '$default' },
      ...{ time: '02/Jan/2026:03:04:05 +0000', timeEpoch: Date.UTC(2026, 0, 2, 3, 4, 5) },
    },
    ...{ body: '{"é":1}', isBase64Encoded: false },
  });
});

test('what a request does not have is not in its event', async () => {
  const event = await eventOf('GET', '/');
  for (const member of ['cookies', 'queryStringParameters', 'body'])
    assert.ok(!Object.hasOwn(event, member), member);
  assert.equal(event['isBase64Encoded'], false);
  assert.equal(event['rawQueryString'], '');
});

test('a target with a host, or that is no path, is a path all the same', async () => {
  for (const [target, rawPath] of [
    ['http://evil.example/a?b=1', '/a'],
    ['HTTP://evil.example', '/'],
    ['*', '/'],
    ['//double//', '//double//'],
  ] as const) {
    assert.equal((await eventOf('OPTIONS', target))['rawPath'], rawPath);
  }
});

test('a body that is no text, or whose type says none, comes as base64', async () => {
  const bytes = Buffer.from([0xff, 0x00, 0x41]);
  for (const [type, body] of [
    ['application/octet-stream', Buffer.from('text')],
    ['application/x-www-form-urlencoded', Buffer.from('a=1')],
    ['text/plain', bytes],
    ['application/json', bytes],
  ] as const) {
    const event = await eventOf('PUT', '/', { headers: { 'content-type': type }, body });
    assert.deepEqual([event['body'], event['isBase64Encoded']], [body.toString('base64'), true], type);
  }
  for (const type of ['text/csv', 'application/ld+json; charset=utf-8', 'application/xml', 'image/svg+xml']) {
    const event = await eventOf('PUT', '/', { headers: { 'content-type': type }, body: 'a\u0000' });
    assert.deepEqual([event['body'], event['isBase64Encoded']], ['a\u0000', false], type);
  }
});

test('names that mean something to JavaScript are names like others', async () => {
  const event = await eventOf('GET', '/?__proto__=1&constructor=2', { headers: { constructor: 'x' } });
  assert.deepEqual(Object.entries(event['queryStringParameters'] as object), [
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
  assert.equal(Object.getOwnPropertyDescriptor(event.headers, 'constructor')?.value, 'x');
});

test('who signed is told to a function whose URL demands it', async () => {
  const headers = { authorization: SIGNED, 'x-amz-date': '20260102T030405Z' };
  const { requestContext } = await eventOf('GET', '/', { headers }, 'AWS_IAM');
  assert.equal(requestContext['accountId'], '000000000000');
  assert.deepEqual(requestContext['authorizer'], {
    iam: {
      ...{ accessKey: 'AKID', accountId: '000000000000', callerId: 'AKID', userId: 'AKID' },
      userArn: 'arn:aws:iam::000000000000:user/AKID',
      ...{ cognitoIdentity: null, principalOrgId: null },
    },
  });
});
