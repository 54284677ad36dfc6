import type { Broker } from '../../broker/broker.ts';
import type { Caller } from '../caller.ts';
import type { Answer, Door, RequestHead, WireRequest } from '../door.ts';
import type { AwsError } from '../errors.ts';
import { NotTheShape } from '../json-input.ts';
import { isJson, jsonAnswer, jsonErrorAnswer, readJson, targetAction } from '../json-protocol.ts';
import { sqsError, type SqsFailure } from './sqs-errors.ts';
import { ActionRefused, type SqsContext } from './action.ts';
import { sqsAction } from './actions.ts';

const SERVICE = 'AmazonSQS';
const NAMESPACE = 'com.amazonaws.sqs';

/** The largest message has 1 MiB; escaped as JSON a character may take six times its size. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/** What the door works with. */
export interface SqsJsonDoorParts {
  readonly broker: Broker;
  /** What queue URLs begin with; unset: `http://` and the Host of the request. */
  readonly publicOrigin?: string;
}

/** SQS by the JSON 1.0 protocol: `POST /` with `X-Amz-Target: AmazonSQS.ACTION`. */
export class SqsJsonDoor implements Door {
  readonly #broker: Broker;
  readonly #publicOrigin: string | undefined;

  constructor({ broker, publicOrigin }: SqsJsonDoorParts) {
    this.#broker = broker;
    this.#publicOrigin = publicOrigin;
  }

  matches(head: RequestHead): boolean {
    const target = head.headers['x-amz-target'];
    if (typeof target === 'string') return target.startsWith(SERVICE);
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
      const action = sqsAction(targetAction(request, SERVICE));
      const context: SqsContext = { broker: this.#broker, caller, origin: this.#originOf(request), request };
      return jsonAnswer(await action(readJson(request.body), context));
    } catch (error) {
      return this.refuse(request, sqsError(failureOf(error)));
    }
  }

  refuse(_head: RequestHead, error: AwsError): Answer {
    return jsonErrorAnswer(error, NAMESPACE);
  }

  #originOf(head: RequestHead): string {
    return this.#publicOrigin ?? `http://${head.headers.host ?? 'localhost'}`;
  }
}

function failureOf(error: unknown): SqsFailure {
  if (error instanceof ActionRefused) return error.failure;
  if (error instanceof NotTheShape) return { kind: 'not-the-shape', why: error.message };
  throw error;
}
