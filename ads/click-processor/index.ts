import { connect } from './connection.ts';
import { ClickProcessor } from './processor.ts';
import { senderOfEnvironment } from './queue-sender.ts';

/** The part of an SQS event that is read here. */
export interface ClickEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** What a mapping with ReportBatchItemFailures understands. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

const url = process.env['DATABASE_URL'];
if (url === undefined)
  throw new Error('Set the variable DATABASE_URL of this function to the ledger database.');
const sql = connect(url, 'click-processor');
const processor = new ClickProcessor({ sql, send: senderOfEnvironment(process.env) });

/** Records the clicks, views and reports of one batch; messages that nobody can read are reported as failed. */
export async function handler(event: ClickEvent): Promise<BatchResponse> {
  const failedIds = await processor.process(event.Records);
  return { batchItemFailures: failedIds.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** Closes the connection; for a process that ends by itself, which an environment does not. */
export async function disconnect(): Promise<void> {
  await sql.end();
}
