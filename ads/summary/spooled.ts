/** What of `/health` of an ad server is read here. */
interface Health {
  readonly waiting: number;
  readonly channels: Readonly<Record<string, { readonly spooledBytes: number }>>;
}

/**
 * Bytes of clicks and views that the ad server at `origin` could not give to the broker yet; at least 1 while any wait in
 * its memory. Rejects when it does not answer.
 */
export async function readSpooledBytes(origin: string): Promise<number> {
  const { waiting, channels } = (await (await fetch(`${origin}/health`)).json()) as Health;
  return waiting + Object.values(channels).reduce((sum, one) => sum + one.spooledBytes, 0);
}
