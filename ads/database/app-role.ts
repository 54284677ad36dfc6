import postgres from 'postgres';

/**
 * The address at which everything but migrations works: the owner's with `role=ads_app`, or the owner's own
 * where that role could not be made (then the triggers of the ledger hold alone).
 */
export async function urlForApp(ownerUrl: string): Promise<string> {
  const url = `${ownerUrl}${ownerUrl.includes('?') ? '&' : '?'}role=ads_app`;
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql`SELECT 1 FROM budget LIMIT 1`;
    return url;
  } catch {
    return ownerUrl;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
