/** What the ad server says of a token that came with a click. */
export type TokenState = 'ok' | 'expired' | 'forged' | 'malformed';

/** What the address of the viewer belongs to. */
export type AddressClass = 'data-centre' | 'other';

/** What the token named: fixed when the ad was served, so a click cannot change it. */
export interface Served {
  /** UUID of the showing: the key of the charge. */
  readonly impressionId: string;
  readonly adId: number;
  readonly campaignId: number;
  readonly advertiserId: number;
  readonly publisherId: number;
  readonly placementId?: number;
  /** Browser and system that the ad was served to. */
  readonly agentFamily?: string;
  readonly osFamily?: string;
  readonly priceMicros: number;
  readonly servedAtMs: number;
}

/** One click as it travels in the queue, in the words of this program. */
export interface Click {
  /** UUID v7, made by the ad server for each request: makes a second delivery harmless. */
  readonly clickId: string;
  readonly clickedAtMs: number;
  readonly token: TokenState;
  /** Which key signed the token. */
  readonly tokenKid?: string;
  /** Absent when the token could not be trusted. */
  readonly served?: Served;
  readonly method: 'GET' | 'HEAD';
  readonly prefetch: boolean;
  /** The network only (/24, /48), never the whole address. */
  readonly network: string;
  /** Keyed hash of the address; the key changes every day. */
  readonly addressHash: string;
  readonly addressClass: AddressClass;
  /** Number of the network's operator. */
  readonly asn?: number;
  /** Two letters. */
  readonly country?: string;
  /** Empty when the request had none. */
  readonly agent: string;
  /** Browser and system as far as the ad server knows the agent; `unknown` when it does not. */
  readonly agentFamily?: string;
  readonly osFamily?: string;
  /** An operator, advertiser or publisher who was signed in. */
  readonly insider?: boolean;
  readonly referrerHost: string;
  /** Which run of which ad server numbered it. */
  readonly serverId: string;
  /** 1, 2, 3 … within `serverId`, without gaps. */
  readonly seq: number;
}

/** The greatest lengths that an ad server writes and a processor reads. */
export const CLICK_LIMITS = {
  agent: 512,
  host: 253,
  serverId: 64,
  network: 64,
  hash: 64,
  family: 64,
  kid: 64,
} as const;
