import { setTimeout as pause } from 'node:timers/promises';
import { CreateQueueCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { MappingReport } from '../../src/admin/mappings.ts';
import type { Status } from '../../src/admin/status.ts';
import type { Figures } from '../../src/watch/figures.ts';
import type { BenchPlatform } from '../platform.ts';

const LOOK_EVERY_MS = 10;
const ARN = 'arn:aws:sqs:us-east-1:000000000000:';

/** What a bench asks of its queue. */
export interface QueueWishes {
  readonly name: string;
  readonly visibilityS: number;
  /** How often a message is received before it is set aside, in the queue with `-dead` behind its name. */
  readonly tries?: number;
}

/** A queue with a mapping that a bench turns on and off, under settings that clients of AWS cannot say. */
export class MappedQueue {
  readonly #platform: BenchPlatform;
  readonly #name: string;
  #mapping = '';

  private constructor(platform: BenchPlatform, name: string) {
    this.#platform = platform;
    this.#name = name;
  }

  /** Makes queue and mapping, which is off. `settings` are members of `CreateEventSourceMapping`; the function is there. */
  static async make(
    platform: BenchPlatform,
    { name, visibilityS, tries }: QueueWishes,
    settings: Readonly<Record<string, unknown>>,
  ): Promise<MappedQueue> {
    const queue = new MappedQueue(platform, name);
    const deadLetterTargetArn = `${ARN}${name}-dead`;
    if (tries !== undefined)
      await platform.queues.send(new CreateQueueCommand({ QueueName: `${name}-dead` }));
    const Attributes = {
      VisibilityTimeout: String(visibilityS),
      ...(tries !== undefined && {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: tries }),
      }),
    };
    await platform.queues.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    queue.#mapping = await queue.#ask('POST', '', {
      ...{ EventSourceArn: `${ARN}${name}`, Enabled: false, ...settings },
    });
    return queue;
  }

  /** Sends messages in tens. */
  async send(bodies: readonly string[]): Promise<void> {
    const QueueUrl = `${this.#platform.endpoint}/000000000000/${this.#name}`;
    for (let sent = 0; sent < bodies.length; sent += 10) {
      const ten = bodies.slice(sent, sent + 10);
      const Entries = ten.map((MessageBody, n) => ({ Id: `${n}`, MessageBody }));
      await this.#platform.queues.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    }
  }

  async enable(Enabled: boolean): Promise<void> {
    await this.#ask('PUT', this.#mapping, { Enabled });
  }

  /** Concurrency and pace, as anybody may watch them. */
  async report(): Promise<MappingReport> {
    const answer = await fetch(`${this.#platform.endpoint}/_millrace/mappings`);
    const found = ((await answer.json()) as MappingReport[]).find(({ uuid }) => uuid === this.#mapping);
    if (found === undefined) throw new Error(`the mapping of ${this.#name} is gone`);
    return found;
  }

  async #ask(method: string, uuid: string, members: Readonly<Record<string, unknown>>): Promise<string> {
    const path = `2015-03-31/event-source-mappings/${uuid}`;
    const body = JSON.stringify(members);
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${this.#platform.endpoint}/${path}`, { method, headers, body });
    const told = (await answer.json()) as { UUID?: string; message?: string };
    if (!answer.ok) throw new Error(told.message ?? `${answer.status}`);
    return told.UUID ?? '';
  }
}

/** What has happened on the platform, in numbers. */
export async function figuresOf({ endpoint }: BenchPlatform): Promise<Figures> {
  return ((await (await fetch(`${endpoint}/_millrace/status`)).json()) as Status).figures;
}

/** Looks at the numbers until they are as wanted. */
export async function figuresWhen(
  platform: BenchPlatform,
  isSo: (figures: Figures) => boolean,
): Promise<Figures> {
  for (;;) {
    const figures = await figuresOf(platform);
    if (isSo(figures)) return figures;
    await pause(LOOK_EVERY_MS);
  }
}
