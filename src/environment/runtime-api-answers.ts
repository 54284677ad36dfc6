import type { DoorInvocation } from './door.ts';
import type { ApiResponse } from './plain-connection.ts';

/*
 * The answers of the Runtime API, each in one write and with its length: with chunked ones some clients open a
 * connection for every request.
 */

const ACCEPTED = Buffer.from('{"status":"OK"}\n');

/** 202: what the runtime posted has been taken. */
export function accepted(response: ApiResponse): void {
  write(response, 202, {}, ACCEPTED);
}

/** An error in the API's own form. */
export function refused(
  response: ApiResponse,
  status: number,
  errorType: string,
  errorMessage: string,
): undefined {
  write(response, status, {}, Buffer.from(JSON.stringify({ errorMessage, errorType })));
}

/** 200: an event. The content type is exactly `application/json`; Python's client compares the text. */
export function event(response: ApiResponse, invocation: DoorInvocation): void {
  const { clientContext, traceId } = invocation;
  const headers = {
    'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
    'Lambda-Runtime-Deadline-Ms': String(Math.floor(invocation.deadlineMs)),
    'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
    ...(clientContext && { 'Lambda-Runtime-Client-Context': asciiJson(clientContext) }),
    ...(traceId && { 'Lambda-Runtime-Trace-Id': traceId }),
  };
  write(response, 200, headers, invocation.payload);
}

/** One whole answer, in JSON. */
export function write(
  response: ApiResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): void {
  const always = { 'Content-Type': 'application/json', 'Content-Length': body.length };
  response.writeHead(status, { ...headers, ...always });
  response.end(body);
}

/** The same JSON with every character that a header cannot hold escaped. */
function asciiJson(json: string): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return json.replaceAll(/[\r\n]/g, ' ').replaceAll(/[^\x20-\x7e]/g, escape);
}
