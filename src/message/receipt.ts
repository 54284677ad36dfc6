import type { QueueId, ReceiptHandle, RunId } from '../base/ids.ts';

/** What a receipt says: which delivery of which message it stands for. */
export interface Receipt {
  /** The run of the platform that handed it out: a lease lost in a crash and its successor never share a receipt. */
  readonly run: RunId;
  readonly queue: QueueId;
  /** The message's place in its queue. */
  readonly order: number;
  readonly receiveCount: number;
}

const FORM = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.(\d{1,9})$/;
const LONGEST_HANDLE = 100;

/** The opaque text for a client. */
export function writeReceipt(receipt: Receipt): ReceiptHandle {
  const text = `${receipt.run}.${receipt.queue}.${receipt.order}.${receipt.receiveCount}`;
  return Buffer.from(text, 'latin1').toString('base64url') as ReceiptHandle;
}

/** Reads what a client handed back; undefined when it is no receipt. */
export function readReceipt(handle: ReceiptHandle): Receipt | undefined {
  if (handle.length > LONGEST_HANDLE) return undefined;
  const parts = FORM.exec(Buffer.from(handle, 'base64url').toString('latin1'));
  if (parts === null) return undefined;
  const [run, queue, order, receiveCount] = parts.slice(1).map(Number);
  const receipt = {
    run: run as RunId,
    queue: queue as QueueId,
    order: order ?? 0,
    receiveCount: receiveCount ?? 0,
  };
  return writeReceipt(receipt) === handle ? receipt : undefined;
}
