import type { Answer, RequestHead } from './door.ts';
import type { AwsError } from './errors.ts';
import type { ElementNames } from './xml.ts';

const JSON_HEADERS: readonly string[] = ['Content-Type', 'application/json'];

/** True for a client that takes JSON: AWS answers it so in the Query protocol, too. */
export function acceptsJson({ headers }: RequestHead): boolean {
  return headers.accept?.includes('application/json') ?? false;
}

/** The answer of an action: lists as lists, maps as lists of pairs, what is not there as null. */
export function jsonQueryAnswer(
  action: string,
  output: Readonly<Record<string, unknown>> | undefined,
  names: ElementNames,
  requestId: string,
): Answer {
  const result = output === undefined ? {} : { [`${action}Result`]: shown(output, names) };
  return answer(200, {
    [`${action}Response`]: { ...result, ResponseMetadata: { RequestId: requestId } },
  });
}

/** An error; its code and message are the older ones where there are two. */
export function jsonQueryErrorAnswer(error: AwsError, requestId: string): Answer {
  const Type = error.status >= 500 ? 'Receiver' : 'Sender';
  const [Code, Message] = [error.queryCode ?? error.type, error.queryMessage ?? error.message];
  return answer(error.status, { Error: { Code, Message, Type }, RequestId: requestId });
}

function answer(status: number, body: Readonly<Record<string, unknown>>): Answer {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(body) };
}

function shown(value: unknown, names: ElementNames): unknown {
  if (Array.isArray(value)) return value.map((item) => shown(item, names));
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const map = names.maps[name];
      const isMap = map !== undefined && member !== undefined;
      return [names.inJson[name] ?? name, isMap ? pairs(member, map, names) : shown(member, names)];
    }),
  );
}

function pairs(value: unknown, [, key, content]: ElementNames['maps'][string], names: ElementNames): unknown {
  return Object.entries(value as Readonly<Record<string, unknown>>).map(([name, member]) => ({
    [key]: name,
    [content]: shown(member, names),
  }));
}
