import type { Clock } from '../../base/clock.ts';
import type { TelemetryEvent, TelemetrySink } from './event.ts';
import { Subscriber, type Delivery } from './subscriber.ts';
import type { Destination, Subscription } from './subscription.ts';

/** What happens before somebody can have subscribed is kept for them, this many events at most. */
const MOST_EARLY = 1000;

/** The end of an invocation waits no longer than this for what was printed before it. */
const OUTPUT_WAIT_MS = 1000;

/** What {@link Telemetry} works with. */
export interface TelemetryParts {
  readonly clock: Clock;
  readonly deliveryTo: (destination: Destination) => Delivery;
  /** Resolves when everything printed so far has been told. */
  readonly outputRead: () => Promise<void>;
}

/** What happens in one environment, told to those of its extensions that have subscribed. */
export class Telemetry implements TelemetrySink {
  readonly #parts: TelemetryParts;
  readonly #subscribers = new Map<string, Subscriber>();
  #listener: ((event: TelemetryEvent) => void) | undefined;
  #early: TelemetryEvent[] | undefined = [];
  /** What is told before the next event, while that has to wait. */
  #earlier: Promise<void> | undefined;

  constructor(parts: TelemetryParts) {
    this.#parts = parts;
  }

  get isWanted(): boolean {
    return this.#early !== undefined || this.#subscribers.size > 0;
  }

  /** An extension's subscription; it takes the place of one that the same extension has made by the same API. */
  subscribe(name: string, subscription: Subscription): void {
    const { api, types, destination } = subscription;
    const { clock, deliveryTo } = this.#parts;
    const key = `${api} ${name}`;
    this.#subscribers.get(key)?.close();
    const subscriber = new Subscriber(subscription, deliveryTo(destination), clock);
    this.#subscribers.set(key, subscriber);
    for (const event of this.#early ?? []) subscriber.tell(event);
    this.tell({ kind: 'subscription', atMs: clock.nowMs(), api, name, types });
  }

  hear(listener: (event: TelemetryEvent) => void): void {
    this.#listener = listener;
  }

  /** The code is loaded: nobody subscribes any more. */
  closeSubscriptions(): void {
    this.#early = undefined;
  }

  get areSubscriptionsClosed(): boolean {
    return this.#early === undefined;
  }

  /** In order; what was printed before the runtime was done comes before that. */
  tell(event: TelemetryEvent): void {
    const isAfterOutput = event.kind === 'runtime-done' && this.#subscribers.size > 0;
    if (event.kind === 'line' || (this.#earlier === undefined && !isAfterOutput)) return this.#tell(event);
    const earlier = this.#earlier ?? Promise.resolve();
    const told = earlier
      .then(() => (isAfterOutput ? this.#outputRead() : undefined))
      .then(() => {
        this.#tell(event);
        if (this.#earlier === told) this.#earlier = undefined;
      });
    this.#earlier = told;
  }

  async #outputRead(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#parts.clock.after(OUTPUT_WAIT_MS, late.resolve);
    await Promise.race([this.#parts.outputRead().catch(() => undefined), late.promise]);
    cancel();
  }

  #tell(event: TelemetryEvent): void {
    this.#listener?.(event);
    if (this.#early !== undefined && this.#early.length < MOST_EARLY) this.#early.push(event);
    for (const subscriber of this.#subscribers.values()) subscriber.tell(event);
  }

  pause(): void {
    for (const subscriber of this.#subscribers.values()) subscriber.pause();
  }

  resume(): void {
    for (const subscriber of this.#subscribers.values()) subscriber.resume();
  }

  hurry(): void {
    for (const subscriber of this.#subscribers.values()) subscriber.hurry();
  }

  /** Delivers nothing more. */
  close(): void {
    for (const subscriber of this.#subscribers.values()) subscriber.close();
    this.#subscribers.clear();
  }
}
