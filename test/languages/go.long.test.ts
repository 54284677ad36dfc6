import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { RealFunctions, type PostedError } from './functions.ts';
import { missingToolchain, Project } from './projects.ts';
import { urlEvent } from './url-event.ts';

const skip = missingToolchain('go', 'version', 'https://go.dev/dl');
const BODIES = ['{"amount": 1}', 'no JSON', '{"amount": 3}'];
let functions: RealFunctions;
let project: Project;
before(async () => {
  if (skip !== false) return;
  functions = await RealFunctions.start();
  project = new Project('test/languages/go');
});
after(async () => {
  await functions?.[Symbol.asyncDispose]();
  project?.[Symbol.dispose]();
});

/** The same program under another name: Go's own cache has it ready. */
async function deployed(handler: string): Promise<string> {
  const said = await functions.deploy(project.folder, handler, ['--handler', handler]);
  assert.match(said, /^Building with Go …\n[\s\S]*is ready\.$/m);
  return handler;
}

test('of a batch, only the record that a Go function reports comes again', { skip }, async () => {
  const { dead, left, log } = await functions.feed(await deployed('charge'), BODIES);
  assert.deepEqual({ dead, left }, { dead: 'no JSON', left: 0 });
  for (const amount of [1, 3]) assert.equal(log.match(new RegExp(`charged ${amount}`, 'g'))?.length, 1, log);
});

test('a Go function answers, knows its invocation, and what it prints is in its log', { skip }, async () => {
  const name = await deployed('answer');
  const { payload, isError } = await functions.invoke(name);
  assert.equal(isError, false, JSON.stringify(payload));
  assert.deepEqual(payload, {
    function: name,
    version: '$LATEST',
    memory: 128,
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    request: 36,
    deadline: false,
  });
  await functions.invoke(name, { do: 'exit' });
  const log = await functions.log(name);
  for (const printed of ['by print', 'to stderr', 'without an end']) assert.match(log, new RegExp(printed));
});

test(
  'a Go function that fails, panics or exits: its caller learns of it, and the next one is served',
  { skip },
  async () => {
    const name = await deployed('answer');
    const failure = async (event: object): Promise<PostedError> => {
      const { payload, isError } = await functions.invoke(name, event);
      assert.ok(isError, JSON.stringify(payload));
      return payload as PostedError;
    };
    assert.deepEqual(await failure({ do: 'fail' }), {
      errorMessage: 'no budget: Ada',
      errorType: 'noBudget',
    });
    assert.deepEqual(await failure({ do: 'wrap' }), { errorMessage: 'outer: inner', errorType: 'wrapError' });
    const panicked = await failure({ do: 'panic' });
    assert.match(panicked.errorMessage, /nil pointer dereference/);
    assert.ok((panicked.stackTrace ?? []).length > 0);
    const exited = await failure({ do: 'exit' });
    assert.equal(exited.errorType, 'Runtime.ExitError');
    assert.match(exited.errorMessage, /exit status 7/);
    assert.equal((await functions.invoke(name)).isError, false);
  },
);

test('a Go program that ends at its start is told with its exit code', { skip }, async () => {
  const { payload, isError } = await functions.invoke(await deployed('nobody'));
  assert.ok(isError);
  assert.match(JSON.stringify(payload), /Runtime\.ExitError.*exit status 3/);
});

test(
  'aws-lambda-go/lambdaurl answers the event of a function URL to a caller who takes pieces',
  { skip },
  async () => {
    const name = await deployed('url');
    const { chunks, error } = await functions.stream(name, urlEvent('POST', '/kyiv', 'Ada'));
    assert.equal(error, undefined);
    const [prelude = '', body] = chunks.join('').split('\0'.repeat(8));
    const told = JSON.parse(prelude) as { statusCode: number; headers: Record<string, string> };
    assert.equal(told.statusCode, 201);
    assert.equal(told.headers['Content-Type'], 'text/plain');
    assert.equal(body, 'POST /kyiv Ada');
  },
);

test(
  'an answer that a Go function breaks off is told as its error, by the trailers behind it',
  { skip },
  async () => {
    const { payload, isError } = await functions.invoke(await deployed('broken'));
    assert.ok(isError, JSON.stringify(payload));
    assert.equal((payload as PostedError).errorMessage, 'no budget: Grace');
    assert.equal((payload as PostedError).errorType, 'noBudget');
  },
);

test(
  'a chi router behind aws-lambda-go-api-proxy answers the event of a function URL',
  { skip },
  async () => {
    const name = await deployed('chi');
    const { payload } = await functions.invoke(name, urlEvent('POST', '/kyiv', '{"name": "Ada"}'));
    const answer = payload as { statusCode: number; body: string };
    assert.deepEqual(
      [answer.statusCode, answer.body],
      [201, 'Hello Ada in kyiv, yes'],
      JSON.stringify(payload),
    );
    const none = (await functions.invoke(name, urlEvent('GET', '/a/b'))).payload;
    assert.equal((none as { statusCode: number }).statusCode, 404);
  },
);

test(
  'the AWS SDK for Go inside a function sends a message to the queue of the platform',
  { skip },
  async () => {
    const queue = await functions.queue('from-go');
    const { payload, isError } = await functions.invoke(await deployed('send'), { url: queue });
    assert.equal(isError, false, JSON.stringify(payload));
    assert.match(String(payload), /^[0-9a-f-]{36}$/);
    assert.equal(await functions.first(queue), 'from inside');
  },
);

test('the example in Go greets, one by one and from a queue', { skip }, async () => {
  using example = new Project('examples/go');
  await functions.deploy(example.folder, 'greetings');
  const { payload } = await functions.invoke('greetings', { name: 'Ada' });
  assert.deepEqual(payload, { greeting: 'Hello, Ada!' });
  const { dead, left, log } = await functions.feed('greetings', ['{"name": "Grace"}', 'no JSON']);
  assert.deepEqual({ dead, left }, { dead: 'no JSON', left: 0 });
  assert.match(log, /Hello, Grace!/);
});

test(
  "Go sources that do not compile are not uploaded, and the compiler's own error is shown",
  { skip },
  async () => {
    using example = new Project('examples/go');
    writeFileSync(join(example.folder, 'broken.go'), 'package main\n\nfunc broken() { return 1 }\n');
    await assert.rejects(
      functions.deploy(example.folder, 'broken'),
      ({ stderr }: { readonly stderr: string }) => {
        assert.match(stderr, /go failed in [\s\S]*broken\.go:3:24: too many return values/);
        return true;
      },
    );
  },
);
