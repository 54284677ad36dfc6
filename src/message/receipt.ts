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

const DOT = '.'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);
/** As many as a number holds exactly. */
const MOST_DIGITS = 15;
const LONGEST_HANDLE = 100;

/** The opaque text for a client. */
export function writeReceipt(receipt: Receipt): ReceiptHandle {
  const text = `${receipt.run}.${receipt.queue}.${receipt.order}.${receipt.receiveCount}`;
  return Buffer.from(text, 'latin1').toString('base64url') as ReceiptHandle;
}

/** Reads what a client handed back; undefined when it is no receipt. */
export function readReceipt(handle: ReceiptHandle): Receipt | undefined {
  if (handle.length > LONGEST_HANDLE) return undefined;
  const bytes = Buffer.from(handle, 'base64url');
  const numbers = readNumbers(bytes);
  // One receipt has one text: what is only read as it is no receipt.
  if (numbers === undefined || bytes.toString('base64url') !== handle) return undefined;
  const [run, queue, order, receiveCount] = numbers;
  return { run: run as RunId, queue: queue as QueueId, order, receiveCount };
}

/** Four numbers with dots between them, none with a zero in front. */
function readNumbers(bytes: Buffer): readonly [number, number, number, number] | undefined {
  const numbers: [number, number, number, number] = [0, 0, 0, 0];
  let [part, digits] = [0, 0];
  for (const byte of bytes) {
    if (byte === DOT) {
      if (digits === 0 || part === 3) return undefined;
      part += 1;
      digits = 0;
      continue;
    }
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9 || digits === MOST_DIGITS) return undefined;
    const before = numbers[part as 0 | 1 | 2 | 3];
    if (digits > 0 && before === 0) return undefined;
    numbers[part as 0 | 1 | 2 | 3] = before * 10 + digit;
    digits += 1;
  }
  return part === 3 && digits > 0 ? numbers : undefined;
}
