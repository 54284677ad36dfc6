import type { ReceiptHandle } from '../base/ids.ts';
import { readReceipt } from '../message/receipt.ts';
import { restingOrders } from '../queue/pages.ts';
import type { ExtendOutcome, Extension, SettleOutcome } from './broker.ts';
import type { Keeper } from './keeper.ts';

/** Deletes the messages of the receipts; answers nothing when the queue was read again meanwhile: begin anew. */
export function settleReceipts(
  keeper: Keeper,
  receipts: readonly ReceiptHandle[],
): Promise<Synced<SettleOutcome> | undefined> {
  const orders = ordersOf(keeper, receipts);
  return withResting(keeper, orders, (known, resting) => {
    keeper.apply<'settle'>({ kind: 'settle', orders: known, resting });
    const outcomes = orders.map((order) => (order === undefined ? 'receipt-invalid' : 'settled'));
    return { outcomes, synced: keeper.synced() };
  });
}

/** Changes the visibility of the receipts' messages; answers nothing when the queue was read again meanwhile. */
export function extendReceipts(
  keeper: Keeper,
  extensions: readonly Extension[],
): Promise<Synced<ExtendOutcome> | undefined> {
  const orders = ordersOf(
    keeper,
    extensions.map(({ receipt }) => receipt),
  );
  return withResting(keeper, orders, (_known, resting) => {
    const outcomes = extensions.map(({ visibilityMs }, index): ExtendOutcome => {
      const order = orders[index];
      if (order === undefined) return 'receipt-invalid';
      const isResting = resting.includes(order);
      return keeper.apply<'extend'>({ kind: 'extend', order, visibilityMs, isResting });
    });
    const synced = keeper.synced();
    keeper.serve();
    return { outcomes, synced };
  });
}

/** Outcomes, and the fate of the changes that brought them about. */
export interface Synced<Outcome> {
  readonly outcomes: readonly Outcome[];
  readonly synced: ReturnType<Keeper['synced']>;
}

/** The places that receipts stand for; undefined for what is no receipt of this queue. */
function ordersOf(keeper: Keeper, receipts: readonly ReceiptHandle[]): (number | undefined)[] {
  return receipts.map((handle) => {
    const receipt = readReceipt(handle);
    const isOurs = receipt?.queue === keeper.queue && receipt.order < keeper.state.nextOrder;
    return isOurs ? receipt.order : undefined;
  });
}

/**
 * Late receipts may name messages that rest in the store alone. Acts with those of them that do, in the very turn in
 * which that is known; undefined when the queue was read again or deleted meanwhile.
 */
async function withResting<Value>(
  keeper: Keeper,
  orders: readonly (number | undefined)[],
  act: (known: readonly number[], resting: readonly number[]) => Value,
): Promise<Value | undefined> {
  const { state } = keeper;
  const known = orders.filter((order) => order !== undefined);
  while (restingOrders(state, known).length > 0) {
    // What is not durable yet is no reason to miss a message.
    await keeper.synced();
    if (!keeper.isKeeping(state)) return undefined;
    const asked = keeper.apply<'look-up'>({ kind: 'look-up', orders: known });
    if (asked === undefined) break;
    const messages = await keeper.read(asked.orders);
    if (!keeper.isKeeping(state)) return undefined;
    const found = keeper.apply<'found'>({ kind: 'found', reading: asked.reading, messages });
    if (found.isSure) return act(known, found.resting);
  }
  return act(known, []);
}
