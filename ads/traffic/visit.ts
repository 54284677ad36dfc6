/** One showing of an ad and what is then requested of its link. */
export interface Visit {
  readonly publisherId: number;
  readonly address: string;
  readonly agent: string;
  /** The page on which the ad is; left out: a page of the publisher. */
  readonly referrer?: string;
  /** When it was, in a log. */
  readonly atMs?: number;
  readonly clicks: readonly ClickRequest[];
}

/** One request for the link. */
export interface ClickRequest {
  readonly method: 'GET' | 'HEAD';
  /** How long after the showing, or the request before. */
  readonly afterMs: number;
  readonly prefetch?: boolean;
  /** The link is damaged on the way. */
  readonly forged?: boolean;
}
