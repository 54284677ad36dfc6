import { readPattern, type Matcher } from '../message/pattern.ts';

/** Whether a mapping's function wants a message, by its record as JSON text. */
export type Filter = (record: string) => boolean;

/** Reads the patterns of a mapping, of which a message must match one; undefined when there are none: all are wanted. */
export function filterOf(patterns: readonly string[]): Filter | undefined {
  if (patterns.length === 0) return undefined;
  const tests = patterns.flatMap((text) => {
    const matcher = readPattern(text);
    // A pattern was checked before it was kept: one that is none now matches nothing.
    return matcher.ok ? [bodyTest(text, matcher.value)] : [];
  });
  return (text) => {
    const record = JSON.parse(text) as Record<string, unknown>;
    return tests.some((test) => test(record));
  };
}

/**
 * AWS's rule for bodies: a pattern for JSON takes only bodies that are JSON objects, one for text only bodies that are
 * not, and one that says nothing of the body takes both. Alternatives (`$or`) see a JSON object where there is one.
 */
function bodyTest(text: string, matches: Matcher): (record: Readonly<Record<string, unknown>>) => boolean {
  const { body: asked, $or: alternatives } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (asked === undefined && alternatives === undefined) return matches;
  if (asked === undefined) {
    return (record) => matches({ ...record, body: jsonObject(String(record['body'])) ?? record['body'] });
  }
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
