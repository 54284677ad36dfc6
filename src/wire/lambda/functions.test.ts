import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaClient, type Told } from './fixture/lambda-client.ts';

const ROLE = 'arn:aws:iam::000000000000:role/any';
const PATH = '/2015-03-31/functions';

const wanted = {
  FunctionName: 'f',
  Role: ROLE,
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Code: { ZipFile: Buffer.from('zip').toString('base64') },
};

function create(client: LambdaClient, change: object = {}): Promise<Told> {
  return client.ask('POST', PATH, { body: { ...wanted, ...change } });
}

test('a created function is pending, with the defaults of AWS', async () => {
  const client = new LambdaClient();
  client.functions.stateOfNew = { kind: 'pending' };
  const { status, json } = await create(client);
  assert.equal(status, 201);
  assert.equal(json['FunctionArn'], 'arn:aws:lambda:us-east-1:000000000000:function:f');
  assert.deepEqual(
    [json['State'], json['StateReasonCode'], json['Timeout'], json['MemorySize'], json['Version']],
    ['Pending', 'Creating', 3, 128, '$LATEST'],
  );
  assert.equal(json['CodeSize'], 3);
  assert.match(json['LastModified'] as string, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
  assert.equal('Environment' in json, false);
});

test('once unpacked a function is active and its update successful', async () => {
  const client = new LambdaClient();
  await create(client, { Tags: { team: 'ads' }, Environment: { Variables: { LEVEL: 'high' } } });
  const { json } = await client.ask('GET', `${PATH}/f`);
  assert.equal(json['Configuration'].State, 'Active');
  assert.equal(json['Configuration'].LastUpdateStatus, 'Successful');
  assert.deepEqual(json['Configuration'].Environment, { Variables: { LEVEL: 'high' } });
  assert.deepEqual(json['Tags'], { team: 'ads' });
});

test('the link of GetFunction serves the zip, until it expires or is changed', async () => {
  const client = new LambdaClient();
  await create(client);
  const link = new URL((await client.ask('GET', `${PATH}/f`)).json['Code'].Location as string);
  const fetched = await client.ask('GET', link.pathname + link.search);
  assert.equal(fetched.text, 'zip');
  assert.equal(fetched.headers['content-type'], 'application/zip');
  const other = link.pathname.replace('/f/', '/g/') + link.search;
  assert.equal((await client.ask('GET', other)).status, 403);
  client.clock.advance(600_001);
  assert.equal((await client.ask('GET', link.pathname + link.search)).status, 403);
});

test('a name may come in every form, in the path too', async () => {
  const client = new LambdaClient();
  await create(client);
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
  for (const name of ['f', 'f:$LATEST', '000000000000:function:f', arn, `${arn}:$LATEST`]) {
    const { status, json } = await client.ask('GET', `${PATH}/${encodeURIComponent(name)}/configuration`);
    assert.equal(status, 200, name);
    assert.equal(json['FunctionName'], 'f');
  }
});

test('a function or version that is not there is named by its ARN in the error', async () => {
  const client = new LambdaClient();
  await create(client);
  const missing = await client.ask('GET', `${PATH}/g`);
  assert.equal(missing.status, 404);
  assert.equal(missing.headers['x-amzn-errortype'], 'ResourceNotFoundException');
  assert.deepEqual(missing.json, {
    Type: 'User',
    Message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:g',
  });
  const version = await client.ask('GET', `${PATH}/f?Qualifier=7`);
  assert.equal(
    version.json['Message'],
    'Function not found: arn:aws:lambda:us-east-1:000000000000:function:f:7',
  );
});

test('broken constraints are named together, as AWS does', async () => {
  const { status, headers, json } = await create(new LambdaClient(), { Timeout: 1801, MemorySize: 64 });
  assert.equal(status, 400);
  assert.equal(headers['x-amzn-errortype'], 'ValidationException');
  assert.equal(
    json['message'],
    "2 validation errors detected: Value '1801' at 'timeout' failed to satisfy constraint: Member must have value " +
      "less than or equal to 1800; Value '64' at 'memorySize' failed to satisfy constraint: Member must have value " +
      'greater than or equal to 128',
  );
});

test('what AWS would refuse is refused with its sentence, and nothing is created', async () => {
  const client = new LambdaClient();
  const cases: [object, RegExp][] = [
    [{ FunctionName: 'a b' }, /at 'functionName' failed to satisfy constraint/],
    [{ FunctionName: undefined }, /Value null at 'functionName'/],
    [{ Role: 'me' }, /at 'role' failed to satisfy constraint: Member must satisfy regular expression/],
    [{ Runtime: 'cobol1' }, /Value cobol1 at 'runtime' .* \[nodejs22\.x, provided\.al2023\]/],
    [{ Handler: undefined }, /Runtime and Handler are mandatory/],
    [{ Code: undefined }, /Value null at 'code'/],
    [{ Code: {} }, /Please provide a source for function code/],
    [{ Code: { S3Bucket: 'b', S3Key: 'k' } }, /S3Bucket is not supported .* ZipFile/],
    [{ PackageType: 'Image' }, /PackageType Image is not supported/],
    [{ Layers: ['arn:x'] }, /'\[arn:x\]' at 'layers' failed to satisfy constraint/],
    [{ Timeout: 'soon' }, /STRING_VALUE can not be converted to an Integer/],
    [{ Environment: { Variables: { AWS_REGION: 'x' } } }, /Reserved keys used in this request: AWS_REGION/],
    [{ Environment: { Variables: { LONG: 'x'.repeat(5000) } } }, /exceeded the 4KB limit/],
    [{ Code: { ZipFile: Buffer.from('bad').toString('base64') } }, /Not a zip/],
  ];
  for (const [change, sentence] of cases) {
    const { status, json } = await create(client, change);
    assert.equal(status, 400, JSON.stringify(change));
    assert.match(json['message'] as string, sentence);
  }
  assert.deepEqual(client.functions.list('000000000000', 'us-east-1'), []);
});

test('members that say nothing are taken, whatever they are', async () => {
  const nothing = { Layers: [], VpcConfig: { SubnetIds: [], SecurityGroupIds: [] }, DeadLetterConfig: null };
  assert.equal((await create(new LambdaClient(), nothing)).status, 201);
});

test('members that nobody knows are ignored, as AWS does', async () => {
  const client = new LambdaClient();
  const made = await create(client, { Whatever: { deep: [1] }, Environment: { Variables: {}, More: 1 } });
  assert.equal(made.status, 201);
  assert.equal('Whatever' in made.json, false);
  const one = '/2015-03-31/functions/f';
  const changes: [string, string, object][] = [
    ['PUT', `${one}/configuration`, { Timeout: 9, Colour: 'red' }],
    ['PUT', '/2017-10-31/functions/f/concurrency', { ReservedConcurrentExecutions: 0, Colour: 'red' }],
  ];
  for (const [method, path, body] of changes) {
    const { status, text } = await client.ask(method, path, { body });
    assert.ok(status < 300, `${path}: ${text}`);
  }
  assert.equal((await client.ask('GET', `${one}/configuration`)).json['Timeout'], 9);
});

test('a second function of the same name is a conflict', async () => {
  const client = new LambdaClient();
  await create(client);
  const { status, json } = await create(client);
  assert.equal(status, 409);
  assert.deepEqual(json, { Type: 'User', message: 'Function already exist: f' });
});

test('broken JSON and an unknown path are told, not crashed on', async () => {
  const client = new LambdaClient();
  const broken = await client.ask('POST', PATH, { body: '{"FunctionName":' });
  assert.equal(broken.status, 400);
  assert.equal(broken.headers['x-amzn-errortype'], 'InvalidRequestContentException');
  assert.match(broken.json['message'] as string, /^Could not parse request body into json/);
  const unknown = await client.ask('GET', '/2015-03-31/nothing');
  assert.equal(unknown.status, 404);
  assert.equal(unknown.headers['x-amzn-errortype'], 'UnknownOperationException');
});

test('updates change what they name, and only the revision that was asked for', async () => {
  const client = new LambdaClient();
  const created = await create(client);
  const path = `${PATH}/f/configuration`;
  const changed = await client.ask('PUT', path, {
    body: { Timeout: 9, RevisionId: created.json['RevisionId'] },
  });
  assert.equal(changed.json['LastUpdateStatus'], 'InProgress');
  assert.deepEqual([changed.json['Timeout'], changed.json['MemorySize']], [9, 128]);
  const late = await client.ask('PUT', path, {
    body: { Timeout: 5, RevisionId: created.json['RevisionId'] },
  });
  assert.equal(late.status, 412);
  assert.equal(late.headers['x-amzn-errortype'], 'PreconditionFailedException');
  const code = await client.ask('PUT', `${PATH}/f/code`, {
    body: { ZipFile: Buffer.from('other zip').toString('base64') },
  });
  assert.equal(code.json['CodeSize'], 9);
  assert.equal((await client.ask('GET', path)).json['LastUpdateStatus'], 'Successful');
});

test('a list goes on where its page ended', async () => {
  const client = new LambdaClient();
  for (const FunctionName of ['a', 'b', 'c']) await create(client, { FunctionName });
  const first = await client.ask('GET', `${PATH}?MaxItems=2`);
  assert.deepEqual(
    first.json['Functions'].map((one: { FunctionName: string }) => one.FunctionName),
    ['a', 'b'],
  );
  const rest = await client.ask('GET', `${PATH}/?Marker=${first.json['NextMarker'] as string}`);
  assert.deepEqual(
    rest.json['Functions'].map((one: { FunctionName: string }) => one.FunctionName),
    ['c'],
  );
  assert.equal('NextMarker' in rest.json, false);
  assert.equal((await client.ask('GET', `${PATH}?MaxItems=0`)).status, 400);
});

test('a deleted function is gone; its latest version alone cannot be deleted', async () => {
  const client = new LambdaClient();
  await create(client);
  assert.equal((await client.ask('DELETE', `${PATH}/f?Qualifier=$LATEST`)).status, 400);
  assert.equal((await client.ask('DELETE', `${PATH}/f`)).status, 204);
  assert.equal((await client.ask('DELETE', `${PATH}/f`)).status, 404);
});

test('tags are set, listed and removed by the ARN', async () => {
  const client = new LambdaClient();
  await create(client, { Tags: { old: '1' } });
  const path = `/2017-03-31/tags/${encodeURIComponent('arn:aws:lambda:us-east-1:000000000000:function:f')}`;
  assert.equal((await client.ask('POST', path, { body: { Tags: { new: '2' } } })).status, 204);
  assert.equal((await client.ask('DELETE', `${path}?tagKeys=old`)).status, 204);
  const none = await client.ask('DELETE', path);
  assert.match(none.json['message'] as string, /Value null at 'tagKeys' failed to satisfy constraint/);
  assert.deepEqual((await client.ask('GET', path)).json, { Tags: { new: '2' } });
  assert.equal((await client.ask('GET', `${path}x`)).status, 404);
});

test('account settings tell the limits and what is used', async () => {
  const client = new LambdaClient();
  await create(client);
  const { json } = await client.ask('GET', '/2016-08-19/account-settings');
  assert.equal(json['AccountLimit'].ConcurrentExecutions, 10);
  assert.deepEqual(json['AccountUsage'], { TotalCodeSize: 3, FunctionCount: 1 });
});

test('a body over the limit is refused with the operation’s own limit', () => {
  const { door } = new LambdaClient();
  const head = { method: 'POST', path: PATH, query: '', headers: {}, requestId: 'r' as never };
  assert.equal(door.bodyLimitBytes(head), 70_167_211);
  const answer = door.refuse(head, { type: 'RequestEntityTooLargeException', status: 413, message: 'x' });
  assert.equal(answer.status, 413);
  assert.match(String(answer.body), /smaller than 70167211 bytes for the CreateFunction operation/);
});

test('the architecture of a function may change with its code; a dry run says so and changes nothing', async () => {
  const client = new LambdaClient();
  await create(client);
  const change = (body: object): Promise<Told> =>
    client.ask('PUT', `${PATH}/f/code`, { body: { ...wanted.Code, Architectures: ['arm64'], ...body } });
  const now = async (): Promise<unknown> =>
    (await client.ask('GET', `${PATH}/f/configuration`)).json['Architectures'];
  assert.deepEqual((await change({ DryRun: true })).json['Architectures'], ['arm64']);
  assert.deepEqual(await now(), ['x86_64']);
  assert.deepEqual((await change({})).json['Architectures'], ['arm64']);
  assert.deepEqual(await now(), ['arm64']);
});

test('whether traces are to be recorded is kept and shown', async () => {
  const client = new LambdaClient();
  const created = await create(client, { TracingConfig: { Mode: 'Active' } });
  assert.deepEqual(created.json['TracingConfig'], { Mode: 'Active' });
  const update = async (body: object): Promise<unknown> =>
    (await client.ask('PUT', `${PATH}/f/configuration`, { body })).json['TracingConfig'];
  assert.deepEqual(await update({ Timeout: 4 }), { Mode: 'Active' });
  assert.deepEqual(await update({ TracingConfig: { Mode: 'PassThrough' } }), { Mode: 'PassThrough' });
});

test('names of variables and tags that AWS does not have are refused; variables, which may be secret, are not shown', async () => {
  const refusal = async (change: object): Promise<readonly unknown[]> => {
    const { headers, json } = await create(new LambdaClient(), change);
    return [headers['x-amzn-errortype'], json['message']];
  };
  assert.deepEqual(await refusal({ Environment: { Variables: { '1x': 'secret' } } }), [
    'ValidationException',
    "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: " +
      '[Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]',
  ]);
  const [type, message] = await refusal({ Tags: { 'a#': 'b' } });
  assert.equal(type, 'ValidationException');
  assert.match(
    String(message),
    /Value '\{a#=b\}' at 'tags' failed .* Map keys .* equal to 128, .* pattern: /,
  );
  const [, ofValue] = await refusal({ Tags: { a: 'x'.repeat(257) } });
  assert.match(String(ofValue), /at 'tags' failed .* Map value must .* less than or equal to 256, /);
});

test('a runtime that AWS has retired is refused with the one to use; a misspelt one with all that there are', async () => {
  const refusal = async (Runtime: string): Promise<unknown> =>
    (await create(new LambdaClient(), { Runtime })).json['message'];
  const retired =
    'is no longer supported for creating or updating AWS Lambda functions. We recommend you use';
  assert.equal(
    await refusal('nodejs12.x'),
    `The runtime parameter of nodejs12.x ${retired} the new runtime (nodejs22.x) while creating or updating functions.`,
  );
  assert.equal(
    await refusal('go1.x'),
    `The runtime parameter of go1.x ${retired} the new runtime (provided.al2023) while creating or updating functions.`,
  );
  assert.equal(
    await refusal('ruby2.7'),
    `The runtime parameter of ruby2.7 ${retired} a supported runtime while creating or updating functions.`,
  );
  assert.match(
    String(await refusal('nodejs12')),
    /^Value nodejs12 at 'runtime' failed .*\[nodejs22.x, provided.al2023\]/,
  );
});

test('no function has a point in its name: none is made with one, and one asked for is not there', async () => {
  const client = new LambdaClient();
  const made = await create(client, { FunctionName: 'a.b' });
  assert.equal(made.headers['x-amzn-errortype'], 'ValidationException');
  assert.match(made.json['message'], /'a.b' at 'functionName' failed .* pattern: /);
  const asked = await client.ask('GET', `${PATH}/a.b`);
  assert.deepEqual(
    [asked.status, asked.json['Message']],
    [404, 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:a.b'],
  );
});

test('snapshots are refused; for a runtime that AWS has none of either, in its words', async () => {
  const SnapStart = { ApplyOn: 'PublishedVersions' };
  const { json } = await create(new LambdaClient(), { SnapStart });
  assert.equal(json['message'], 'nodejs22.x is not supported for SnapStart enabled functions.');
});

test('a broken pattern is spelled as the service model has it', async () => {
  const { json } = await create(new LambdaClient(), { Role: 'r' });
  assert.match(json['message'], /pattern: arn:\(aws\[a-zA-Z-\]\*\)\?:iam::\\d\{12\}:role\/\?\[/);
});
