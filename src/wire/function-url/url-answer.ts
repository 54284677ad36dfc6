import type { InvokeResult } from '../../environment/result.ts';
import type { Answer } from '../door.ts';
import { hasNoBody, readAnswerHead } from './answer-head.ts';
import { readPrelude } from './prelude.ts';
import { errorAnswer, INTERNAL } from './url-errors.ts';

/** The answer to a request whose invocation has ended, and answered in one piece if at all. */
export function wholeAnswer(result: InvokeResult): Answer {
  const answer = result.kind === 'answered' ? formatted(result.payload) : undefined;
  return answer ?? errorAnswer(INTERNAL);
}

/**
 * What a function's answer means (Lambda guide, "urls-invocation"): payload format 2.0 where it has a `statusCode`; other JSON is the
 * body itself. One that was made for a stream says first what it is. Undefined for what is no answer.
 */
function formatted(payload: Uint8Array): Answer | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const prelude = readPrelude(bytes);
  if (prelude !== undefined) return prelude.head && bodied(prelude.head, prelude.rest);
  const said = parsed(bytes);
  if (said === undefined) return undefined;
  if (typeof said !== 'object' || said === null || !Object.hasOwn(said, 'statusCode'))
    return { status: 200, headers: ['Content-Type', 'application/json'], body: bytes };
  const head = readAnswerHead(said, 'application/json');
  const body = readBody(said);
  return head === undefined || body === undefined ? undefined : bodied(head, body);
}

function bodied(head: Omit<Answer, 'body'>, body: string | Buffer): Answer {
  return { ...head, body: hasNoBody(head.status) ? '' : body };
}

/** A JSON value; undefined for what is no JSON. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function readBody(said: {
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}): string | Buffer | undefined {
  const text = said.body ?? '';
  if (typeof text !== 'string') return undefined;
  return said.isBase64Encoded === true ? Buffer.from(text, 'base64') : text;
}
