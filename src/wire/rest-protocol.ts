import type { Caller } from './caller.ts';
import type { Answer, WireRequest } from './door.ts';
import type { AwsError } from './errors.ts';

/** One request of the REST-JSON protocol, as an operation sees it. */
export interface RestCall {
  readonly request: WireRequest;
  readonly caller: Caller;
  /** The labels of the path, decoded. */
  readonly labels: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** What an operation answers. `body`: a JSON value, or bytes that are passed through; nothing when absent. */
export interface RestAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Bytes that come one after the other, instead of a body. */
  readonly pieces?: AsyncIterable<Uint8Array>;
}

/** An error that AWS knows; thrown inside a door and answered there, never further in. */
export class RestError extends Error implements AwsError {
  override readonly name = 'RestError';
  readonly type: string;
  readonly status: number;
  /** Members of the error's body besides the message. */
  readonly details: Readonly<Record<string, string>>;

  constructor(status: number, type: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.type = type;
    this.status = status;
    this.details = details;
  }
}

/** One operation and where it answers: `/2015-03-31/functions/{FunctionName}/code`. */
export interface RestRoute<Rooms> {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly bodyLimitBytes: number;
  run(call: RestCall, rooms: Rooms): Promise<RestAnswer> | RestAnswer;
}

/** A route that fits a request. */
export interface RestMatch<Rooms> {
  readonly route: RestRoute<Rooms>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Finds routes by method and path; a trailing `/` means nothing, as with AWS. */
export class RestRouter<Rooms> {
  readonly #routes: readonly { readonly route: RestRoute<Rooms>; readonly segments: readonly string[] }[];

  constructor(routes: readonly RestRoute<Rooms>[]) {
    this.#routes = routes.map((route) => ({ route, segments: segmentsOf(route.path) }));
  }

  /** The route for a request's path (still percent-encoded, without the query). */
  find(method: string, path: string): RestMatch<Rooms> | undefined {
    const given = segmentsOf(path);
    for (const { route, segments } of this.#routes) {
      if (route.method !== method || segments.length !== given.length) continue;
      const labels = labelsOf(segments, given);
      if (labels !== undefined) return { route, labels };
    }
    return undefined;
  }
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment.length > 0);
}

function labelsOf(pattern: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = given[index] ?? '';
    if (part.startsWith('{')) labels[part.slice(1, -1)] = decoded(segment);
    else if (part !== segment) return undefined;
  }
  return labels;
}

/** A segment that is not well encoded stands for itself. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** An operation's answer as it goes back. */
export function writeRestAnswer(answer: RestAnswer): Answer {
  const headers = Object.entries(answer.headers ?? {}).flat();
  const { body, pieces } = answer;
  if (pieces !== undefined) return { status: answer.status, headers, body: '', pieces };
  if (body === undefined) return { status: answer.status, headers, body: '' };
  if (answer.headers?.['Content-Type'] === undefined) headers.push('Content-Type', 'application/json');
  return { status: answer.status, headers, body: body instanceof Uint8Array ? body : JSON.stringify(body) };
}

/** The request's JSON object; an empty body is an empty object. */
export function jsonObject(call: RestCall): Readonly<Record<string, unknown>> {
  if (call.request.body.length === 0) return {};
  const value = parseJson(call.request.body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new RestError(
    400,
    'InvalidRequestContentException',
    'Could not parse request body into json: an object was expected.',
  );
}

/** The value of JSON bytes, or the error that AWS Lambda gives for bytes that are none. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (error) {
    throw new RestError(
      400,
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
}
