/** What a data directory is filled with. */
export interface Filling {
  readonly isFifo: boolean;
  /** The name of the queue; of many, `NAME-0`, `NAME-1`, … */
  readonly queue: string;
  readonly queues: number;
  /** Of all queues together. */
  readonly messages: number;
  /** Message groups, in turns; 0: none. */
  readonly groups: number;
  readonly bodyBytes: number;
  readonly delayMs: number;
  /** How long ago the first of them was sent, and evenly from then to now; 0: when they really are. */
  readonly overMs: number;
  /** Afterwards everything is received and deleted. */
  readonly drains: boolean;
}

/** Messages of 200 bytes in one standard queue, that wait. */
export const WAITING: Filling = {
  ...{ isFifo: false, queue: 'backlog', queues: 1, messages: 0, groups: 0 },
  ...{ bodyBytes: 200, delayMs: 0, overMs: 0, drains: false },
};
