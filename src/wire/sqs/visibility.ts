import type { ReceiptHandle } from '../../base/ids.ts';
import type { ExtendOutcome, Extension } from '../../broker/broker.ts';
import { VISIBILITY_SECONDS } from '../../queue/limits.ts';
import type { Input } from '../input.ts';
import type { SqsFailure } from './sqs-errors.ts';
import { refuse } from './action.ts';
import { secondsWithin } from './members.ts';

/** Reads `ReceiptHandle` and `VisibilityTimeout`; `prefix` stands before their names in messages. */
export function readExtension(input: Input, prefix = ''): Extension {
  const receipt = input.text('ReceiptHandle');
  if (!receipt) return refuse({ kind: 'missing-parameter', name: `${prefix}ReceiptHandle` });
  const visibilityMs = secondsWithin(input, 'VisibilityTimeout', VISIBILITY_SECONDS);
  if (visibilityMs === undefined)
    return refuse({ kind: 'missing-parameter', name: `${prefix}VisibilityTimeout` });
  return { receipt: receipt as ReceiptHandle, visibilityMs };
}

/** The failure of a change that was not made. */
export function extendFailure(
  outcome: Exclude<ExtendOutcome, 'extended'>,
  { receipt, visibilityMs }: Extension,
): SqsFailure {
  if (outcome === 'not-in-flight') return { kind: outcome };
  if (outcome === 'beyond-twelve-hours') return { kind: outcome, visibilitySeconds: visibilityMs / 1000 };
  return { kind: outcome, receipt };
}
