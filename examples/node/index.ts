/*
 * Adds up the orders of a queue. An order that cannot be read is reported, and comes again alone.
 *
 *   millrace deploy examples/node --queue orders
 *
 * TypeScript as it is: its types are taken off when it is uploaded.
 */
import { totalOf, type Order } from './order.ts';

interface Batch {
  Records: { messageId: string; body: string }[];
}

export async function handler(event: Batch | Order) {
  if (!('Records' in event)) return { total: totalOf(event) };
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of event.Records) {
    try {
      console.log(`${messageId}: ${totalOf(JSON.parse(body) as Order).toFixed(2)}`);
    } catch (error) {
      console.error(`${messageId}: ${String(error)}`);
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}
