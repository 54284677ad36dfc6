/** What an ad server has answered since it started. */
export interface Tally {
  served: number;
  /** Redirects: the click is durable. */
  answered: number;
  /** Prefetches, told to come back when somebody clicks. */
  prefetches: number;
  /** Links that are not ours. */
  notOurs: number;
  /** The channel did not confirm the click: 503. */
  unavailable: number;
}

/** Nothing answered yet. */
export function emptyTally(): Tally {
  return { served: 0, answered: 0, prefetches: 0, notOurs: 0, unavailable: 0 };
}
