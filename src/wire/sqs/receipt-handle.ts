import type { ReceiptHandle } from '../../base/ids.ts';
import type { Input } from '../input.ts';
import { refuse } from './action.ts';
import type { BatchEntry } from './batch.ts';

const NAME = 'ReceiptHandle';

/** The receipt of a request, or of an entry of a batch. It must be there; an empty text is a receipt that is not valid. */
export function readReceipt(input: Input, entry?: BatchEntry): ReceiptHandle {
  const receipt = input.text(NAME);
  if (receipt !== undefined) return receipt as ReceiptHandle;
  return refuse({ kind: 'missing-parameter', name: entry === undefined ? NAME : `${entry.name}.${NAME}` });
}
