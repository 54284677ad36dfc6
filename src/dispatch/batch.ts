import type { InvokeResult } from '../environment/result.ts';
import type { BatchHost } from './batch-host.ts';
import { BatchInvocation } from './batch-invocation.ts';
import type { Fate, Feed, FeedRequest, Judgement, Taken } from './feed.ts';
import { handBack } from './hand-back.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import type { DispatchPorts } from './ports.ts';

/** Messages that go into one invocation together: leased, invoked, judged and handed back. */
export class Batch implements Disposable {
  readonly #ports: DispatchPorts;
  readonly #feed: Feed;
  readonly #request: FeedRequest;
  readonly #leases: LeaseKeeper;
  readonly #invocation: BatchInvocation;
  #judgement: Judgement | undefined;

  constructor(ports: DispatchPorts, feed: Feed, taken: readonly Taken[]) {
    this.#ports = ports;
    this.#feed = feed;
    this.#leases = new LeaseKeeper(ports, feed, taken);
    this.#request = feed.request(taken);
    this.#invocation = new BatchInvocation({ ports, feed, request: this.#request, leases: this.#leases });
  }

  /** The messages with the leases that they have now. */
  get taken(): readonly Taken[] {
    return this.#leases.taken;
  }

  /** How the invocation ended; undefined when there was none: expired, function gone, no room until the stop. */
  invoke(host: BatchHost): Promise<InvokeResult | undefined> {
    return this.#invocation.run(host);
  }

  /** Says what the outcome means, and tells the dispatcher what it says of what is behind the function. */
  judge(result: InvokeResult | undefined, host: BatchHost): void {
    const judgement = this.#feed.judge(this.taken, result);
    this.#judgement = judgement;
    const { signal = 'silent' } = judgement;
    const isFirst = this.taken.every(({ delivery }) => delivery.receiveCount === 1);
    const durationMs = result?.initDurationMs === undefined ? result?.durationMs : undefined;
    const times = { beganMs: this.#invocation.beganMs, endedMs: this.#ports.clock.nowMs(), durationMs };
    host.heard({ signal: host.abandoned() ? 'silent' : signal, isFirst, ...times });
  }

  /** True when what ended the invocation is to be looked for in halves of the batch. */
  isDivided(result: InvokeResult | undefined, host: BatchHost): boolean {
    if (this.taken.length < 2 || host.abandoned() || host.signal.aborted) return false;
    return this.#feed.divides?.(result) === true;
  }

  /** The invocation is over: the leases are no longer renewed. */
  endLeases(): void {
    this.#leases[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.endLeases();
  }

  /** Applies what the outcome means. */
  handBack(result: InvokeResult | undefined): Promise<readonly Fate[]> {
    const { taken } = this;
    const judgement = this.#judgement ?? this.#feed.judge(taken, result);
    const { requestId } = this.#request;
    return handBack({ ports: this.#ports, feed: this.#feed, requestId, taken, result, judgement });
  }
}
