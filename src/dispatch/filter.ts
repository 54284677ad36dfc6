import { readPattern, type Matcher } from '../message/pattern.ts';
import type { Delivery } from '../message/message.ts';
import type { QueueKey } from '../message/queue-key.ts';
import { sqsRecord } from './event.ts';

/** Whether a mapping's function wants a message. */
export type Filter = (delivery: Delivery) => boolean;

/** Reads the patterns of a mapping, of which a message must match one; undefined when there are none: all are wanted. */
export function filterOf(queue: QueueKey, patterns: readonly string[]): Filter | undefined {
  if (patterns.length === 0) return undefined;
  const tests = patterns.flatMap((text) => {
    const matcher = readPattern(text);
    // A pattern was checked before it was kept: one that is none now matches nothing.
    return matcher.ok ? [bodyTest(text, matcher.value)] : [];
  });
  return (delivery) => {
    const record = JSON.parse(sqsRecord(queue, delivery)) as Record<string, unknown>;
    return tests.some((test) => test(record));
  };
}

/**
 * AWS's rule for bodies: a pattern for JSON takes only bodies that are JSON objects, one for text only bodies that are
 * not, and one that says nothing of the body takes both.
 */
function bodyTest(text: string, matches: Matcher): (record: Readonly<Record<string, unknown>>) => boolean {
  const { body: asked } = JSON.parse(text) as { readonly body?: unknown };
  if (asked === undefined) return matches;
  const wantsText = Array.isArray(asked);
  return (record) => {
    const parsed = jsonObject(String(record['body']));
    if (wantsText) return parsed === undefined && matches(record);
    return parsed !== undefined && matches({ ...record, body: parsed });
  };
}

function jsonObject(text: string): object | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
