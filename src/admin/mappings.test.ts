import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DurableMappings } from '../dispatch/durable-mappings.ts';
import { DispatchStage, QUEUE, TARGET } from '../dispatch/fixture/stage.ts';
import { mappingsQuestion } from './mappings.ts';

const CALLER = { account: '000000000000', region: 'us-east-1', accessKeyId: '' };

test('concurrency and pace of each mapping of the caller are told', async () => {
  const stage = await DispatchStage.open();
  await stage.createQueue();
  stage.functions.add(TARGET);
  const mappings = await DurableMappings.open(stage.ports);
  const settings = { batchSize: 1, batchingWindowMs: 0, reportBatchItemFailures: false, enabled: true };
  const created = await mappings.create(QUEUE, TARGET, { ...settings, maximumConcurrency: 9 });
  assert.ok(created.ok);
  await stage.send('a', 'b', 'c', 'd', 'e');
  await stage.settled();
  await stage.advance(10);
  const payload = Buffer.from('{}');
  stage.invoker.first.end({
    kind: 'function-error',
    payload,
    errorType: 'ThrottlingException',
    errorMessage: '',
  });
  await stage.settled();
  const ask = mappingsQuestion(mappings);
  assert.deepEqual(await ask(new URLSearchParams(), CALLER), {
    kind: 'known',
    value: [
      {
        uuid: created.value.uuid,
        queueArn: 'arn:aws:sqs:us-east-1:000000000000:clicks',
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
        ...{ state: 'Enabled', running: 4, maximumConcurrency: 9 },
        ...{ paceLimit: 2, paceReason: 'throttled', paceCuts: 1, pacePauseMs: 0 },
      },
    ],
  });
  const others = { kind: 'known', value: [] };
  assert.deepEqual(await ask(new URLSearchParams('region=eu-west-1'), CALLER), others);
  assert.deepEqual(await ask(new URLSearchParams(), { ...CALLER, account: '111111111111' }), others);
});
