import { MOST_AT_ONCE } from '../click-processor/at-once.ts';
import { connectTo } from '../click-processor/connect.ts';
import { ClickProcessor } from '../click-processor/processor.ts';
import { senderOfEnvironment } from '../click-processor/queue-sender.ts';
import { clientsFor } from '../deploy/clients.ts';
import { consume } from './consumer.ts';

/** A batch that a lock holds up takes seconds; what takes longer than this never ends. */
const LONGEST_QUERY_MS = 30_000;

/** Starts the consumer as a program: `AWS_ENDPOINT_URL`, `QUEUE_URL` and `DATABASE_URL` say where; ends on SIGTERM. */
async function main(): Promise<void> {
  const [endpoint, queueUrl, databaseUrl] = ['AWS_ENDPOINT_URL', 'QUEUE_URL', 'DATABASE_URL'].map(required);
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  const sql = connectTo(databaseUrl ?? '', { max: MOST_AT_ONCE, longestQueryMs: LONGEST_QUERY_MS });
  const { sqs } = clientsFor(endpoint ?? '');
  const processor = new ClickProcessor({ sql, send: senderOfEnvironment(process.env) });
  const workers = MOST_AT_ONCE;
  await consume({ sqs, processor, queueUrl: queueUrl ?? '', workers, signal: stopping.signal });
  await sql.end({ timeout: 5 });
  sqs.destroy();
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`Set ${name}.`);
  return value;
}

await main();
