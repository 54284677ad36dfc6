import type { InvokeResult } from '../environment/result.ts';
import type { FunctionKey } from '../function/function.ts';
import {
  INBOX_EVENT_AGE_MS,
  INBOX_RETRIES,
  inboxKey,
  inboxRetryDelayMs,
  openEvent,
} from '../function/inbox.ts';
import type { Delivery } from '../message/message.ts';
import type { QueueKey } from '../message/queue-key.ts';
import type { Fate, Feed, FeedRequest, FeedSettings, Judgement, Taken } from './feed.ts';
import type { DispatchPorts } from './ports.ts';

/**
 * A function's inbox: one event per invocation, unchanged. The function's failure is tried again twice, after one
 * and after two minutes; lack of room only until the event is six hours old (AWS).
 */
export class InboxFeed implements Feed {
  readonly label: string;
  readonly queue: QueueKey;
  readonly #ports: DispatchPorts;
  readonly #function: FunctionKey;

  constructor(ports: DispatchPorts, target: FunctionKey) {
    this.#ports = ports;
    this.#function = target;
    this.queue = inboxKey(target);
    this.label = this.queue.name;
  }

  settings(): FeedSettings {
    return { function: this.#function, batchSize: 1, batchingWindowMs: 0 };
  }

  part(delivery: Delivery): string {
    return delivery.message.body;
  }

  request(batch: readonly Taken[]): FeedRequest {
    const [first] = batch;
    if (first === undefined) throw new RangeError('a batch of an inbox holds one event');
    const { payload, requestId, clientContext, qualifier } = openEvent(first.delivery.message);
    return {
      requestId,
      payload: Buffer.from(payload),
      ...(clientContext === undefined ? {} : { clientContext }),
      ...(qualifier === undefined ? {} : { target: { ...this.#function, qualifier } }),
    };
  }

  expired(batch: readonly Taken[]): boolean {
    const nowMs = this.#ports.clock.nowMs();
    return batch.some((one) => nowMs - one.delivery.message.sentAtMs > INBOX_EVENT_AGE_MS);
  }

  judge(batch: readonly Taken[], result: InvokeResult | undefined): Judgement {
    const answered = result?.kind === 'answered';
    const fates = batch.map((one): Fate => (answered ? { kind: 'done' } : this.#failed(one, result)));
    return { fates, result: answered ? 'OK' : 'PROBLEM: Function call failed' };
  }

  /** The dispatcher tells what happens in events; an inbox has nobody who asks later. */
  report(): void {}

  #failed(one: Taken, result: InvokeResult | undefined): Fate {
    const nowMs = this.#ports.clock.nowMs();
    if (this.expired([one])) return this.#discard(one, 'it is older than six hours');
    if (result === undefined || result.kind === 'no-room') return { kind: 'again', atMs: nowMs };
    const attempts = one.delivery.receiveCount;
    if (attempts > INBOX_RETRIES) return this.#discard(one, `attempt ${attempts} ended as ${result.kind}`);
    return { kind: 'again', atMs: nowMs + inboxRetryDelayMs(attempts) };
  }

  #discard(one: Taken, why: string): Fate {
    const { requestId } = openEvent(one.delivery.message);
    this.#ports.tell({
      kind: 'trouble',
      where: `asynchronous events of ${this.#function.name}`,
      what: `event ${requestId} is given up: ${why}`,
    });
    return { kind: 'done' };
  }
}
