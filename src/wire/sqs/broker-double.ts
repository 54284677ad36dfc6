import type { MessageId, ReceiptHandle } from '../../base/ids.ts';
import { failed, ok } from '../../base/result.ts';
import type {
  Broker,
  ExtendOutcome,
  NoSuchQueue,
  QueueDescription,
  ReceiveQuery,
  SendEntry,
  Sent,
  SettleOutcome,
} from '../../broker/broker.ts';
import { attributesMd5, attributesSizeBytes } from '../../message/attribute.ts';
import { bodyMd5, type Delivery, type Message } from '../../message/message.ts';
import { queueKeyText, type QueueKey } from '../../message/queue-key.ts';
import { DEFAULT_SETTINGS, type QueueSettings, type SettingsChange } from '../../queue/settings.ts';

interface Held {
  readonly message: Message;
  count: number;
  receipt: ReceiptHandle | undefined;
}

interface DoubleQueue {
  description: QueueDescription;
  held: Held[];
  waiting: (() => void)[];
}

/** A broker for tests of the doors alone: it remembers what it is told, knows no time, and forgets nothing by itself. */
export class BrokerDouble implements Broker {
  readonly queues = new Map<string, DoubleQueue>();
  #number = 0;

  async create(key: QueueKey, given: SettingsChange, tags: Readonly<Record<string, string>>) {
    const known = this.queues.get(queueKeyText(key));
    const settings = changed(known?.description.settings ?? DEFAULT_SETTINGS, given);
    if (known !== undefined) {
      for (const setting of Object.keys(given) as (keyof QueueSettings)[]) {
        if (JSON.stringify(settings[setting]) !== JSON.stringify(known.description.settings[setting])) {
          return failed({ kind: 'exists-differently' as const, setting });
        }
      }
      return ok(known.description);
    }
    const times = { createdAtMs: 1_700_000_000_500, modifiedAtMs: 1_700_000_000_500 };
    const counts = { visibleCount: 0, inFlightCount: 0, delayedCount: 0 };
    const description = { key, settings, tags, ...times, ...counts };
    this.queues.set(queueKeyText(key), { description, held: [], waiting: [] });
    return ok(description);
  }

  async delete(key: QueueKey) {
    return this.queues.delete(queueKeyText(key)) ? ok(undefined) : missing(key);
  }

  describe(key: QueueKey) {
    const queue = this.queues.get(queueKeyText(key));
    if (queue === undefined) return missing(key);
    const inFlightCount = queue.held.filter(({ receipt }) => receipt !== undefined).length;
    return ok({ ...queue.description, inFlightCount, visibleCount: queue.held.length - inFlightCount });
  }

  list(account: string, region: string, prefix = '') {
    return [...this.queues.values()]
      .map(({ description }) => description.key)
      .filter((key) => key.account === account && key.region === region && key.name.startsWith(prefix))
      .sort((first, second) => (first.name < second.name ? -1 : 1));
  }

  async change(key: QueueKey, change: SettingsChange) {
    const queue = this.queues.get(queueKeyText(key));
    if (queue === undefined) return missing(key);
    queue.description = { ...queue.description, settings: changed(queue.description.settings, change) };
    return ok(undefined);
  }

  async tag(key: QueueKey, change: Readonly<Record<string, string | null>>) {
    const queue = this.queues.get(queueKeyText(key));
    if (queue === undefined) return missing(key);
    const tags = without({ ...queue.description.tags, ...change }) as Record<string, string>;
    queue.description = { ...queue.description, tags };
    return ok(undefined);
  }

  async purge(key: QueueKey) {
    const queue = this.queues.get(queueKeyText(key));
    if (queue === undefined) return missing(key);
    queue.held = [];
    return ok(undefined);
  }

  async send(key: QueueKey, entries: readonly SendEntry[]) {
    const queue = this.queues.get(queueKeyText(key));
    if (queue === undefined) return missing(key);
    const sent = entries.map((entry): Sent => {
      const message = this.#messageOf(entry);
      queue.held.push({ message, count: 0, receipt: undefined });
      const md5 = message.attributesMd5;
      return { id: message.id, bodyMd5: message.bodyMd5, ...(md5 !== undefined && { attributesMd5: md5 }) };
    });
    for (const wake of queue.waiting.splice(0)) wake();
    return ok(sent);
  }

  async receive(key: QueueKey, query: ReceiveQuery): ReturnType<Broker['receive']> {
    const queue = this.queues.get(queueKeyText(key));
    if (queue === undefined) return missing(key);
    const visible = queue.held.filter(({ receipt }) => receipt === undefined).slice(0, query.maximum);
    const waits = (query.waitMs ?? queue.description.settings.receiveWaitMs) > 0;
    if (visible.length === 0 && waits && query.signal?.aborted === false) {
      await new Promise<void>((resolve) => {
        queue.waiting.push(resolve);
        query.signal?.addEventListener('abort', () => resolve(), { once: true });
      });
      return this.receive(key, query);
    }
    return ok(
      visible.map((held): Delivery => {
        const receipt = `receipt-${++this.#number}` as ReceiptHandle;
        held.count += 1;
        if (query.visibilityMs !== 0) held.receipt = receipt;
        return {
          message: held.message,
          receipt,
          receiveCount: held.count,
          firstReceivedAtMs: 1_700_000_002_000,
        };
      }),
    );
  }

  async arrival() {
    return ok(undefined);
  }

  async settle(key: QueueKey, receipts: readonly ReceiptHandle[]) {
    const queue = this.queues.get(queueKeyText(key));
    if (queue === undefined) return missing(key);
    return ok(
      receipts.map((receipt): SettleOutcome => {
        if (!receipt.startsWith('receipt-')) return 'receipt-invalid';
        queue.held = queue.held.filter((held) => held.receipt !== receipt);
        return 'settled';
      }),
    );
  }

  async extend(key: QueueKey, extensions: readonly { receipt: ReceiptHandle; visibilityMs: number }[]) {
    const queue = this.queues.get(queueKeyText(key));
    if (queue === undefined) return missing(key);
    return ok(
      extensions.map(({ receipt, visibilityMs }): ExtendOutcome => {
        if (!receipt.startsWith('receipt-')) return 'receipt-invalid';
        const held = queue.held.find((one) => one.receipt === receipt);
        if (held === undefined) return 'message-gone';
        if (visibilityMs === 0) held.receipt = undefined;
        return 'extended';
      }),
    );
  }

  listen() {
    return () => {};
  }

  async [Symbol.asyncDispose]() {}

  #messageOf(entry: SendEntry): Message {
    const { body, attributes, senderId, traceHeader, groupId } = entry;
    const md5 = attributesMd5(attributes);
    return {
      id: `00000000-0000-4000-8000-${String(++this.#number).padStart(12, '0')}` as MessageId,
      body,
      bodyMd5: bodyMd5(body),
      attributes,
      ...(md5 !== undefined && { attributesMd5: md5 }),
      sizeBytes: Buffer.byteLength(body) + attributesSizeBytes(attributes),
      sentAtMs: 1_700_000_001_000.25,
      senderId,
      ...(traceHeader !== undefined && { traceHeader }),
      ...(groupId !== undefined && { groupId }),
    };
  }
}

function missing(queue: QueueKey) {
  return failed<NoSuchQueue>({ kind: 'no-such-queue', queue });
}

function changed(settings: QueueSettings, change: SettingsChange): QueueSettings {
  return without({ ...settings, ...change }) as unknown as QueueSettings;
}

function without(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}
