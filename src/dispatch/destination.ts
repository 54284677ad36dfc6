import { unreachable } from '../base/assert.ts';
import type { RequestId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { NoSuchQueue, Unavailable } from '../broker/broker.ts';
import type { InvokeResult } from '../environment/result.ts';
import { parseFunctionArn, targetArn, type FunctionTarget } from '../function/function.ts';
import type { AsyncEvent } from '../function/inbox.ts';
import { traceOnwards } from '../function/lineage.ts';
import type { MessageAttribute, MessageAttributes } from '../message/attribute.ts';
import { parseQueueArn } from '../message/queue-key.ts';
import type { DispatchPorts } from './ports.ts';

/** Puts an event into the inbox of a function. */
export type PostEvent = (
  target: FunctionTarget,
  event: AsyncEvent,
  senderId: string,
) => Promise<Result<void, NoSuchQueue | Unavailable>>;

/** How an asynchronous event ended, in AWS's words. */
export type EventCondition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';

/** An event that is over. */
export interface EndedEvent {
  readonly target: FunctionTarget;
  readonly event: AsyncEvent;
  readonly condition: EventCondition;
  /** How often the function was given it. */
  readonly attempts: number;
  /** Of the last attempt; undefined when it was never invoked. */
  readonly result: InvokeResult | undefined;
  readonly version: string;
}

/** `sent`, `not-there`: nobody can take it any more; `unavailable`: later. */
export type DeliveryOutcome = 'sent' | 'not-there' | 'unavailable';

const SENDER = 'lambda';

/** Tells queues and functions how asynchronous events ended: destinations and dead-letter queues. */
export class Destinations {
  readonly #ports: DispatchPorts;
  readonly #post: PostEvent;

  constructor(ports: DispatchPorts, post: PostEvent) {
    this.#ports = ports;
    this.#post = post;
  }

  /** Sends the record of an event's end to a queue or function; durable when it answers `sent`. */
  async tell(arn: string, ended: EndedEvent): Promise<DeliveryOutcome> {
    const text = record(ended, new Date(this.#ports.clock.nowMs()).toISOString());
    const queue = parseQueueArn(arn);
    if (queue !== undefined) return this.#send(arn, text, {}, this.#traceOf(ended));
    const target = parseFunctionArn(arn);
    if (target === undefined || this.#ports.functions.resolve(target) === undefined) return 'not-there';
    const { qualifier } = target;
    const requestId = this.#ports.random.uuid() as RequestId;
    const traceId = this.#traceOf(ended);
    const event = { payload: text, requestId, traceId, ...(qualifier !== undefined && { qualifier }) };
    return outcomeOf(await this.#post(target, event, SENDER));
  }

  /** Sends an event that was given up to the function's dead-letter queue, unchanged. */
  deadLetter(arn: string, ended: EndedEvent): Promise<DeliveryOutcome> {
    const { event, result } = ended;
    const attributes = {
      RequestID: { dataType: 'String', stringValue: event.requestId },
      ErrorCode: { dataType: 'Number', stringValue: '200' },
      ErrorMessage: { dataType: 'String', stringValue: errorMessage(result).slice(0, 1024) },
    } satisfies Record<string, MessageAttribute>;
    return this.#send(arn, event.payload, attributes, this.#traceOf(ended));
  }

  async #send(
    arn: string,
    body: string,
    attributes: MessageAttributes,
    traceHeader: string,
  ): Promise<DeliveryOutcome> {
    const queue = parseQueueArn(arn);
    if (queue === undefined) return 'not-there';
    const entry = { body, attributes, traceHeader, senderId: SENDER };
    return outcomeOf(await this.#ports.broker.send(queue, [entry]));
  }

  /** What follows from an event counts as a round of its function. */
  #traceOf({ event, target }: EndedEvent): string {
    const nowMs = this.#ports.clock.nowMs();
    return traceOnwards(event.traceId, target, { id: event.requestId, nowMs });
  }
}

function outcomeOf(sent: Result<unknown, NoSuchQueue | Unavailable>): DeliveryOutcome {
  if (sent.ok) return 'sent';
  return sent.failure.kind === 'no-such-queue' ? 'not-there' : 'unavailable';
}

/** The record as AWS writes it; event and answer go in as they are. */
function record(ended: EndedEvent, timestamp: string): string {
  const { target, event, condition, attempts, result, version } = ended;
  const head = {
    version: '1.0',
    timestamp,
    requestContext: {
      requestId: event.requestId,
      functionArn: targetArn({ ...target, qualifier: target.qualifier ?? version }),
      condition,
      approximateInvokeCount: attempts,
    },
  };
  const failed = result !== undefined && result.kind !== 'answered' && result.kind !== 'no-room';
  const context = {
    statusCode: 200,
    executedVersion: version,
    ...(failed && { functionError: 'Unhandled' }),
  };
  const payload = payloadOf(result);
  const parts = [
    JSON.stringify(head).slice(1, -1),
    `"requestPayload":${event.payload}`,
    ...(payload === undefined
      ? []
      : [`"responseContext":${JSON.stringify(context)}`, `"responsePayload":${payload}`]),
  ];
  return `{${parts.join(',')}}`;
}

/** The answer as JSON text; undefined when there was none. */
function payloadOf(result: InvokeResult | undefined): string | undefined {
  if (result === undefined || result.kind === 'no-room') return undefined;
  const text = Buffer.from(result.payload).toString('utf8');
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}

function errorMessage(result: InvokeResult | undefined): string {
  if (result === undefined) return 'The event was too old to be handled.';
  switch (result.kind) {
    case 'function-error':
    case 'init-error':
      return result.errorMessage;
    case 'exited':
      return 'The process of the function ended without an answer.';
    case 'timed-out':
      return 'The function did not answer in time.';
    case 'too-large':
      return 'The answer of the function was too large.';
    case 'no-room':
      return result.why;
    case 'answered':
      return '';
    default:
      return unreachable(result);
  }
}
