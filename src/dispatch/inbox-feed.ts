import type { InvokeResult } from '../environment/result.ts';
import type { EventInvokeSettings } from '../function/event-invoke.ts';
import { LATEST, type FunctionKey, type FunctionTarget } from '../function/function.ts';
import {
  INBOX_EVENT_AGE_MS,
  INBOX_RETRIES,
  inboxKey,
  inboxRetryDelayMs,
  openEvent,
} from '../function/inbox.ts';
import { isLooping, MOST_ROUNDS } from '../function/lineage.ts';
import type { Delivery } from '../message/message.ts';
import type { QueueKey } from '../message/queue-key.ts';
import type { DeliveryOutcome, Destinations, EndedEvent, EventCondition } from './destination.ts';
import { EventMemory } from './event-memory.ts';
import type { Fate, Feed, FeedRequest, FeedSettings, Judgement, Taken } from './feed.ts';
import type { DispatchPorts } from './ports.ts';

/** How soon the end of an event is told again that could not be told. */
const TELL_AGAIN_MS = 1000;

/**
 * A function's inbox: one event per invocation, unchanged. The function's failure is tried again, after one and after two
 * minutes; lack of room only until the event is too old. How often and how long is its owner's choice (AWS: twice, six hours), and
 * who hears of its end.
 */
export class InboxFeed implements Feed {
  readonly label: string;
  readonly queue: QueueKey;
  readonly isOrdered = false;
  readonly #ports: DispatchPorts;
  readonly #function: FunctionKey;
  readonly #destinations: Destinations;
  readonly #memory = new EventMemory();

  constructor(ports: DispatchPorts, target: FunctionKey, destinations: Destinations) {
    this.#ports = ports;
    this.#function = target;
    this.#destinations = destinations;
    this.queue = inboxKey(target);
    this.label = this.queue.name;
  }

  settings(): FeedSettings {
    return { function: this.#function, batchSize: 1, batchingWindowMs: 0 };
  }

  part(delivery: Delivery): string {
    return delivery.message.body;
  }

  request(batch: readonly Taken[]): FeedRequest {
    const [first] = batch;
    if (first === undefined) throw new RangeError('a batch of an inbox holds one event');
    const { payload, requestId, clientContext, traceId } = openEvent(first.delivery.message);
    return {
      requestId,
      payload: Buffer.from(payload),
      target: this.#targetOf(first),
      ...(clientContext === undefined ? {} : { clientContext }),
      ...(traceId === undefined ? {} : { traceId }),
    };
  }

  /** Too old, over already, here before its time, or set off by the function itself too often. */
  expired(batch: readonly Taken[]): boolean {
    const nowMs = this.#ports.clock.nowMs();
    return batch.some((one) => this.#isOver(one) || this.#memory.holdsBack(one.delivery.message.id, nowMs));
  }

  written(batch: readonly Taken[]): void {
    for (const { delivery } of batch) this.#memory.written(delivery.message.id, delivery.receiveCount);
  }

  judge(batch: readonly Taken[], result: InvokeResult | undefined): Judgement {
    const answered = result?.kind === 'answered';
    const fates = batch.map((one): Fate => (answered ? { kind: 'done' } : this.#failed(one, result)));
    return { fates, result: answered ? 'OK' : 'PROBLEM: Function call failed' };
  }

  async passOn(
    batch: readonly Taken[],
    result: InvokeResult | undefined,
    fates: readonly Fate[],
  ): Promise<readonly Fate[]> {
    return Promise.all(
      fates.map(async (fate, index) => {
        const one = batch[index];
        return one === undefined || fate.kind !== 'done' ? fate : this.#ended(one, result);
      }),
    );
  }

  /** The dispatcher tells what happens in events; an inbox has nobody who asks later. */
  report(): void {}

  #failed(one: Taken, result: InvokeResult | undefined): Fate {
    const { id } = one.delivery.message;
    if (this.#isOver(one)) return { kind: 'done' };
    const nowMs = this.#ports.clock.nowMs();
    if (result === undefined || result.kind === 'no-room')
      return { kind: 'again', atMs: Math.max(nowMs, this.#memory.againAtMs(id) ?? nowMs) };
    const attempts = this.#attemptsOf(one);
    if (attempts > this.#retriesOf(one)) return { kind: 'done' };
    const againAtMs = nowMs + inboxRetryDelayMs(attempts);
    this.#memory.failed(id, attempts, againAtMs);
    return { kind: 'again', atMs: againAtMs };
  }

  /** Tells of an event's end. Once it is told everywhere, or there is nobody to tell, the event is done. */
  async #ended(one: Taken, result: InvokeResult | undefined): Promise<Fate> {
    const { id } = one.delivery.message;
    const known = this.#memory.endOf(id);
    if (known?.isTold === true) return { kind: 'done' };
    const ended = known?.ended ?? this.#endOf(one, result);
    this.#memory.over(id, ended, false);
    const succeeded = ended.condition === 'Success';
    if (!succeeded && known === undefined) this.#tellGivenUp(ended, this.#isLoop(one));
    const { onSuccess, onFailure } = this.#rulesOf(one);
    const arn = succeeded ? onSuccess : onFailure;
    const deadLetterArn = succeeded
      ? undefined
      : this.#ports.functions.resolve(ended.target)?.settings.deadLetterArn;
    const told: DeliveryOutcome[] = [];
    if (arn !== undefined) told.push(await this.#destinations.tell(arn, ended));
    if (deadLetterArn) told.push(await this.#destinations.deadLetter(deadLetterArn, ended));
    if (told.includes('not-there'))
      this.#trouble(`a destination of event ${ended.event.requestId} is not there`);
    if (told.includes('unavailable'))
      return { kind: 'again', atMs: this.#ports.clock.nowMs() + TELL_AGAIN_MS };
    this.#memory.over(id, ended, true);
    return { kind: 'done' };
  }

  #endOf(one: Taken, result: InvokeResult | undefined): EndedEvent {
    const target = this.#targetOf(one);
    const attempts = this.#attemptsOf(one);
    return {
      ...{ target, event: openEvent(one.delivery.message), result, attempts },
      condition: this.#conditionOf(one, result),
      version: this.#ports.functions.resolve(target)?.version ?? LATEST,
    };
  }

  #conditionOf(one: Taken, result: InvokeResult | undefined): EventCondition {
    if (result?.kind === 'answered') return 'Success';
    return this.#isTooOld(one) && this.#attemptsOf(one) <= this.#retriesOf(one)
      ? 'EventAgeExceeded'
      : 'RetriesExhausted';
  }

  #tellGivenUp({ event, attempts, condition, result }: EndedEvent, isLoop: boolean): void {
    const why = isLoop
      ? `the function sets itself off: stopped after ${MOST_ROUNDS} rounds`
      : condition === 'EventAgeExceeded'
        ? 'it is older than it may become'
        : `attempt ${attempts} ended as ${result?.kind ?? 'not invoked'}`;
    this.#trouble(`event ${event.requestId} is given up: ${why}`);
  }

  #targetOf(one: Taken): FunctionTarget {
    const { qualifier } = openEvent(one.delivery.message);
    return { ...this.#function, ...(qualifier !== undefined && { qualifier }) };
  }

  #rulesOf(one: Taken): EventInvokeSettings {
    const { qualifier = LATEST } = this.#targetOf(one);
    return this.#ports.eventInvokes.get(this.#function, qualifier)?.settings ?? {};
  }

  #retriesOf(one: Taken): number {
    return this.#rulesOf(one).maximumRetries ?? INBOX_RETRIES;
  }

  /** Too old, over already, or set off by the function itself too often. */
  #isOver(one: Taken): boolean {
    const isKnown = this.#memory.endOf(one.delivery.message.id) !== undefined;
    return this.#isTooOld(one) || isKnown || this.#isLoop(one);
  }

  #attemptsOf({ delivery: { message, receiveCount } }: Taken): number {
    return this.#memory.attempts(message.id, receiveCount);
  }

  #isLoop({ delivery }: Taken): boolean {
    return isLooping(this.#ports.functions, this.#function, delivery.message.traceHeader);
  }

  #isTooOld(one: Taken): boolean {
    const ageMs = this.#ports.clock.nowMs() - one.delivery.message.sentAtMs;
    return ageMs > (this.#rulesOf(one).maximumEventAgeMs ?? INBOX_EVENT_AGE_MS);
  }

  #trouble(what: string): void {
    this.#ports.tell({ kind: 'trouble', where: `asynchronous events of ${this.#function.name}`, what });
  }
}
