import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeCampaignChange, type CampaignChange } from '../messages/campaign-change.ts';

/** What a listener works with. */
export interface ListenerOptions {
  readonly sqs: SQSClient;
  readonly queueName: string;
  /** Called when the queue is there: from now on messages may be sent to it. */
  readonly ready: () => void;
  readonly hear: (changes: readonly CampaignChange[]) => void;
}

const PAUSE_MS = 1000;
/** Older messages say nothing that the catalogue does not: they need not be kept long. */
const RETENTION_SECONDS = 3600;

/**
 * Hears at once when a campaign stops or goes on: always one receive waits at the queue of this ad server. While the
 * broker is away it tries again every second.
 */
export class CampaignListener {
  readonly #options: ListenerOptions;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#ended = this.#listen();
  }

  /** Resolves when nothing is heard any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #listen(): Promise<void> {
    const { signal } = this.#stopping;
    let queueUrl: string | undefined;
    while (!signal.aborted) {
      try {
        queueUrl ??= await this.#queue(signal);
        this.#options.ready();
        await this.#receive(queueUrl, signal);
      } catch {
        queueUrl = undefined;
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** The queue is made here, so that an ad server needs nobody's preparation. */
  async #queue(abortSignal: AbortSignal): Promise<string> {
    const QueueName = this.#options.queueName;
    const Attributes = { MessageRetentionPeriod: String(RETENTION_SECONDS) };
    const made = await this.#options.sqs.send(new CreateQueueCommand({ QueueName, Attributes }), {
      abortSignal,
    });
    return made.QueueUrl ?? '';
  }

  async #receive(QueueUrl: string, abortSignal: AbortSignal): Promise<void> {
    const { sqs, hear } = this.#options;
    const asked = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 });
    const { Messages = [] } = await sqs.send(asked, { abortSignal });
    if (Messages.length === 0) return;
    hear(Messages.flatMap(({ Body = '' }) => decodeCampaignChange(Body) ?? []));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: Messages.map(entryOf) }), {
      abortSignal,
    });
  }
}

function entryOf(
  { ReceiptHandle }: Message,
  index: number,
): { Id: string; ReceiptHandle: string | undefined } {
  return { Id: String(index), ReceiptHandle };
}
