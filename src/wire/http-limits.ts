/** Bounds that keep slow, silent and greedy clients from costing more than their own connection. */
export interface HttpLimits {
  readonly connections: number;
  /** Of all bodies in memory at once. */
  readonly bodiesSizeBytes: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs: number;
  /** From the first byte of a request to the end of its body. */
  readonly requestMs: number;
  /** How long an unused connection stays open. */
  readonly keepAliveMs: number;
  /** How long a client may take to read an answer that is ready. */
  readonly unreadAnswerMs: number;
  /** How long requests may go on after the server began to stop. */
  readonly drainMs: number;
}

/** What holds where nothing else is said. */
export const HTTP_LIMITS: HttpLimits = {
  connections: 20_000,
  bodiesSizeBytes: 512 * 1024 * 1024,
  headersMs: 20_000,
  requestMs: 300_000,
  keepAliveMs: 75_000,
  unreadAnswerMs: 60_000,
  drainMs: 10_000,
};
