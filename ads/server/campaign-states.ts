import type { CampaignChange } from '../messages/campaign-change.ts';

interface Heard {
  readonly change: CampaignChange;
  /** By the monotonic clock of this process. */
  readonly heardAtMs: number;
}

/** What this server was told of campaigns since it last read the ledger. */
export class CampaignStates {
  readonly #heard = new Map<number, Heard>();
  readonly #monotonicMs: () => number;

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  /** Of two changes of one campaign the later one counts, in whatever order they come. */
  hear(change: CampaignChange): void {
    const before = this.#heard.get(change.campaignId);
    if (before !== undefined && isEarlier(change, before.change)) return;
    this.#heard.set(change.campaignId, { change, heardAtMs: this.#monotonicMs() });
  }

  /** True when nothing of the campaign may be shown, whatever the last reading of the ledger says. */
  isStopped(campaignId: number): boolean {
    return this.#heard.get(campaignId)?.change.type === 'campaign-stopped';
  }

  /** The ledger has been read anew; a reading that began after a change was heard knows of it. */
  readSince(beganAtMs: number): void {
    for (const [campaignId, { heardAtMs }] of this.#heard)
      if (heardAtMs < beganAtMs) this.#heard.delete(campaignId);
  }
}

function isEarlier(change: CampaignChange, other: CampaignChange): boolean {
  const isPlaced = change.position !== undefined && other.position !== undefined;
  return isPlaced ? change.position < other.position : change.atMs < other.atMs;
}
