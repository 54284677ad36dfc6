/** What an ad server has answered since it started. Every request for a link is in exactly one of the first six. */
export interface Tally {
  /** Redirects: the click is durable. */
  answered: number;
  /** Prefetches, told to come back when somebody clicks. */
  prefetches: number;
  /** Links that are not ours. */
  notOurs: number;
  /** Neither channel nor spool took the click: 503. */
  unavailable: number;
  /** Too many from one address: 429, and nothing is posted. */
  floods: number;
  /** Requests that are no HTTP, or larger than any of ours. */
  unreadable: number;
  /** Redirects whose click went into the spool. */
  spooled: number;
  served: number;
  /** Times that there was no ad to show. */
  nothingToShow: number;
  views: number;
  /** Views that do not count: of no valid link, by HEAD, ahead of time. */
  otherViews: number;
  /** Campaigns that were shown until a message stopped them. */
  stops: number;
  /** The longest time between a campaign's last affordable click being charged and this server knowing it. */
  slowestStopMs: number;
}

/** Nothing answered yet. */
export function emptyTally(): Tally {
  return {
    ...{ answered: 0, prefetches: 0, notOurs: 0, unavailable: 0, floods: 0, unreadable: 0, spooled: 0 },
    ...{ served: 0, nothingToShow: 0, views: 0, otherViews: 0, stops: 0, slowestStopMs: 0 },
  };
}
