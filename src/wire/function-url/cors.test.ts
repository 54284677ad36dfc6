import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cors } from '../../function/function-urls.ts';
import { headerOf, UrlCaller } from './fixture/url-caller.ts';

const GOOD = 'https://good.example';
const CORS: Cors = { allowOrigins: [GOOD, 'http://localhost:3000'], allowMethods: ['GET', 'POST'] };

/** The headers of an answer that begin with `access-control-`, by what follows. */
function told(answer: Parameters<typeof headerOf>[0]): Readonly<Record<string, string>> {
  const pairs = answer.headers.flatMap((name, at) =>
    at % 2 === 0 && name.toLowerCase().startsWith('access-control-')
      ? [[name.slice('access-control-'.length).toLowerCase(), answer.headers[at + 1] ?? '']]
      : [],
  );
  return Object.fromEntries(pairs) as Record<string, string>;
}

async function preflight(
  cors: Cors,
  headers: Readonly<Record<string, string>> = {},
  authType: 'NONE' | 'AWS_IAM' = 'NONE',
) {
  const caller = await UrlCaller.open();
  const host = await caller.give({ cors, authType });
  const asked = { host, origin: GOOD, 'access-control-request-method': 'POST', ...headers };
  const answer = await caller.ask('OPTIONS', '/any', { headers: asked });
  assert.equal(caller.invoker.started, 0);
  return { status: answer.status, told: told(answer), vary: headerOf(answer, 'vary') };
}

test('a preflight is answered without the function, signed or not', async () => {
  const cors = { ...CORS, allowHeaders: ['x-a', 'x-b'], maxAgeS: 60, allowCredentials: true };
  for (const authType of ['NONE', 'AWS_IAM'] as const) {
    assert.deepEqual(await preflight(cors, {}, authType), {
      status: 200,
      told: {
        ...{ 'allow-origin': GOOD, 'allow-credentials': 'true', 'allow-methods': 'GET,POST' },
        ...{ 'allow-headers': 'x-a,x-b', 'max-age': '60' },
      },
      vary: 'Origin',
    });
  }
});

test('a preflight of an origin that is not allowed is told nothing', async () => {
  for (const origin of ['https://evil.example', 'null', `${GOOD}.evil.example`, `${GOOD}:8443`]) {
    assert.deepEqual((await preflight(CORS, { origin })).told, {}, origin);
  }
});

test('all origins are told a star, unless cookies come along', async () => {
  const all = { allowOrigins: ['*'], allowMethods: ['*'], allowHeaders: ['*'] };
  const headers = { 'access-control-request-headers': 'x-own, authorization' };
  assert.deepEqual((await preflight(all)).told, {
    ...{ 'allow-origin': '*', 'allow-methods': '*', 'allow-headers': '*' },
  });
  const { told: withCookies } = await preflight({ ...all, allowCredentials: true }, headers);
  assert.deepEqual(withCookies, {
    ...{ 'allow-origin': GOOD, 'allow-credentials': 'true' },
    ...{ 'allow-methods': 'POST', 'allow-headers': 'x-own, authorization' },
  });
});

test('what Cors says stands over what the function says', async () => {
  const caller = await UrlCaller.open();
  const host = await caller.give({ cors: { ...CORS, exposeHeaders: ['x-a', 'x-b'] } });
  const headers = { 'Access-Control-Allow-Origin': '*', 'access-control-expose-headers': 'x-own' };
  const said = { statusCode: 200, headers };
  const answer = await caller.answered(host, said, { origin: GOOD });
  assert.deepEqual(told(answer), { 'allow-origin': GOOD, 'expose-headers': 'x-a,x-b' });
  assert.equal(headerOf(answer, 'vary'), 'Origin');
  // Who is no page of another origin gets what the function says.
  assert.deepEqual(told(await caller.answered(host, said)), {
    'allow-origin': '*',
    'expose-headers': 'x-own',
  });
});

test('pages may read errors too', async () => {
  const caller = await UrlCaller.open(0);
  const host = await caller.give({ cors: CORS });
  const answer = await caller.ask('GET', '/', { headers: { host, origin: GOOD } });
  assert.deepEqual([answer.status, told(answer)], [429, { 'allow-origin': GOOD }]);
});
