import type { WatchEvent } from './event.ts';

/** What has happened since the platform started, in numbers. */
export interface Figures {
  readonly messagesSent: number;
  readonly messagesReceived: number;
  readonly messagesSettled: number;
  readonly messagesDeadLettered: number;
  readonly batchesDispatched: number;
  /** How often the concurrency of a mapping went down for what is behind its function. */
  readonly paceCuts: number;
  readonly environmentsStarted: number;
  readonly environmentsEnded: number;
  /** Invocations by how they ended: `answered`, `function-error`, `timed-out` … */
  readonly invocations: Readonly<Record<string, number>>;
}

/** Counts events; a reader of what the rooms tell. */
export class FigureCounter {
  readonly #counts = {
    messagesSent: 0,
    messagesReceived: 0,
    messagesSettled: 0,
    messagesDeadLettered: 0,
    batchesDispatched: 0,
    paceCuts: 0,
    environmentsStarted: 0,
    environmentsEnded: 0,
  };
  readonly #invocations = new Map<string, number>();

  /** Counts one event. */
  read(event: WatchEvent): void {
    const counts = this.#counts;
    if (event.kind === 'sent') counts.messagesSent += event.ids.length;
    else if (event.kind === 'received') counts.messagesReceived += event.ids.length;
    else if (event.kind === 'settled') counts.messagesSettled += event.count;
    else if (event.kind === 'dead-lettered') counts.messagesDeadLettered += event.ids.length;
    else if (event.kind === 'batch-dispatched') counts.batchesDispatched += 1;
    else if (event.kind === 'paced') counts.paceCuts += event.limit === undefined ? 0 : 1;
    else if (event.kind === 'environment-started') counts.environmentsStarted += 1;
    else if (event.kind === 'environment-ended') counts.environmentsEnded += 1;
    else if (event.kind === 'invoked') this.#countInvocation(event.outcome);
  }

  /** The numbers at this moment. */
  figures(): Figures {
    return { ...this.#counts, invocations: Object.fromEntries(this.#invocations) };
  }

  #countInvocation(outcome: string): void {
    this.#invocations.set(outcome, (this.#invocations.get(outcome) ?? 0) + 1);
  }
}
