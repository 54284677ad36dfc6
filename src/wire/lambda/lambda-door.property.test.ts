import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TARGET } from '../../dispatch/fixture/stage.ts';
import { LambdaClient, type Told } from './fixture/lambda-client.ts';
import { LAMBDA_ROUTES } from './routes.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const LABELS = ['f', 'f:1', ARN, `${ARN}:live`, '1', 'a b', '..', '%', '', '\u0000', '💥', 'x'.repeat(3000)];
/** Every operation finds what it needs; what it does not know it ignores. */
const GOOD: Readonly<Record<string, unknown>> = {
  ...{ FunctionName: 'g', Role: 'arn:aws:iam::000000000000:role/any', Runtime: 'nodejs22.x', Handler: 'a.b' },
  ...{
    Code: { ZipFile: 'emlw' },
    ZipFile: 'emlw',
    Content: { ZipFile: 'emlw' },
    Timeout: 3,
    MemorySize: 128,
  },
  ...{ Layers: [], Environment: { Variables: { AB: '1' } }, Tags: { a: '1' }, Architectures: ['x86_64'] },
  ...{ VpcConfig: {}, LoggingConfig: { LogFormat: 'JSON' }, EphemeralStorage: { Size: 512 } },
  ...{ Name: 'live', FunctionVersion: '$LATEST', RoutingConfig: {}, Description: 'd' },
  ...{
    StatementId: 's',
    Action: 'lambda:InvokeFunction',
    Principal: '*',
    Policy: '{}',
    RecursiveLoop: 'Allow',
  },
  ...{ EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:q', BatchSize: 1, FilterCriteria: {} },
  ...{ DestinationConfig: {}, MaximumRetryAttempts: 1, ScalingConfig: {}, UpdateRuntimeOn: 'Auto' },
  ...{ ReservedConcurrentExecutions: 0, ProvisionedConcurrentExecutions: 1, CompatibleRuntimes: [] },
  ...{ AllowedPublishers: { SigningProfileVersionArns: ['arn:aws:signer:us-east-1:000000000000:/p'] } },
};
const PARAMETERS = [
  'Qualifier',
  'MaxItems',
  'Marker',
  'FunctionVersion',
  'RevisionId',
  'tagKeys',
  'find',
  'Arn',
  'List',
];

/** What rooms that the client does not have say when a request got that far. */
const PASSED = /^this test has no /;

async function told(
  client: LambdaClient,
  method: string,
  target: string,
  sent: unknown,
): Promise<Told | undefined> {
  try {
    return await client.ask(method, target, { body: sent });
  } catch (error) {
    if (error instanceof Error && PASSED.test(error.message)) return undefined;
    throw error;
  }
}

/** An invocation waits for its end, which nobody brings here. */
const ROUTES = LAMBDA_ROUTES.filter(({ operation }) => operation !== 'InvokeFunction');

const label = fc.oneof(fc.constantFrom('f', ARN), fc.constantFrom(...LABELS)).map(encodeURIComponent);
const value = fc.oneof(
  fc.dictionary(fc.string(), fc.string()),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(ARN, 'f', 1, -1, 1e308, 'x'.repeat(300)),
);
const changed = fc
  .dictionary(fc.constantFrom(...Object.keys(GOOD)), value, { maxKeys: 2 })
  .map((wild) => ({ ...GOOD, ...wild }));
const body = fc.oneof({ weight: 9, arbitrary: changed }, { weight: 1, arbitrary: fc.string() });
const query = fc.dictionary(fc.constantFrom(...PARAMETERS), fc.constantFrom(...LABELS, '0', '51', '1e3'), {
  maxKeys: 2,
});

test('whatever is asked of Lambda is answered, or refused in its form', async () => {
  for (const { method, path } of ROUTES) {
    const asked = fc.asyncProperty(label, query, body, async (text, parameters, sent) => {
      const client = new LambdaClient();
      client.functions.add(TARGET);
      const target = `${path.replaceAll(/\{\w+\}/g, () => text)}?${new URLSearchParams(parameters).toString()}`;
      const answer = await told(client, method, target, sent);
      if (answer === undefined || answer.status < 400) return;
      assert.ok(answer.status < 500, `${answer.status} ${answer.text}`);
      assert.match(answer.headers['x-amzn-errortype'] ?? '', /^[A-Z]\w+Exception$/);
      assert.equal(typeof (answer.json.message ?? answer.json.Message), 'string');
    });
    await fc.assert(asked, { numRuns: 100 });
  }
});
