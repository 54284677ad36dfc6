import type { MessageId, RequestId } from '../base/ids.ts';
import type { InvokeResult } from '../environment/result.ts';
import { joinedTrace } from '../function/lineage.ts';
import type { Delivery } from '../message/message.ts';
import type { QueueKey } from '../message/queue-key.ts';
import { mayHideOne } from './divide.ts';
import { sqsEvent, sqsRecord } from './event.ts';
import { filterOf, type Filter } from './filter.ts';
import type { Fate, Feed, FeedRequest, FeedSettings, Judgement, Taken } from './feed.ts';
import type { MappingRecord } from './mapping-record.ts';
import { paceSignal } from './pace-signal.ts';
import type { DispatchPorts } from './ports.ts';
import { againAtMs } from './retry.ts';
import { judgeInvocation, type AskedDelay, type Verdict } from './verdict.ts';

/** A mapping's queue as its function sees it: events of SQS records, and AWS's rules for failures. */
export class MappingFeed implements Feed {
  readonly label: string;
  readonly queue: QueueKey;
  readonly isOrdered: boolean;
  readonly stopsLoops = true;
  readonly #ports: DispatchPorts;
  readonly #current: () => MappingRecord;
  readonly #report: (result: string) => void;
  /** Asked for several times for each message, and seldom changed. */
  #settings: { readonly of: MappingRecord; readonly value: FeedSettings } | undefined;
  #filter: { readonly of: readonly string[]; readonly test: Filter | undefined } | undefined;

  /** `current` answers the mapping as it is now. */
  constructor(ports: DispatchPorts, current: () => MappingRecord, report: (result: string) => void) {
    this.#ports = ports;
    this.#current = current;
    this.#report = report;
    this.label = current().uuid;
    this.queue = current().source;
    this.isOrdered = this.queue.name.endsWith('.fifo');
  }

  settings(): FeedSettings {
    const record = this.#current();
    if (this.#settings?.of !== record) {
      const { function: target, settings } = record;
      const value = { function: target, ...settings, isPaced: settings.isPaced !== false };
      this.#settings = { of: record, value };
    }
    return this.#settings.value;
  }

  wants(part: string): boolean {
    const { filters } = this.#current().settings;
    if (filters === undefined) return true;
    if (this.#filter?.of !== filters) this.#filter = { of: filters, test: filterOf(filters) };
    return this.#filter.test?.(part) ?? true;
  }

  part(delivery: Delivery): string {
    return sqsRecord(this.queue, delivery);
  }

  request(batch: readonly Taken[]): FeedRequest {
    const traceId = batch.reduce<string | undefined>(
      (joined, { delivery }) => joinedTrace(joined, delivery.message.traceHeader),
      undefined,
    );
    return {
      requestId: this.#ports.random.uuid() as RequestId,
      payload: sqsEvent(batch.map((one) => one.part)),
      ...(traceId !== undefined && { traceId }),
    };
  }

  /** Never: how long a message is kept is its queue's law. */
  expired(): boolean {
    return false;
  }

  /**
   * A failed message stays hidden for as long as {@link againAtMs} says. One that was never given to the function is offered
   * again at once.
   */
  judge(batch: readonly Taken[], result: InvokeResult | undefined): Judgement {
    if (result === undefined || result.kind === 'no-room') {
      const fate: Fate = { kind: 'again', atMs: this.#ports.clock.nowMs() };
      return { fates: batch.map(() => fate), result: 'PROBLEM: The function could not be invoked.' };
    }
    const { settings } = this.#current();
    const ids = batch.map((one) => one.delivery.message.id);
    const report = judgeInvocation(result, ids, settings.reportBatchItemFailures);
    const { verdict, throttled, remark } = report;
    const nowMs = this.#ports.clock.nowMs();
    const fates = batch.map((one): Fate => {
      const asked = delayAsked(verdict, one.delivery.message.id);
      if (asked === 'done') return { kind: 'done' };
      return { kind: 'again', atMs: againAtMs(one, nowMs, asked, settings.retryBackoff) };
    });
    const allFailed = fates.every(({ kind }) => kind === 'again');
    const signal = paceSignal(result, { throttled, allFailed, allDelayed: isDelayed(verdict, ids) });
    if (remark !== undefined) return { fates, signal, result: `PROBLEM: ${remark}` };
    return { fates, signal, result: verdict.kind === 'all-failed' ? 'PROBLEM: Function call failed' : 'OK' };
  }

  divides(result: InvokeResult | undefined): boolean {
    return this.#current().settings.divides !== false && mayHideOne(result);
  }

  report(result: string): void {
    this.#report(result);
  }
}

/** True when the function has said of every message when it wants it again. */
function isDelayed(verdict: Verdict, ids: readonly MessageId[]): boolean {
  return verdict.kind === 'some-failed' && ids.every((id) => verdict.failed.get(id) !== undefined);
}

function delayAsked(verdict: Verdict, id: MessageId): AskedDelay | 'done' {
  if (verdict.kind === 'all-failed') return undefined;
  return verdict.kind === 'some-failed' && verdict.failed.has(id) ? verdict.failed.get(id) : 'done';
}
