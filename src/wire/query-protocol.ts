import type { Answer } from './door.ts';
import type { AwsError } from './errors.ts';
import { jsonQueryAnswer, jsonQueryErrorAnswer } from './query-json.ts';
import { xmlElement, xmlMembers, xmlText, type ElementNames } from './xml.ts';

const XML_HEADERS: readonly string[] = ['Content-Type', 'text/xml'];

/** What stands in every answer of an API in this protocol. */
export interface QueryFrame {
  /** The `xmlns` of answers and errors. */
  readonly namespace: string;
  readonly requestId: string;
  /** The client takes JSON. */
  readonly isJson: boolean;
}

/** The answer to a request that names no action. */
export const NO_ACTION: Answer = { status: 404, headers: XML_HEADERS, body: '<UnknownOperationException/>' };

/** The answer of an action; one that answers nothing has only its metadata. */
export function queryAnswer(
  action: string,
  output: Readonly<Record<string, unknown>> | undefined,
  names: ElementNames,
  frame: QueryFrame,
): Answer {
  if (frame.isJson) return jsonQueryAnswer(action, output, names, frame.requestId);
  const result = output === undefined ? '' : xmlElement(`${action}Result`, xmlMembers(output, names));
  const metadata = `<ResponseMetadata>${requestId(frame)}</ResponseMetadata>`;
  return xmlAnswer(200, `${action}Response`, result + metadata, frame);
}

/** An error in the form of the Query protocol: its code is the older one where there are two. */
export function queryErrorAnswer(error: AwsError, frame: QueryFrame): Answer {
  if (frame.isJson) return jsonQueryErrorAnswer(error, frame.requestId);
  const side = error.status >= 500 ? 'Receiver' : 'Sender';
  const code = xmlText(error.queryCode ?? error.type);
  const message = xmlText(error.queryMessage ?? error.message);
  const inner = `<Type>${side}</Type><Code>${code}</Code><Message>${message}</Message><Detail/>`;
  return xmlAnswer(error.status, 'ErrorResponse', `<Error>${inner}</Error>${requestId(frame)}`, frame);
}

function xmlAnswer(status: number, root: string, content: string, { namespace }: QueryFrame): Answer {
  const body = `<?xml version="1.0"?><${root} xmlns="${namespace}">${content}</${root}>`;
  return { status, headers: XML_HEADERS, body };
}

function requestId(frame: QueryFrame): string {
  return `<RequestId>${frame.requestId}</RequestId>`;
}
