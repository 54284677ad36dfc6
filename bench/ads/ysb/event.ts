/** One event of the Yahoo streaming benchmark: seven strings. */
export interface YsbEvent {
  readonly user_id: string;
  readonly page_id: string;
  readonly ad_id: string;
  readonly ad_type: string;
  readonly event_type: string;
  /** Epoch, milliseconds: the time at which it was to be sent. */
  readonly event_time: string;
  readonly ip_address: string;
}

/** What travels in one message: events of a moment, in their order. */
export interface Chunk {
  readonly run: string;
  /** 1, 2, 3 … within the run: makes a second delivery harmless. */
  readonly number: number;
  /** Number of its first event within the run. */
  readonly first: number;
  readonly events: readonly YsbEvent[];
}

/** A window of the benchmark. */
export const WINDOW_MS = 10_000;

/** When the window began that a moment is in. */
export function windowOf(timeMs: number): number {
  return timeMs - (timeMs % WINDOW_MS);
}

/** A message body that is a chunk. The queues of the bench have one sender. */
export function decodeChunk(body: string): Chunk {
  return JSON.parse(body) as Chunk;
}
