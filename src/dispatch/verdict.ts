import type { MessageId } from '../base/ids.ts';
import type { InvokeResult } from '../environment/result.ts';

/** Which messages of a batch an invocation did not handle. */
export type Verdict =
  | { readonly kind: 'all-done' }
  | { readonly kind: 'some-failed'; readonly failed: ReadonlyMap<MessageId, AskedDelay> }
  | { readonly kind: 'all-failed' };

/** When the function wants a failed message again: after a time, or (undefined) when it would be anyway. */
export type AskedDelay = number | undefined;

/** What an answer says. */
export interface Report {
  readonly verdict: Verdict;
  /** The function asks for a slower pace. */
  readonly throttled: boolean;
  /** A sentence on what of the answer could not be followed. */
  readonly remark?: string;
}

/** A failed message is hidden for at most so long, as by a change of its visibility (AWS: twelve hours). */
const LONGEST_DELAY_S = 43_200;

const DONE: Report = { verdict: { kind: 'all-done' }, throttled: false };
const FAILED: Report = { verdict: { kind: 'all-failed' }, throttled: false };

/**
 * What an invocation means for the messages `ids`, by the rules of AWS Lambda: whatever is not an answer
 * fails the whole batch; an answer completes it, unless the mapping reports batch item failures, when the
 * answer is read as `{"batchItemFailures":[{"itemIdentifier":"<message id>"}]}`.
 *
 * Two members are our own, and AWS ignores them: `delaySeconds` beside an `itemIdentifier`, a number from 0 to 43,200, says when that
 * message is wanted again; `"throttled":true` beside the list says that what is behind the function has too much to do.
 */
export function judgeInvocation(
  result: InvokeResult,
  ids: readonly MessageId[],
  reportBatchItemFailures: boolean,
): Report {
  if (result.kind !== 'answered') return FAILED;
  return reportBatchItemFailures ? judgeReport(result.payload, ids) : DONE;
}

/**
 * Empty, null, `{}` and an empty or null list are success. An answer that is not JSON or not an object, a
 * list that is none, an identifier that is missing, empty, or not of this batch: everything failed.
 */
function judgeReport(payload: Uint8Array, ids: readonly MessageId[]): Report {
  if (payload.length === 0) return DONE;
  const answer = parsed(payload);
  if (answer === undefined) return FAILED;
  if (isEmpty(answer)) return DONE;
  if (typeof answer !== 'object' || Array.isArray(answer)) return FAILED;
  const members = answer as { readonly batchItemFailures?: unknown; readonly throttled?: unknown };
  const throttled = members.throttled === true;
  const listed = members.batchItemFailures ?? undefined;
  if (listed === undefined) return { ...DONE, throttled };
  return { ...(Array.isArray(listed) ? judgeList(listed, new Set(ids)) : FAILED), throttled };
}

function judgeList(listed: readonly unknown[], known: ReadonlySet<string>): Report {
  const failed = new Map<MessageId, AskedDelay>();
  let remark: string | undefined;
  for (const item of listed) {
    const { itemIdentifier: id, delaySeconds } = membersOf(item);
    if (typeof id !== 'string' || !known.has(id)) return FAILED;
    const isDelay = typeof delaySeconds === 'number' && delaySeconds >= 0 && delaySeconds <= LONGEST_DELAY_S;
    failed.set(id as MessageId, isDelay ? delaySeconds * 1000 : undefined);
    if (!isDelay && delaySeconds !== undefined && delaySeconds !== null)
      remark = `delaySeconds takes a number from 0 to ${LONGEST_DELAY_S}; the message comes again as if there were none.`;
  }
  if (failed.size === 0) return DONE;
  const verdict: Verdict = { kind: 'some-failed', failed };
  return { verdict, throttled: false, ...(remark !== undefined && { remark }) };
}

function membersOf(item: unknown): { readonly itemIdentifier?: unknown; readonly delaySeconds?: unknown } {
  return typeof item === 'object' && item !== null ? item : {};
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
