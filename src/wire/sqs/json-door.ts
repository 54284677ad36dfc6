import type { Caller } from '../caller.ts';
import type { Answer, Door, RequestHead, WireRequest } from '../door.ts';
import type { AwsError } from '../errors.ts';
import { isForm } from '../form.ts';
import { NotTheShape } from '../input.ts';
import { isJson, jsonAnswer, jsonErrorAnswer, readJson, targetAction } from '../json-protocol.ts';
import { callSqs, sqsErrorOf, type SqsServiceParts } from './service.ts';

const SERVICE = 'AmazonSQS';
/** What stands before the types that SQS names in its model, and before those that all services share. */
const OF_SQS = 'com.amazonaws.sqs';
const OF_ALL = 'com.amazon.coral.service';

/** The largest message has 1 MiB; escaped as JSON a character may take six times its size. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/**
 * SQS by the JSON 1.0 protocol: `POST /` with `X-Amz-Target: AmazonSQS.ACTION`. A form that names its action in this header
 * too, as Amazon::SQS::Simple sends it, speaks the Query protocol.
 */
export class SqsJsonDoor implements Door {
  readonly #parts: SqsServiceParts;

  constructor(parts: SqsServiceParts) {
    this.#parts = parts;
  }

  matches(head: RequestHead): boolean {
    const target = head.headers['x-amz-target'];
    if (typeof target === 'string') return target.startsWith(SERVICE) && !isForm(head);
    return head.path === '/' && isJson(head);
  }

  bodyLimitBytes(): number {
    return BODY_LIMIT_BYTES;
  }

  actionOf(request: WireRequest): string | undefined {
    const action = targetAction(request, SERVICE);
    return action === '' ? undefined : `sqs:${action}`;
  }

  async handle(request: WireRequest, caller: Caller): Promise<Answer> {
    try {
      const action = targetAction(request, SERVICE);
      return jsonAnswer(await callSqs(this.#parts, action, readJson(request.body), request, caller));
    } catch (thrown) {
      const error = errorOf(thrown);
      if (error === undefined) throw thrown;
      return this.refuse(request, error);
    }
  }

  refuse(_head: RequestHead, error: AwsError): Answer {
    return jsonErrorAnswer(error, namespaceOf(error));
  }
}

/** Of the types in the model of SQS one alone ends as all of the shared ones do. */
function namespaceOf({ type }: AwsError): string {
  return type.endsWith('Exception') && type !== 'ResourceNotFoundException' ? OF_ALL : OF_SQS;
}

function errorOf(thrown: unknown): AwsError | undefined {
  if (!(thrown instanceof NotTheShape)) return sqsErrorOf(thrown);
  return { type: 'SerializationException', status: 400, message: thrown.message };
}
