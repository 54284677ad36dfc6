import type { ReceiptHandle } from '../base/ids.ts';
import { readReceipt } from '../message/receipt.ts';
import { restingOrders } from '../queue/settle.ts';
import type { QueueStore } from '../store/queue-store.ts';
import type { ExtendOutcome, Extension, SettleOutcome } from './broker.ts';
import type { Keeper } from './keeper.ts';

/** The places that receipts stand for; undefined for what is no receipt of this queue. */
function ordersOf(keeper: Keeper, receipts: readonly ReceiptHandle[]): (number | undefined)[] {
  return receipts.map((handle) => {
    const receipt = readReceipt(handle);
    const isOurs = receipt?.queue === keeper.queue && receipt.order < keeper.state.nextOrder;
    return isOurs ? receipt.order : undefined;
  });
}

/** Deletes the messages of the receipts; looks up those that rest in the store first. */
export async function settleReceipts(
  keeper: Keeper,
  store: QueueStore,
  receipts: readonly ReceiptHandle[],
): Promise<readonly SettleOutcome[]> {
  const orders = ordersOf(keeper, receipts);
  const known = orders.filter((order) => order !== undefined);
  await lookUp(keeper, store, known);
  keeper.apply<'settle'>({ kind: 'settle', orders: known });
  return orders.map((order) => (order === undefined ? 'receipt-invalid' : 'settled'));
}

/** Changes the visibility of the receipts' messages. */
export async function extendReceipts(
  keeper: Keeper,
  store: QueueStore,
  extensions: readonly Extension[],
): Promise<readonly ExtendOutcome[]> {
  const orders = ordersOf(
    keeper,
    extensions.map(({ receipt }) => receipt),
  );
  const known = orders.filter((order) => order !== undefined);
  await lookUp(keeper, store, known);
  const outcomes = extensions.map(({ visibilityMs }, index) => {
    const order = orders[index];
    if (order === undefined) return 'receipt-invalid';
    return keeper.apply<'extend'>({ kind: 'extend', order, visibilityMs });
  });
  keeper.serve();
  return outcomes;
}

/** A late receipt may name a message that rests in the store alone. What is not durable yet is no reason to miss it. */
async function lookUp(keeper: Keeper, store: QueueStore, orders: readonly number[]): Promise<void> {
  const resting = restingOrders(keeper.state, orders);
  if (resting.length === 0) return;
  await keeper.synced();
  const messages = await store.read(keeper.queue, resting);
  if (keeper.isThere) keeper.apply<'found'>({ kind: 'found', messages });
}
