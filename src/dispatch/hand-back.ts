import type { RequestId } from '../base/ids.ts';
import type { InvokeResult } from '../environment/result.ts';
import { causeOf } from './cause.ts';
import type { Fate, Feed, Judgement, Taken } from './feed.ts';
import type { DispatchPorts } from './ports.ts';

/** A batch whose invocation is over, and what that meant. */
export interface EndedBatch {
  readonly ports: DispatchPorts;
  readonly feed: Feed;
  readonly requestId: RequestId;
  /** Its messages, whose leases are no longer renewed. */
  readonly taken: readonly Taken[];
  /** Undefined when nothing was invoked. */
  readonly result: InvokeResult | undefined;
  readonly judgement: Judgement;
}

/**
 * Hands every message back to the queue as done or as to be offered again; answers what became of each. The lease of a message that
 * nobody could hand back ends by itself.
 */
export async function handBack(batch: EndedBatch): Promise<readonly Fate[]> {
  const { feed, taken, result, judgement } = batch;
  feed.report(judgement.result);
  const fates = (await feed.passOn?.(taken, result, judgement.fates)) ?? judgement.fates;
  await settleDone(batch, fates);
  const isOver = taken.length === 1 && fates[0]?.kind === 'again' && (await blame(batch));
  if (!isOver) await offerAgain(batch, fates);
  tellEnd(batch, fates);
  return fates;
}

async function settleDone(batch: EndedBatch, fates: readonly Fate[]): Promise<void> {
  const { ports, feed, taken } = batch;
  const done = taken.filter((_, index) => fates[index]?.kind === 'done');
  if (done.length === 0) return;
  const settled = await ports.broker.settle(
    feed.queue,
    done.map((one) => one.delivery.receipt),
  );
  if (settled.ok) feed.written?.(done);
  else tellTrouble(batch, `handled messages were not deleted: ${settled.failure.kind}`);
}

/**
 * A message that failed alone takes along why, should it become a dead letter. When it will not be offered again, it becomes one now,
 * in one commit with its cause: true.
 */
async function blame({ ports: { broker }, feed, taken, result }: EndedBatch): Promise<boolean> {
  const [one] = taken;
  if (one === undefined || result === undefined) return false;
  const { message, receipt, receiveCount } = one.delivery;
  const cause = causeOf(result);
  const described = broker.describe(feed.queue);
  const most = described.ok ? described.value.settings.redrive?.maxReceiveCount : undefined;
  if (most !== undefined && receiveCount >= most) {
    const outcome = await broker.giveUp(feed.queue, [{ receipt, message, cause }]);
    if (outcome.ok && outcome.value === 'handed-over') return true;
  }
  broker.blame(feed.queue, message.id, cause);
  return false;
}

async function offerAgain(batch: EndedBatch, fates: readonly Fate[]): Promise<void> {
  const { ports, feed, taken } = batch;
  const nowMs = ports.clock.nowMs();
  const extensions = taken.flatMap((one, index) => {
    const fate = fates[index];
    if (fate?.kind !== 'again') return [];
    const visibilityMs = Math.max(0, Math.ceil(fate.atMs - nowMs));
    return [{ receipt: one.delivery.receipt, visibilityMs, isReleased: true }];
  });
  if (extensions.length === 0) return;
  const extended = await ports.broker.extend(feed.queue, extensions);
  if (extended.ok) feed.written?.(taken.filter((_, index) => fates[index]?.kind === 'again'));
  else if (extended.failure.kind !== 'stopping')
    tellTrouble(batch, `failed messages are not hidden for their time: ${extended.failure.kind}`);
}

function tellEnd({ ports, feed, requestId, taken, result }: EndedBatch, fates: readonly Fate[]): void {
  ports.tell({
    kind: 'batch-ended',
    mapping: feed.label,
    requestId,
    outcome: result?.kind ?? 'not-invoked',
    failedIds: taken
      .filter((_, index) => fates[index]?.kind === 'again')
      .map((one) => one.delivery.message.id),
  });
}

function tellTrouble({ ports, feed }: EndedBatch, what: string): void {
  ports.tell({ kind: 'trouble', where: `dispatch ${feed.label}`, what });
}
