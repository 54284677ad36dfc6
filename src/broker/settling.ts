import type { ReceiptHandle } from '../base/ids.ts';
import { readReceipt } from '../message/receipt.ts';
import { restingOrders } from '../queue/pages.ts';
import type { ExtendOutcome, Extension, SettleOutcome } from './broker.ts';
import type { Keeper } from './keeper.ts';

/** Deletes the messages of the receipts; answers nothing when the queue was read again meanwhile: begin anew. */
export async function settleReceipts(
  keeper: Keeper,
  receipts: readonly ReceiptHandle[],
): Promise<Synced<SettleOutcome> | undefined> {
  const orders = ordersOf(keeper, receipts);
  const known = orders.filter((order) => order !== undefined);
  const resting = await findResting(keeper, known);
  if (resting === undefined) return undefined;
  keeper.apply<'settle'>({ kind: 'settle', orders: known, resting });
  const outcomes = orders.map((order) => (order === undefined ? 'receipt-invalid' : 'settled'));
  return { outcomes, synced: keeper.synced() };
}

/** Changes the visibility of the receipts' messages; answers nothing when the queue was read again meanwhile. */
export async function extendReceipts(
  keeper: Keeper,
  extensions: readonly Extension[],
): Promise<Synced<ExtendOutcome> | undefined> {
  const orders = ordersOf(
    keeper,
    extensions.map(({ receipt }) => receipt),
  );
  const resting = await findResting(
    keeper,
    orders.filter((order) => order !== undefined),
  );
  if (resting === undefined) return undefined;
  const outcomes = extensions.map(({ visibilityMs }, index): ExtendOutcome => {
    const order = orders[index];
    if (order === undefined) return 'receipt-invalid';
    return keeper.apply<'extend'>({
      kind: 'extend',
      order,
      visibilityMs,
      isResting: resting.includes(order),
    });
  });
  const synced = keeper.synced();
  keeper.serve();
  return { outcomes, synced };
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
 * Late receipts may name messages that rest in the store alone: those of them that do, right for this turn only.
 * Undefined when the queue was read again or deleted meanwhile.
 */
async function findResting(
  keeper: Keeper,
  orders: readonly number[],
): Promise<readonly number[] | undefined> {
  const { state } = keeper;
  while (restingOrders(state, orders).length > 0) {
    // What is not durable yet is no reason to miss a message.
    await keeper.synced();
    if (!keeper.isKeeping(state)) return undefined;
    const asked = keeper.apply<'look-up'>({ kind: 'look-up', orders });
    if (asked === undefined) break;
    const messages = await keeper.read(asked.orders);
    if (!keeper.isKeeping(state)) return undefined;
    const found = keeper.apply<'found'>({ kind: 'found', reading: asked.reading, messages });
    if (found.isSure) return found.resting;
  }
  return [];
}
