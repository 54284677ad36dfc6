import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import { RealFunctions, type Brought } from './functions.ts';
import { installed } from './npm.ts';

/*
 * Functions as others write them, with the packages that they use, unmodified.
 */

let functions: RealFunctions;
before(async () => {
  functions = await RealFunctions.start();
});
after(() => functions[Symbol.asyncDispose]());

/** A function of these files with its packages; undefined when they cannot be had, and the test is skipped. */
function withPackages(
  context: TestContext,
  dependencies: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): Brought | undefined {
  const packages = installed(dependencies);
  if (typeof packages === 'string') {
    context.skip(packages);
    return undefined;
  }
  return { runtime: 'nodejs24.x', handler: 'index.handler', files: { ...packages, ...files } };
}

/** A request as a function URL, or an HTTP API of AWS, hands it to a function (payload format 2.0). */
function httpEvent(method: string, path: string, body?: string): object {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: 'q=1',
    headers: { host: 'example.org', 'content-type': 'application/json' },
    queryStringParameters: { q: '1' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'example.org',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'r',
      routeKey: '$default',
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1_767_225_600_000,
    },
    body,
    isBase64Encoded: false,
  };
}

interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

test('middy with the batch processor of powertools: the bad record comes again alone', async (t) => {
  const brought = withPackages(
    t,
    { '@middy/core': '7.9.2', '@aws-lambda-powertools/batch': '2.35.0' },
    {
      'index.mjs': `
        import middy from '@middy/core';
        import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
        const processor = new BatchProcessor(EventType.SQS);
        const charge = async (record) => console.log('charged', JSON.parse(record.body).amount);
        const stages = { before: () => console.log('before'), after: () => console.log('after') };
        export const handler = middy(async (event, context) =>
          processPartialResponse(event, charge, processor, { context, throwOnFullBatchFailure: false }),
        ).use(stages);`,
    },
  );
  if (brought === undefined) return;
  const { dead, left, log } = await functions.handle(brought, ['{"amount": 1}', 'no JSON', '{"amount": 3}']);
  assert.deepEqual({ dead, left }, { dead: 'no JSON', left: 0 });
  assert.match(log, /before/);
  assert.match(log, /after/);
  assert.equal(log.match(/charged 1/g)?.length, 1);
  assert.equal(log.match(/charged 3/g)?.length, 1);
});

test('an Express application behind serverless-http', async (t) => {
  const brought = withPackages(
    t,
    { express: '5.3.0', 'serverless-http': '4.0.0' },
    {
      'index.js': `
        const express = require('express');
        const serverless = require('serverless-http');
        const app = express();
        app.use(express.json());
        app.post('/orders/:id', (request, response) => {
          response.status(201).set('x-from', 'express').json({ id: request.params.id, q: request.query.q, total: request.body.price * 2 });
        });
        app.post('/form', express.urlencoded({ extended: false }), (request, response) => {
          response.cookie('a', '1').cookie('b', '2').type('text').send(request.body.a);
        });
        app.get('/fails', () => { throw new Error('no'); });
        exports.handler = serverless(app);`,
    },
  );
  if (brought === undefined) return;
  const name = await functions.create(brought);
  const { payload } = await functions.invoke(name, httpEvent('POST', '/orders/7', '{"price": 21}'));
  const { statusCode, headers, body } = payload as HttpAnswer;
  assert.equal(statusCode, 201);
  assert.equal(headers['x-from'], 'express');
  assert.deepEqual(JSON.parse(body), { id: '7', q: '1', total: 42 });
  const failed = await functions.invoke(name, httpEvent('GET', '/fails'));
  assert.equal((failed.payload as HttpAnswer).statusCode, 500);
  assert.equal(failed.isError, false);

  const url = await functions.urlOf(name);
  const request = { method: 'POST', body: '{"price": 4}', headers: { 'content-type': 'application/json' } };
  const answer = await fetch(`${url}/orders/a%20b?q=x%2Fy`, request);
  assert.deepEqual([answer.status, answer.headers.get('x-from')], [201, 'express']);
  assert.deepEqual(await answer.json(), { id: 'a b', q: 'x/y', total: 8 });
  const form = await fetch(`${url}/form`, { method: 'POST', body: new URLSearchParams({ a: 'é&b' }) });
  assert.deepEqual([form.headers.getSetCookie(), await form.text()], [['a=1; Path=/', 'b=2; Path=/'], 'é&b']);
  assert.equal((await fetch(`${url}/fails`)).status, 500);
  assert.equal((await fetch(`${url}/none`)).status, 404);
});

test('a Hono application, buffered and streaming', async (t) => {
  const app = `
    import { Hono } from 'hono';
    import { streamText } from 'hono/streaming';
    import { handle, streamHandle } from 'hono/aws-lambda';
    const app = new Hono();
    app.get('/', (c) => c.text('Hello ' + c.req.query('q'), 203));
    app.get('/stream', (c) => streamText(c, async (stream) => {
      for (const part of ['one ', 'two']) { await stream.write(part); await stream.sleep(20); }
    }));
    export const buffered = handle(app);
    export const streaming = streamHandle(app);`;
  const brought = withPackages(t, { hono: '4.13.19' }, { 'index.mjs': app });
  if (brought === undefined) return;
  const buffered = await functions.run({ ...brought, handler: 'index.buffered' }, httpEvent('GET', '/'));
  const { statusCode, body } = buffered.payload as HttpAnswer;
  assert.deepEqual([statusCode, body], [203, 'Hello 1']);
  const streaming = await functions.create({ ...brought, handler: 'index.streaming' });
  const { chunks, error } = await functions.stream(streaming, httpEvent('GET', '/stream'));
  assert.equal(error, undefined);
  const [prelude = '', text] = chunks.join('').split('\0'.repeat(8));
  assert.equal((JSON.parse(prelude) as HttpAnswer).statusCode, 200);
  assert.equal(text, 'one two');
  const answer = await fetch(`${await functions.urlOf(streaming, 'RESPONSE_STREAM')}/stream`);
  assert.deepEqual([answer.status, await answer.text()], [200, 'one two']);
});
