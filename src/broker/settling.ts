import type { MessageId, ReceiptHandle } from '../base/ids.ts';
import { readReceipt, type Receipt } from '../message/receipt.ts';
import { restingOrders } from '../queue/pages.ts';
import type { ExtendOutcome, Extension, GivenUp, SettleOutcome } from './broker.ts';
import { movedLetters } from './dead-letters.ts';
import type { Keeper } from './keeper.ts';

/** Deletes the messages of the receipts; answers nothing when the queue was read again meanwhile: begin anew. */
export function settleReceipts(
  keeper: Keeper,
  handles: readonly ReceiptHandle[],
): Synced<SettleOutcome> | Promise<Synced<SettleOutcome> | undefined> {
  const receipts = receiptsOf(keeper, handles);
  return withResting(keeper, receipts, (known, resting) => {
    const orders = known.map(({ order }) => order);
    const { fifo } = keeper.state;
    const receiveCounts = fifo === undefined ? undefined : known.map(({ receiveCount }) => receiveCount);
    const expired = keeper.apply<'settle'>({
      ...{ kind: 'settle', orders, resting },
      ...(receiveCounts !== undefined && { receiveCounts }),
    });
    const outcomes = receipts.map((receipt): SettleOutcome => {
      if (receipt === undefined) return 'receipt-invalid';
      return expired?.[known.indexOf(receipt)] === true ? 'receipt-expired' : 'settled';
    });
    const synced = keeper.synced();
    // What stood behind them in their message groups may be received now.
    if (expired !== undefined) keeper.serve();
    return { outcomes, synced };
  });
}

/** Changes the visibility of the receipts' messages; answers nothing when the queue was read again meanwhile. */
export function extendReceipts(
  keeper: Keeper,
  extensions: readonly Extension[],
): Synced<ExtendOutcome> | Promise<Synced<ExtendOutcome> | undefined> {
  const receipts = receiptsOf(
    keeper,
    extensions.map(({ receipt }) => receipt),
  );
  return withResting(keeper, receipts, (_known, resting) => {
    const outcomes = extensions.map(({ visibilityMs, isReleased = false }, index): ExtendOutcome => {
      const receipt = receipts[index];
      if (receipt === undefined) return 'receipt-invalid';
      const { order, receiveCount } = receipt;
      const isResting = resting.includes(order);
      const lease = { order, isResting, receiveCount };
      return keeper.apply<'extend'>({ kind: 'extend', ...lease, visibilityMs, isReleased });
    });
    const synced = keeper.synced();
    keeper.serve();
    return { outcomes, synced };
  });
}

/** Hands leased messages over to the dead letters of `to`, with their causes. */
export function giveUpReceipts(
  keeper: Keeper,
  to: Keeper,
  given: readonly GivenUp[],
  nowMs: number,
): readonly MessageId[] {
  const known = given.flatMap(({ receipt, message, cause }) => {
    const read = receiptsOf(keeper, [receipt])[0];
    if (read === undefined) return [];
    keeper.causes.note(message.id, cause);
    return [{ order: read.order, receiveCount: read.receiveCount, message }];
  });
  const letters = keeper.apply<'give-up'>({ kind: 'give-up', given: known });
  // In the same turn as the removal, so that both are in one group.
  if (letters.length > 0)
    to.apply<'send'>({ kind: 'send', arrivals: movedLetters(letters, keeper, to, nowMs) });
  return letters.map(({ message }) => message.id);
}

/** Outcomes, and the fate of the changes that brought them about. */
export interface Synced<Outcome> {
  readonly outcomes: readonly Outcome[];
  readonly synced: ReturnType<Keeper['synced']>;
}

/** What receipts say; undefined for what is no receipt of this queue. */
function receiptsOf(keeper: Keeper, handles: readonly ReceiptHandle[]): (Receipt | undefined)[] {
  return handles.map((handle) => {
    const receipt = readReceipt(handle);
    const isOurs = receipt?.queue === keeper.queue && receipt.order < keeper.state.nextOrder;
    return isOurs ? receipt : undefined;
  });
}

/** What is done with receipts, when it is known which of their messages rest in the store. */
type Act<Value> = (known: readonly Receipt[], resting: readonly number[]) => Value;

/**
 * Late receipts may name messages that rest in the store alone. Acts with those of them that do, in the very turn in
 * which that is known; undefined when the queue was read again or deleted meanwhile.
 */
function withResting<Value>(
  keeper: Keeper,
  receipts: readonly (Receipt | undefined)[],
  act: Act<Value>,
): Value | Promise<Value | undefined> {
  const known = receipts.filter((receipt) => receipt !== undefined);
  const isAllKnown = known.every(({ order }) => keeper.state.entries.has(order));
  return isAllKnown ? act(known, []) : lookUp(keeper, known, act);
}

async function lookUp<Value>(
  keeper: Keeper,
  known: readonly Receipt[],
  act: Act<Value>,
): Promise<Value | undefined> {
  const { state } = keeper;
  const orders = known.map(({ order }) => order);
  while (restingOrders(state, orders).length > 0) {
    // What is not durable yet is no reason to miss a message.
    await keeper.synced();
    if (!keeper.isKeeping(state)) return undefined;
    const asked = keeper.apply<'look-up'>({ kind: 'look-up', orders });
    if (asked === undefined) break;
    const messages = await keeper.read(asked.orders);
    if (!keeper.isKeeping(state)) return undefined;
    const found = keeper.apply<'found'>({ kind: 'found', reading: asked.reading, messages });
    // Another may have gone to rest while these were read: it must be looked up too.
    const isAllAsked = restingOrders(state, orders).every((order) => asked.orders.includes(order));
    if (found.isSure && isAllAsked) return act(known, found.resting);
  }
  return act(known, []);
}
