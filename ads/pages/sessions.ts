import { createHash, randomBytes } from 'node:crypto';
import type postgres from 'postgres';
import { userOf, type User, type UserRow } from './users.ts';

/** Somebody who has signed in. */
export interface Session {
  readonly user: User;
  /** Goes with every change that is asked for: a page of somebody else does not know it. */
  readonly csrfToken: string;
  readonly expiresAtMs: number;
}

/** A session ends after so long, whatever happens; and when nothing was asked for during the second time. */
export const SESSION_MS = 12 * 3_600_000;
const IDLE = '2 hours';
/** How exactly it is known when something was last asked for. */
const SEEN_EVERY = '1 minute';

/** A new session of `user`: answers the token for its browser, of which only the hash is kept. */
export async function openSession(sql: postgres.Sql, user: User): Promise<string> {
  const [token, csrfToken] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
  await sql`DELETE FROM session WHERE expires_at < now() OR last_seen_at < now() - ${IDLE}::text::interval`;
  await sql`
    INSERT INTO session (token_hash, user_id, csrf_token, expires_at)
    VALUES (${hashOf(token)}, ${user.userId}, ${csrfToken},
      now() + ${SESSION_MS}::float8 * interval '1 millisecond')`;
  return token;
}

/** The session of that token; undefined when there is none, it is over, or its user may not sign in any more. */
export async function findSession(sql: postgres.Sql, token: string): Promise<Session | undefined> {
  const [row] = await sql<(UserRow & { csrf_token: string; expires_at_ms: string; stale: boolean })[]>`
    SELECT user_id, email, role, advertiser_id, csrf_token,
      (extract(epoch FROM expires_at) * 1000)::bigint AS expires_at_ms,
      last_seen_at < now() - ${SEEN_EVERY}::text::interval AS stale
    FROM session JOIN app_user USING (user_id)
    WHERE token_hash = ${hashOf(token)} AND NOT disabled AND expires_at > now()
      AND last_seen_at > now() - ${IDLE}::text::interval`;
  if (row === undefined) return undefined;
  if (row.stale) await sql`UPDATE session SET last_seen_at = now() WHERE token_hash = ${hashOf(token)}`;
  return { user: userOf(row), csrfToken: row.csrf_token, expiresAtMs: Number(row.expires_at_ms) };
}

/** Ends the session of that token, if there is one. */
export async function endSession(sql: postgres.Sql, token: string): Promise<void> {
  await sql`DELETE FROM session WHERE token_hash = ${hashOf(token)}`;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
