import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CACHE } from '../conformance/clients/made-once.ts';
import { RealFunctions, type PostedError } from './functions.ts';
import { missingToolchain, Project } from './projects.ts';
import { urlEvent } from './url-event.ts';

const skip = missingToolchain('cargo', '--version', 'https://rustup.rs');
const BODIES = ['{"amount": 1}', 'no JSON', '{"amount": 3}'];
/** The crates that both projects need are compiled once, and quickly. */
const QUICK = { CARGO_TARGET_DIR: join(CACHE, 'cargo'), CARGO_PROFILE_RELEASE_OPT_LEVEL: '0' };
let functions: RealFunctions;
let project: Project;
before(async () => {
  if (skip !== false) return;
  functions = await RealFunctions.start();
  project = new Project('test/languages/rust');
});
after(async () => {
  await functions?.[Symbol.asyncDispose]();
  project?.[Symbol.dispose]();
});

async function deployed(handler: string): Promise<string> {
  const said = await functions.deploy(project.folder, handler, ['--handler', handler], QUICK);
  assert.match(said, /^Building with cargo …\n[\s\S]*is ready\.$/m);
  return handler;
}

test('of a batch, only the record that a Rust function reports comes again', { skip }, async () => {
  const { dead, left, log } = await functions.feed(await deployed('charge'), BODIES);
  assert.deepEqual({ dead, left }, { dead: 'no JSON', left: 0 });
  for (const amount of [1, 3]) assert.equal(log.match(new RegExp(`charged ${amount}`, 'g'))?.length, 1, log);
});

test(
  'a Rust function answers, knows its invocation, and what it prints is in its log',
  { skip },
  async () => {
    const name = await deployed('answer');
    const { payload, isError } = await functions.invoke(name);
    assert.equal(isError, false, JSON.stringify(payload));
    const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    assert.deepEqual(payload, { function: name, memory: 128, arn, request: 36, deadline: true });
    await functions.invoke(name, { do: 'exit' });
    const log = await functions.log(name);
    for (const printed of ['by println', 'to stderr']) assert.match(log, new RegExp(printed));
  },
);

test(
  'a Rust function that fails, panics or exits: its caller learns of it, and the next one is served',
  { skip },
  async () => {
    const name = await deployed('answer');
    const failure = async (event: object): Promise<PostedError> => {
      const { payload, isError } = await functions.invoke(name, event);
      assert.ok(isError, JSON.stringify(payload));
      return payload as PostedError;
    };
    const failed = await failure({ do: 'fail' });
    assert.equal(failed.errorMessage, 'no budget: Ada');
    assert.ok(failed.errorType.length > 0);
    assert.match((await failure({ do: 'panic' })).errorMessage, /Lambda panicked: on purpose/);
    const exited = await failure({ do: 'exit' });
    assert.equal(exited.errorType, 'Runtime.ExitError');
    assert.match(exited.errorMessage, /exit status 7/);
    assert.equal((await functions.invoke(name)).isError, false);
  },
);

test('a web application of axum answers the event of a function URL by lambda_http', { skip }, async () => {
  const name = await deployed('web');
  const { payload } = await functions.invoke(name, urlEvent('POST', '/kyiv', '{"name": "Ada"}'));
  const { statusCode, headers, body } = payload as {
    statusCode: number;
    headers: Record<string, string>;
    body: string;
  };
  assert.deepEqual([statusCode, headers['x-city'], body], [201, 'kyiv', 'HELLO, ADA!']);
  const none = (await functions.invoke(name, urlEvent('GET', '/a/b'))).payload;
  assert.equal((none as { statusCode: number }).statusCode, 404);
});

test('a Rust program that ends at its start is told with its exit code', { skip }, async () => {
  const { payload, isError } = await functions.invoke(await deployed('nobody'));
  assert.ok(isError);
  assert.match(JSON.stringify(payload), /Runtime\.ExitError.*exit status 3/);
});

test('the example in Rust greets, one by one and from a queue', { skip }, async () => {
  using example = new Project('examples/rust');
  await functions.deploy(example.folder, 'greetings', [], QUICK);
  const { payload } = await functions.invoke('greetings', { name: 'Ada' });
  assert.deepEqual(payload, { greeting: 'Hello, Ada!' });
  const { dead, left, log } = await functions.feed('greetings', ['{"name": "Grace"}', 'no JSON']);
  assert.deepEqual({ dead, left }, { dead: 'no JSON', left: 0 });
  assert.match(log, /Hello, Grace!/);
});
