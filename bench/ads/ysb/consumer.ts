import postgres from 'postgres';
import { MOST_AT_ONCE } from '../../../ads/click-processor/at-once.ts';
import { consume } from '../../../ads/consumer/consumer.ts';
import { clientsFor } from '../../../ads/deploy/clients.ts';
import { Pipeline, type Variant } from './pipeline.ts';

/** The benchmark's consumer as a program that always runs: `consumer.ts VARIANT`, until SIGTERM. */
const { AWS_ENDPOINT_URL = '', QUEUE_URL = '', DATABASE_URL = '' } = process.env;
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
const sql = postgres(DATABASE_URL, { max: MOST_AT_ONCE, onnotice: () => undefined });
const { sqs } = clientsFor(AWS_ENDPOINT_URL);
const processor = new Pipeline(sql, process.argv[2] as Variant);
await consume({ sqs, processor, queueUrl: QUEUE_URL, workers: MOST_AT_ONCE, signal: stopping.signal });
await sql.end({ timeout: 5 });
sqs.destroy();
