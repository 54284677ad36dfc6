/** One showing of an ad and what is then requested of its link. */
export interface Visit {
  readonly publisherId: number;
  readonly address: string;
  readonly agent: string;
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
