import type { EndedEvent } from './destination.ts';

/** What is known of an event and not written yet. */
type Known =
  | { readonly kind: 'over'; readonly ended: EndedEvent; readonly isTold: boolean }
  | { readonly kind: 'failed'; readonly attempts: number; readonly againAtMs: number };

/**
 * What happened to events of an inbox and could not be written down, by message. While the disk is full such an event is
 * offered again at once; it is not run again for that. Empty while everything can be written.
 */
export class EventMemory {
  readonly #known = new Map<string, Known>();

  /** The event must not be run at this time. */
  holdsBack(id: string, nowMs: number): boolean {
    const known = this.#known.get(id);
    return known?.kind === 'over' || (known?.kind === 'failed' && nowMs < known.againAtMs);
  }

  /** How the event ended, if it has. */
  endOf(id: string): Extract<Known, { kind: 'over' }> | undefined {
    const known = this.#known.get(id);
    return known?.kind === 'over' ? known : undefined;
  }

  /** When a failed event may be run again, if that is remembered here. */
  againAtMs(id: string): number | undefined {
    const known = this.#known.get(id);
    return known?.kind === 'failed' ? known.againAtMs : undefined;
  }

  /** Which attempt the next one is, or was; the queue counts every time that the event was offered. */
  attempts(id: string, receiveCount: number): number {
    const known = this.#known.get(id);
    return known?.kind === 'failed' ? known.attempts + 1 : receiveCount;
  }

  /** The event is over; `isTold`: everybody who wants to know does. */
  over(id: string, ended: EndedEvent, isTold: boolean): void {
    this.#known.set(id, { kind: 'over', ended, isTold });
  }

  /** An attempt has failed, and the next is for later. */
  failed(id: string, attempts: number, againAtMs: number): void {
    this.#known.set(id, { kind: 'failed', attempts, againAtMs });
  }

  /** What became of the event is durable. An end that is still to be told stays known, and attempts that the queue counts otherwise. */
  written(id: string, receiveCount: number): void {
    const known = this.#known.get(id);
    const isInQueue = known?.kind === 'over' ? known.isTold : known?.attempts === receiveCount;
    if (isInQueue) this.#known.delete(id);
  }
}
