import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DurableMappings } from '../../dispatch/durable-mappings.ts';
import { DispatchStage, TARGET } from '../../dispatch/fixture/stage.ts';
import { LambdaClient, type Told } from './fixture/lambda-client.ts';

const PATH = '/2015-03-31/event-source-mappings';
const ARN = 'arn:aws:sqs:us-east-1:000000000000:clicks';

/** A door over true mappings, a queue and a function. */
async function client(): Promise<LambdaClient> {
  const stage = await DispatchStage.open();
  await stage.createQueue({ visibilityMs: 30_000 });
  stage.functions.add(TARGET);
  stage.functions.add({ ...TARGET, name: 'slow' }, { timeoutMs: 31_000 });
  return new LambdaClient({ mappings: await DurableMappings.open(stage.ports) });
}

function create(lambda: LambdaClient, body: object = {}, path = PATH): Promise<Told> {
  return lambda.ask('POST', path, { body: { EventSourceArn: ARN, FunctionName: 'f', ...body } });
}

test('a created mapping is answered 202 in state Creating, with the defaults of AWS', async () => {
  const lambda = await client();
  const { status, json } = await create(lambda, {}, `${PATH}/`);
  assert.equal(status, 202);
  assert.deepEqual(
    { ...json, UUID: '', EventSourceMappingArn: '' },
    {
      UUID: '',
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      EventSourceArn: ARN,
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      LastModified: 1_700_000_000,
      LastProcessingResult: 'No records processed',
      State: 'Creating',
      StateTransitionReason: 'USER_INITIATED',
      FunctionResponseTypes: [],
      EventSourceMappingArn: '',
    },
  );
  assert.equal(
    json.EventSourceMappingArn,
    `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${json.UUID}`,
  );
  assert.equal((await lambda.ask('GET', `${PATH}/${json.UUID}`)).json.State, 'Enabled');
});

test('every option of a queue’s mapping is kept and answered', async () => {
  const { json } = await create(await client(), {
    BatchSize: 500,
    MaximumBatchingWindowInSeconds: 5,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 7 },
    FilterCriteria: { Filters: [] },
  });
  assert.equal(json.BatchSize, 500);
  assert.equal(json.MaximumBatchingWindowInSeconds, 5);
  assert.deepEqual(json.FunctionResponseTypes, ['ReportBatchItemFailures']);
  assert.deepEqual(json.ScalingConfig, { MaximumConcurrency: 7 });
});

test('members of our own: a pace that may be turned off, and a back-off that grows', async () => {
  const lambda = await client();
  const { json } = await create(lambda, {
    AdaptivePace: false,
    RetryBackoff: { FirstDelaySeconds: 5, LongestDelaySeconds: 600 },
  });
  assert.equal(json.AdaptivePace, false);
  assert.deepEqual(json.RetryBackoff, { FirstDelaySeconds: 5, LongestDelaySeconds: 600 });
  const path = `${PATH}/${json.UUID as string}`;
  const change = async (body: object): Promise<Told> => lambda.ask('PUT', path, { body });
  const longest = await change({ RetryBackoff: { FirstDelaySeconds: 2 } });
  assert.deepEqual(longest.json.RetryBackoff, { FirstDelaySeconds: 2, LongestDelaySeconds: 43_200 });
  assert.equal((await change({ RetryBackoff: {} })).json.RetryBackoff, undefined);
  const refused: [object, RegExp][] = [
    [{ FirstDelaySeconds: 0 }, /'retryBackoff\.firstDelaySeconds' .* greater than or equal to 1$/],
    [{ FirstDelaySeconds: 43_201 }, /less than or equal to 43200/],
    [{ LongestDelaySeconds: 60 }, /'retryBackoff\.firstDelaySeconds' .* must not be null$/],
    [{ FirstDelaySeconds: 9, LongestDelaySeconds: 8 }, /longestDelaySeconds' .* greater than or equal to 9$/],
  ];
  for (const [RetryBackoff, sentence] of refused) {
    const answer = await change({ RetryBackoff });
    assert.equal(answer.status, 400);
    assert.match(String(answer.json.message ?? answer.json.Message), sentence);
  }
  assert.equal((await change({ RetryBackoff: { FirstDelaySeconds: '1' } })).status, 400);
  assert.equal((await change({ AdaptivePace: 'no' })).status, 400);
});

test('what AWS would refuse is refused with its sentence', async () => {
  const lambda = await client();
  const cases: [object, string, RegExp][] = [
    [{ BatchSize: 0 }, 'ValidationException', /Value '0' at 'batchSize' .* greater than or equal to 1$/],
    [
      { BatchSize: 11 },
      'InvalidParameterValueException',
      /^Maximum batch window in seconds must be greater than 0/,
    ],
    [{ MaximumBatchingWindowInSeconds: 301 }, 'ValidationException', /less than or equal to 300/],
    [
      { ScalingConfig: { MaximumConcurrency: 1 } },
      'ValidationException',
      /'scalingConfig\.maximumConcurrency'/,
    ],
    [
      { FunctionResponseTypes: ['All'] },
      'ValidationException',
      /enum value set: \[ReportBatchItemFailures\]/,
    ],
    [
      { FilterCriteria: { Filters: [{ Pattern: '{}' }] } },
      'InvalidParameterValueException',
      /^Invalid filter pattern definition\./,
    ],
    [{ ParallelizationFactor: 2 }, 'InvalidParameterValueException', /not valid for SQS/],
    [
      { EventSourceArn: `${ARN}s` },
      'InvalidParameterValueException',
      /The specified queue does not exist\.$/,
    ],
    [
      { EventSourceArn: 'arn:aws:kinesis:us-east-1:0:stream/s' },
      'InvalidParameterValueException',
      /Unrecognized event source/,
    ],
    [
      { EventSourceArn: `${ARN}.fifo`, BatchSize: 11, MaximumBatchingWindowInSeconds: 1 },
      'InvalidParameterValueException',
      /FIFO/,
    ],
    [{ FunctionName: 'g' }, 'InvalidParameterValueException', /^Function does not exist$/],
    [
      { FunctionName: 'slow' },
      'InvalidParameterValueException',
      /^Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds$/,
    ],
    [{ FunctionName: 'f:prod' }, 'InvalidParameterValueException', /^Function does not exist$/],
  ];
  for (const [body, code, sentence] of cases) {
    const { headers, json } = await create(lambda, body);
    assert.equal(headers['x-amzn-errortype'], code, JSON.stringify(body));
    assert.match(String(json.message ?? json.Message), sentence);
  }
  assert.deepEqual((await lambda.ask('GET', PATH)).json, { EventSourceMappings: [] });
});

test('members that nobody knows are ignored, as AWS does', async () => {
  const lambda = await client();
  const { status, json } = await create(lambda, { Colour: 'red', ScalingConfig: { More: 1 } });
  assert.equal(status, 202);
  assert.equal('Colour' in json, false);
  const change = { BatchSize: 3, Colour: 'red' };
  const changed = await lambda.ask('PUT', `${PATH}/${json.UUID as string}`, { body: change });
  assert.deepEqual([changed.status, changed.json['BatchSize']], [202, 3]);
});

test('a second mapping of the same queue and function is a conflict that names the first', async () => {
  const lambda = await client();
  const first = await create(lambda);
  const { status, json } = await create(lambda);
  assert.equal(status, 409);
  assert.match(json.message as string, new RegExp(`already exists.*UUID ${first.json.UUID as string}$`));
});

test('a mapping is updated, listed by queue and function, and deleted', async () => {
  const lambda = await client();
  const path = `${PATH}/${(await create(lambda)).json.UUID as string}`;
  const updated = await lambda.ask('PUT', path, { body: { Enabled: false, BatchSize: 3 } });
  assert.equal(updated.status, 202);
  assert.deepEqual([updated.json.State, updated.json.BatchSize], ['Disabling', 3]);
  const listed = async (query: string): Promise<number> =>
    (await lambda.ask('GET', `${PATH}?${query}`)).json.EventSourceMappings.length as number;
  assert.equal(await listed(`EventSourceArn=${encodeURIComponent(ARN)}&FunctionName=f`), 1);
  assert.equal(await listed('FunctionName=g'), 0);
  assert.equal(await listed(`EventSourceArn=${encodeURIComponent(`${ARN}x`)}`), 0);
  const deleted = await lambda.ask('DELETE', path);
  assert.deepEqual([deleted.status, deleted.json.State], [202, 'Deleting']);
  await new Promise(setImmediate);
  const gone = await lambda.ask('GET', path);
  assert.equal(gone.status, 404);
  assert.deepEqual(gone.json, { Type: 'User', Message: 'The resource you requested does not exist.' });
});

test('filters go with an empty FilterCriteria, with a list in it or without, and stay when none is given', async () => {
  const Filters = [{ Pattern: '{"body":{"kind":["click"]}}' }];
  const lambda = await client();
  const path = `${PATH}/${(await create(lambda, { FilterCriteria: { Filters } })).json.UUID as string}`;
  const change = async (body: object): Promise<unknown> =>
    (await lambda.ask('PUT', path, { body })).json.FilterCriteria;
  assert.deepEqual(await change({ BatchSize: 3 }), { Filters });
  assert.equal(await change({ FilterCriteria: {} }), undefined);
  assert.deepEqual(await change({ FilterCriteria: { Filters } }), { Filters });
  assert.equal(await change({ FilterCriteria: { Filters: [] } }), undefined);
});

test('an update that would contradict what is kept is refused, and changes nothing', async () => {
  const lambda = await client();
  const path = `${PATH}/${(await create(lambda)).json.UUID as string}`;
  assert.equal((await lambda.ask('PUT', path, { body: { BatchSize: 50 } })).status, 400);
  assert.equal((await lambda.ask('GET', path)).json.BatchSize, 10);
});

test('a mapping of another account is not found', async () => {
  const lambda = await client();
  const path = `${PATH}/${(await create(lambda)).json.UUID as string}`;
  const other = await lambda.ask('GET', path, { caller: { account: '111111111111' } });
  assert.equal(other.status, 404);
});

test('a mapping carries tags', async () => {
  const lambda = await client();
  const created = await create(lambda, { Tags: { team: 'ads' } });
  const path = `/2017-03-31/tags/${encodeURIComponent(created.json.EventSourceMappingArn as string)}`;
  assert.deepEqual((await lambda.ask('GET', path)).json, { Tags: { team: 'ads' } });
  await lambda.ask('POST', path, { body: { Tags: { stage: 'test' } } });
  await lambda.ask('DELETE', `${path}?tagKeys=team`);
  assert.deepEqual((await lambda.ask('GET', path)).json, { Tags: { stage: 'test' } });
});
