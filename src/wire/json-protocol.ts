import { isUtf8 } from 'node:buffer';
import type { Answer, RequestHead } from './door.ts';
import type { AwsError } from './errors.ts';
import { NotTheShape } from './input.ts';
import { parseJsonObject, type JsonInput } from './json-input.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.0';
const JSON_HEADERS: readonly string[] = Object.freeze(['Content-Type', CONTENT_TYPE]);

/** The action that `X-Amz-Target: SERVICE.ACTION` names; empty when it does not name this service. */
export function targetAction(head: RequestHead, service: string): string {
  const target = head.headers['x-amz-target'];
  if (typeof target !== 'string' || !target.startsWith(service)) return '';
  return target.charAt(service.length) === '.' ? target.slice(service.length + 1) : '';
}

/** True for a request of the JSON 1.0 protocol. */
export function isJson(head: RequestHead): boolean {
  return head.headers['content-type']?.startsWith(CONTENT_TYPE) ?? false;
}

/** Reads the body of a request. Throws {@link NotTheShape} for what is no JSON object in UTF-8. */
export function readJson(body: Buffer): JsonInput {
  if (!isUtf8(body)) throw new NotTheShape('The request body is not valid UTF-8');
  return parseJsonObject(body.toString('utf8'));
}

/** An answer with this output; nothing at all for an action that answers nothing. */
export function jsonAnswer(output: Readonly<Record<string, unknown>> | undefined): Answer {
  return { status: 200, headers: JSON_HEADERS, body: output === undefined ? '' : JSON.stringify(output) };
}

/**
 * An error in the form of JSON 1.0. The header carries the code of the older Query protocol, which clients made
 * for that protocol compare; `namespace` stands before the type (`com.amazonaws.sqs`).
 */
export function jsonErrorAnswer(error: AwsError, namespace: string): Answer {
  const side = error.status >= 500 ? 'Receiver' : 'Sender';
  return {
    status: error.status,
    headers: [...JSON_HEADERS, 'x-amzn-query-error', `${error.queryCode ?? error.type};${side}`],
    body: JSON.stringify({ __type: `${namespace}#${error.type}`, message: error.message }),
  };
}
