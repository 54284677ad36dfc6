import type { MessageId } from '../base/ids.ts';
import type { InvokeResult } from '../environment/result.ts';

/** Which messages of a batch an invocation did not handle. */
export type Verdict =
  | { readonly kind: 'all-done' }
  | { readonly kind: 'some-failed'; readonly failed: ReadonlySet<MessageId> }
  | { readonly kind: 'all-failed' };

const ALL_DONE: Verdict = { kind: 'all-done' };
const ALL_FAILED: Verdict = { kind: 'all-failed' };

/**
 * What an invocation means for the messages `ids`, by the rules of AWS Lambda: whatever is not an answer
 * fails the whole batch; an answer completes it, unless the mapping reports batch item failures, when the
 * answer is read as `{"batchItemFailures":[{"itemIdentifier":"<message id>"}]}`.
 */
export function judgeInvocation(
  result: InvokeResult,
  ids: readonly MessageId[],
  reportBatchItemFailures: boolean,
): Verdict {
  if (result.kind !== 'answered') return ALL_FAILED;
  return reportBatchItemFailures ? judgeReport(result.payload, ids) : ALL_DONE;
}

/**
 * Empty, null, `{}` and an empty or null list are success. An answer that is not JSON or not an object, a
 * list that is none, an identifier that is missing, empty, or not of this batch: everything failed.
 */
function judgeReport(payload: Uint8Array, ids: readonly MessageId[]): Verdict {
  if (payload.length === 0) return ALL_DONE;
  const answer = parsed(payload);
  if (answer === undefined) return ALL_FAILED;
  if (isEmpty(answer)) return ALL_DONE;
  if (typeof answer !== 'object' || Array.isArray(answer)) return ALL_FAILED;
  const listed = (answer as { readonly batchItemFailures?: unknown }).batchItemFailures;
  if (listed === undefined || listed === null) return ALL_DONE;
  return Array.isArray(listed) ? judgeList(listed, new Set(ids)) : ALL_FAILED;
}

function judgeList(listed: readonly unknown[], known: ReadonlySet<string>): Verdict {
  const failed = new Set<MessageId>();
  for (const item of listed) {
    const id: unknown =
      typeof item === 'object' && item !== null
        ? (item as { readonly itemIdentifier?: unknown }).itemIdentifier
        : undefined;
    if (typeof id !== 'string' || !known.has(id)) return ALL_FAILED;
    failed.add(id as MessageId);
  }
  return failed.size === 0 ? ALL_DONE : { kind: 'some-failed', failed };
}

/** The value, or undefined when the bytes are not JSON. */
function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}

function isEmpty(answer: unknown): boolean {
  return answer === null || answer === '' || (Array.isArray(answer) && answer.length === 0);
}
