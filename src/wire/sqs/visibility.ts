import type { ExtendOutcome, Extension } from '../../broker/broker.ts';
import { VISIBILITY_SECONDS } from '../../queue/limits.ts';
import type { Input } from '../input.ts';
import type { SqsFailure } from './sqs-errors.ts';
import { refuse } from './action.ts';
import type { BatchEntry } from './batch.ts';
import { secondsWithin } from './members.ts';
import { readReceipt } from './receipt-handle.ts';

const NAME = 'VisibilityTimeout';

/** Reads `ReceiptHandle` and `VisibilityTimeout` of a request. */
export function readExtension(input: Input): Extension {
  const receipt = readReceipt(input);
  const visibilityMs = secondsWithin(input, NAME, VISIBILITY_SECONDS);
  return visibilityMs === undefined
    ? refuse({ kind: 'missing-parameter', name: NAME })
    : { receipt, visibilityMs };
}

/** Reads them of an entry of a batch. AWS documents that its time may be left out: then the entry alone is refused. */
export function readEntryExtension(entry: BatchEntry): Extension {
  const receipt = readReceipt(entry.input, entry);
  const visibilityMs = secondsWithin(entry.input, NAME, VISIBILITY_SECONDS);
  if (visibilityMs !== undefined) return { receipt, visibilityMs };
  const message = `The request must contain the parameter ${entry.name}.${NAME}.`;
  return refuse({ kind: 'invalid-parameter', message });
}

/**
 * The failure of a change that was not made; undefined for a success. A message of a standard queue that shows already is
 * left as it is, with a success: so AWS does it, though it documents an error of this name.
 */
export function extendFailure(
  outcome: ExtendOutcome,
  { receipt, visibilityMs }: Extension,
): SqsFailure | undefined {
  if (outcome === 'extended' || outcome === 'not-in-flight') return undefined;
  if (outcome === 'beyond-twelve-hours') return { kind: outcome, visibilitySeconds: visibilityMs / 1000 };
  return { kind: outcome, receipt };
}
