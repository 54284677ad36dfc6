import { join } from 'node:path';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { consumerForm, mappedForm, type Form } from '../../../ads/compare/forms.ts';
import { layGround, type Ground } from '../../../ads/compare/ground.ts';
import { ensureFunction } from '../../../ads/deploy/functions.ts';
import { ensureMapping } from '../../../ads/deploy/mapping.ts';
import { ensureClickQueue } from '../../../ads/deploy/queues.ts';
import { packageYsb } from './package-ysb.ts';
import type { Variant } from './pipeline.ts';
import { makeTables } from './tables.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;

/** As long as the function may take, the least that AWS allows: after it comes again what somebody had who was killed. */
const VISIBILITY_SECONDS = '15';

/** The two forms that run the same code. */
export const FORMS = ['function', 'consumer'] as const;

/** One form of the benchmark's consumer, running on a platform and a database of its own. */
export interface YsbGround extends AsyncDisposable {
  readonly variant: Variant;
  /** With the queue of the events. */
  readonly ground: Ground;
  readonly form: Form;
}

/** Brings it up and turns it on. */
export async function layYsb(variant: Variant, kind: (typeof FORMS)[number]): Promise<YsbGround> {
  await using stack = new AsyncDisposableStack();
  const laid = stack.use(await layGround(ROOT));
  await makeTables(laid.ledger);
  const queue = await ensureClickQueue(laid.clients.sqs, `ysb-${variant}`);
  await laid.clients.sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: queue.url,
      Attributes: { VisibilityTimeout: VISIBILITY_SECONDS },
    }),
  );
  const ground: Ground = { ...laid, queue };
  const form = kind === 'function' ? await deployed(ground, variant) : consumer(ground, variant);
  stack.defer(() => form.turnOff());
  await form.turnOn();
  const moved = stack.move();
  return { variant, ground, form, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

async function deployed(ground: Ground, variant: Variant): Promise<Form> {
  const { lambda } = ground.clients;
  const name = `ysb-${variant}`;
  await ensureFunction(lambda, {
    ...{ name, zip: packageYsb(ROOT), runtime: 'nodejs22.x', handler: 'bench/ads/ysb/function.handler' },
    variables: { DATABASE_URL: ground.ledger.url, YSB_VARIANT: variant },
  });
  await ensureMapping(lambda, name, ground.queue.arn);
  return mappedForm(ground);
}

function consumer(ground: Ground, variant: Variant): Form {
  return consumerForm(ground, [join(ROOT, 'bench', 'ads', 'ysb', 'consumer.ts'), variant]);
}
