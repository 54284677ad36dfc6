/**
 * An ad that was seen, as it travels in the queue `views`: the body is this object in JSON with `schema: 1`. The ad
 * server checks the token first, so everything that was served is known.
 */
export interface View {
  readonly impressionId: string;
  readonly adId: number;
  readonly campaignId: number;
  readonly advertiserId: number;
  readonly publisherId: number;
  readonly placementId?: number;
  readonly agentFamily?: string;
  readonly osFamily?: string;
  readonly priceMicros: number;
  readonly servedAtMs: number;
  readonly viewedAtMs: number;
  /** Which run of which ad server numbered it; views have numbers of their own. */
  readonly serverId: string;
  /** 1, 2, 3 … within `serverId`. */
  readonly seq: number;
}

/** The body of the view's message. */
export function encodeView(view: View): string {
  return JSON.stringify({ schema: 1, ...view });
}
