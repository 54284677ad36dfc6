/** Tells ad servers that a campaign cannot pay for one more click, or can again. Coming twice or late it does no harm. */
export interface CampaignChange {
  readonly type: 'campaign-stopped' | 'campaign-resumed';
  readonly campaignId: number;
  /** When the ledger knew it; of two changes of one campaign the later one counts. */
  readonly atMs: number;
  /** Its place among all changes of the ledger, which orders changes of one millisecond too. */
  readonly position?: number;
  /** Why it stopped: `exhausted`, `day-exhausted`, `paused`, `ended`. Told, never decided by. */
  readonly reason?: string;
}

/** The body of its message: `{type, campaignId, at}`, `at` in ISO 8601, and whatever else the sender adds. */
export function encodeCampaignChange({ atMs, ...change }: CampaignChange): string {
  return JSON.stringify({ ...change, at: new Date(atMs).toISOString() });
}

/** Reads a message body; undefined for anything that is no change of a campaign. Fields that it does not know are let be. */
export function decodeCampaignChange(body: string): CampaignChange | undefined {
  const fields = parsed(body);
  const { type, campaignId, at, reason, position } = fields;
  if (type !== 'campaign-stopped' && type !== 'campaign-resumed') return undefined;
  const atMs = typeof at === 'string' || typeof at === 'number' ? new Date(at).getTime() : Number.NaN;
  if (!isId(campaignId) || Number.isNaN(atMs)) return undefined;
  return {
    ...{ type, campaignId, atMs },
    ...(isId(position) ? { position } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
  };
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
