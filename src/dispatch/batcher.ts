import type { Broker } from '../broker/broker.ts';
import type { Clock } from '../base/clock.ts';
import type { Delivery } from '../message/message.ts';
import type { Feed, Taken } from './feed.ts';

/** What a batch may hold in bytes of payload, records' metadata included (AWS: 6 MB). */
export const BATCH_LIMIT_BYTES = 6 * 1024 * 1024;

/** About what a record weighs besides the message's body and attributes: ids, receipt, names, digests. */
const RECORD_OVERHEAD_BYTES = 700;

/** An arrival may be a message that is still being brought from the store: so long a receive waits for it. */
const ARRIVAL_WAIT_MS = 50;

/** How a batch is taken. */
export interface BatchPlan {
  readonly batchSize: number;
  readonly windowMs: number;
  /** The queue's own visibility time-out. */
  readonly visibilityMs: number;
  /** How long the messages are leased. */
  readonly leaseMs: number;
  /** The largest message that the queue takes. */
  readonly largestMessageBytes: number;
}

/** What was taken; nothing in `taken` when others were faster. */
export interface Batch {
  readonly taken: readonly Taken[];
  /** Messages that were there and not wanted; they are deleted. */
  readonly unwantedCount: number;
  /** Set when the queue gave an error instead of messages. */
  readonly trouble?: string;
}

/**
 * Takes one batch: what is visible now, and with a window what arrives until the window ends, the
 * batch is full, or the next message might not fit into {@link BATCH_LIMIT_BYTES}. Aborting ends the window at once; what was
 * taken by then is the batch.
 */
export async function takeBatch(
  ports: { readonly broker: Broker; readonly clock: Clock },
  feed: Feed,
  plan: BatchPlan,
  signal: AbortSignal,
): Promise<Batch> {
  const { broker, clock } = ports;
  const taken: Taken[] = [];
  let sizeBytes = 0;
  let unwantedCount = 0;
  let windowEndMs = 0;
  for (;;) {
    const waitMs = taken.length === 0 ? ARRIVAL_WAIT_MS : windowEndMs - clock.nowMs();
    const received = await broker.receive(feed.queue, {
      ...portion(plan.batchSize - taken.length, BATCH_LIMIT_BYTES - sizeBytes),
      visibilityMs: plan.leaseMs,
      waitMs: Math.max(0, waitMs),
      holder: 'dispatcher',
      signal,
    });
    if (!received.ok) return { taken, unwantedCount, trouble: received.failure.kind };
    const nowMs = clock.nowMs();
    const read = received.value.map((delivery) => take(feed, delivery, nowMs, plan));
    const wanted = await withoutUnwanted(broker, feed, read);
    unwantedCount += read.length - wanted.length;
    if (taken.length === 0) windowEndMs = clock.nowMs() + plan.windowMs;
    for (const one of wanted) {
      taken.push(one);
      sizeBytes += Buffer.byteLength(one.part);
    }
    const over = taken.length === 0 || clock.nowMs() >= windowEndMs || signal.aborted;
    const next = plan.largestMessageBytes + RECORD_OVERHEAD_BYTES;
    if (over || taken.length >= plan.batchSize || sizeBytes + next > BATCH_LIMIT_BYTES) {
      return { taken, unwantedCount };
    }
  }
}

/** Deletes what the function does not want. What cannot be deleted now is offered, and looked at, again. */
async function withoutUnwanted(
  broker: Broker,
  feed: Feed,
  read: readonly Taken[],
): Promise<readonly Taken[]> {
  const unwanted = read.filter(({ part }) => feed.wants?.(part) === false);
  if (unwanted.length === 0) return read;
  const receipts = unwanted.map(({ delivery }) => delivery.receipt);
  await broker.settle(feed.queue, receipts);
  return read.filter((one) => !unwanted.includes(one));
}

/** What to ask for next, so that records of that many messages fit into what is left. */
function portion(leftCount: number, leftBytes: number): { maximum: number; maximumSizeBytes: number } {
  const maximum = Math.max(1, Math.min(leftCount, Math.floor(leftBytes / (2 * RECORD_OVERHEAD_BYTES))));
  return { maximum, maximumSizeBytes: Math.max(1, leftBytes - maximum * RECORD_OVERHEAD_BYTES) };
}

function take(feed: Feed, delivery: Delivery, takenAtMs: number, plan: BatchPlan): Taken {
  return {
    delivery,
    part: feed.part(delivery),
    takenAtMs,
    visibilityMs: plan.visibilityMs,
    leaseEndMs: takenAtMs + plan.leaseMs,
  };
}
