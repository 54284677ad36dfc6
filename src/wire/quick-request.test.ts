import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQuickRequest } from './quick-request.ts';

const HEAD = 'POST /a?b=c HTTP/1.1\r\nHost: localhost:1\r\nX-Amz-Target:  AmazonSQS.SendMessage \r\n';

function read(text: string) {
  return readQuickRequest(Buffer.from(text, 'latin1'));
}

test('a whole POST with its length is read, names in lower case, values without their blanks', () => {
  const request = read(`${HEAD}Content-Length: 4\r\n\r\n\r\n{}`);
  assert.deepEqual(
    { ...request, body: request?.body.toString() },
    {
      path: '/a',
      query: 'b=c',
      headers: { host: 'localhost:1', 'x-amz-target': 'AmazonSQS.SendMessage', 'content-length': '4' },
      body: '\r\n{}',
    },
  );
});

test('a name is read as it stands, in lower case, also beside one that differs from it in one letter', () => {
  const names = [
    'Authorization',
    'authorizatiom',
    'CONTENT-TYPE',
    'x-amz-targeT',
    'x-amz-tarGeu',
    'X!',
    "Own-Name'9",
  ];
  const lines = names.map((name, index) => `${name}:${index}\t\r\n`).join('');
  const request = read(`POST / HTTP/1.1\r\n${lines}Host: a\r\nContent-Length: 0\r\n\r\n`);
  const expected = names.map((name, index) => [name.toLowerCase(), String(index)]);
  assert.deepEqual(
    request?.headers,
    Object.fromEntries([...expected, ['host', 'a'], ['content-length', '0']]),
  );
});

test('everything that is not plain is left to node:http', () => {
  const beyond: Readonly<Record<string, string>> = {
    'another method': `GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`,
    'an older version': `POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 0\r\n\r\n`,
    'no host': `POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n`,
    'no headers': `POST / HTTP/1.1\r\n\r\n`,
    'no length': `${HEAD}\r\n`,
    'a length that is too small': `${HEAD}Content-Length: 1\r\n\r\n{}`,
    'a length that is too large': `${HEAD}Content-Length: 3\r\n\r\n{}`,
    'a length with a sign': `${HEAD}Content-Length: +2\r\n\r\n{}`,
    'a length with zeros before it': `${HEAD}Content-Length: 02\r\n\r\n{}`,
    'two lengths': `${HEAD}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`,
    'two hosts': `${HEAD}host: other\r\nContent-Length: 2\r\n\r\n{}`,
    chunks: `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}`,
    'an expectation': `${HEAD}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`,
    'an upgrade': `${HEAD}Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}`,
    'the end of the connection': `${HEAD}Connection: close\r\nContent-Length: 2\r\n\r\n{}`,
    'a folded line': `${HEAD}X-Long: a\r\n b\r\nContent-Length: 2\r\n\r\n{}`,
    'a space before the colon': `${HEAD}Content-Length : 2\r\n\r\n{}`,
    'a line feed alone': `${HEAD}X-A: a\nX-B: b\r\nContent-Length: 2\r\n\r\n{}`,
    'a carriage return alone': `${HEAD}X-A: a\rX-B: b\r\nContent-Length: 2\r\n\r\n{}`,
    'a character beyond ASCII': `${HEAD}X-A: \u00e9\r\nContent-Length: 2\r\n\r\n{}`,
    'a zero byte': `${HEAD}X-A: \u0000\r\nContent-Length: 2\r\n\r\n{}`,
    'a name that is none': `${HEAD}X A: a\r\nContent-Length: 2\r\n\r\n{}`,
    'the name of the prototype': `${HEAD}__proto__: a\r\nContent-Length: 2\r\n\r\n{}`,
    'a name of every object': `${HEAD}constructor: a\r\nContent-Length: 2\r\n\r\n{}`,
    'a space in the target': `POST /a b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`,
    'an absolute target': `POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`,
    'an endless head': `${HEAD}X-A: ${'a'.repeat(17_000)}\r\nContent-Length: 2\r\n\r\n{}`,
    'two requests': `${HEAD}Content-Length: 2\r\n\r\n{}${HEAD}Content-Length: 2\r\n\r\n{}`,
    'half a head': HEAD,
    'one byte': 'P',
  };
  for (const [what, text] of Object.entries(beyond)) assert.equal(read(text), undefined, what);
});
