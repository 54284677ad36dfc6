import { connect } from '../../../ads/click-processor/connection.ts';
import { Pipeline, type Variant } from './pipeline.ts';

const { DATABASE_URL = '', YSB_VARIANT = '' } = process.env;
const pipeline = new Pipeline(connect(DATABASE_URL, 'ysb'), YSB_VARIANT as Variant);

/** The benchmark's consumer as a function. */
export async function handler(event: { readonly Records: readonly { readonly body: string }[] }): Promise<{
  readonly batchItemFailures: readonly never[];
}> {
  await pipeline.process(event.Records);
  return { batchItemFailures: [] };
}
