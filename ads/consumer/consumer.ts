import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClickProcessor } from '../click-processor/processor.ts';
import { Outage } from './outage.ts';

/** What the long-lived consumer works with. */
export interface ConsumerOptions {
  readonly sqs: SQSClient;
  readonly processor: Pick<ClickProcessor, 'process'>;
  readonly queueUrl: string;
  /** How many batches are handled at once. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Waits so many milliseconds, or until `signal`. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const PAUSE_MS = 500;

/**
 * The classical form of the click processor: an application that always runs, asks the queue for messages, charges
 * them with the same module as the function, and deletes what is done. Resolves after `signal`, when the
 * batches under way are finished.
 */
export async function consume(options: ConsumerOptions): Promise<void> {
  const outage = new Outage();
  await Promise.all(Array.from({ length: options.workers }, (_, worker) => work(options, worker, outage)));
}

async function work(options: ConsumerOptions, worker: number, outage: Outage): Promise<void> {
  const { signal, pause = pauseUnless } = options;
  while (!signal.aborted) {
    let at: 'asking' | 'handling' = 'asking';
    try {
      const messages = await receive(options);
      at = 'handling';
      await handle(options, messages);
      outage.worked(worker, messages.length);
    } catch (error) {
      if (signal.aborted) return;
      outage.failed(worker, at, error);
      await pause(PAUSE_MS, signal);
    }
  }
}

function pauseUnless(ms: number, signal: AbortSignal): Promise<unknown> {
  return sleep(ms, undefined, { signal }).catch(() => undefined);
}

async function receive({ sqs, queueUrl, signal }: ConsumerOptions): Promise<readonly Message[]> {
  const asked = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 20,
  });
  return (await sqs.send(asked, { abortSignal: signal })).Messages ?? [];
}

/** What failed is left alone: it comes again when its visibility time ends. */
async function handle(
  { sqs, processor, queueUrl }: ConsumerOptions,
  messages: readonly Message[],
): Promise<void> {
  const queued = messages.map(({ MessageId = '', Body = '' }) => ({ messageId: MessageId, body: Body }));
  const failed = new Set(await processor.process(queued));
  const Entries = messages
    .filter(({ MessageId = '' }) => !failed.has(MessageId))
    .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
}
