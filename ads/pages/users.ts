import type postgres from 'postgres';
import { hashPassword, isPassword } from './password.ts';

/** Somebody who may sign in. An operator sees everything; an advertiser its own. */
export type User =
  | { readonly userId: number; readonly email: string; readonly role: 'operator' }
  | {
      readonly userId: number;
      readonly email: string;
      readonly role: 'advertiser';
      readonly advertiserId: number;
    };

/** A user to be made. */
export interface NewUser {
  readonly email: string;
  readonly password: string;
  /** Undefined: an operator. */
  readonly advertiserId?: number | undefined;
}

/** What was asked of the users cannot be done; says why in one sentence. */
export class UserRefused extends Error {}

/** How a user is kept. */
export interface UserRow {
  readonly user_id: number;
  readonly email: string;
  readonly role: 'operator' | 'advertiser';
  readonly advertiser_id: number | null;
}

/** The user that a row is. */
export function userOf({ user_id: userId, email, role, advertiser_id: advertiserId }: UserRow): User {
  if (role === 'operator') return { userId, email, role };
  if (advertiserId === null) throw new Error(`User ${userId} is an advertiser of none.`);
  return { userId, email, role, advertiserId };
}

/** Makes a user. Rejects with UserRefused when there is one of that address, or no such advertiser; with UnfitPassword. */
export async function addUser(sql: postgres.ISql, user: NewUser): Promise<void> {
  const { advertiserId = null } = user;
  const email = addressOf(user.email);
  const hash = await hashPassword(user.password);
  const role = advertiserId === null ? 'operator' : 'advertiser';
  if (advertiserId !== null) {
    const [known] = await sql`SELECT 1 FROM advertiser WHERE advertiser_id = ${advertiserId}`;
    if (known === undefined) throw new UserRefused(`There is no advertiser ${advertiserId}.`);
  }
  const made = await sql`
    INSERT INTO app_user (email, password_hash, role, advertiser_id)
    VALUES (${email}, ${hash}, ${role}, ${advertiserId}) ON CONFLICT (email) DO NOTHING RETURNING 1`;
  if (made.length === 0) throw new UserRefused(`There is a user ${email} already.`);
}

/** Gives a user another password and ends all its sessions. Rejects with UserRefused when there is no such user. */
export async function changePassword(sql: postgres.Sql, email: string, password: string): Promise<void> {
  const hash = await hashPassword(password);
  const changed = await sql`
    WITH changed AS (
      UPDATE app_user SET password_hash = ${hash} WHERE email = ${addressOf(email)} RETURNING user_id
    ), ended AS (DELETE FROM session WHERE user_id IN (SELECT user_id FROM changed))
    SELECT user_id FROM changed`;
  if (changed.length === 0) throw new UserRefused(`There is no user ${email}.`);
}

/** Lets a user in no more, or again; its sessions end. Rejects with UserRefused when there is no such user. */
export async function setDisabled(sql: postgres.Sql, email: string, disabled: boolean): Promise<void> {
  const changed = await sql`
    WITH changed AS (
      UPDATE app_user SET disabled = ${disabled} WHERE email = ${addressOf(email)} RETURNING user_id
    ), ended AS (DELETE FROM session WHERE user_id IN (SELECT user_id FROM changed))
    SELECT user_id FROM changed`;
  if (changed.length === 0) throw new UserRefused(`There is no user ${email}.`);
}

/** Who may sign in, by address. */
export async function listUsers(
  sql: postgres.Sql,
): Promise<readonly (User & { readonly disabled: boolean })[]> {
  const rows = await sql<(UserRow & { disabled: boolean })[]>`
    SELECT user_id, email, role, advertiser_id, disabled FROM app_user ORDER BY email`;
  return rows.map((row) => ({ ...userOf(row), disabled: row.disabled }));
}

/** Of nobody: an unknown address must take as long as a wrong password. */
const NOBODYS = `scrypt$15$8$3$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** The user of that address and password; undefined when they do not belong together or it may not sign in. */
export async function userWith(
  sql: postgres.Sql,
  email: string,
  password: string,
): Promise<User | undefined> {
  const [row] = await sql<(UserRow & { password_hash: string; disabled: boolean })[]>`
    SELECT user_id, email, role, advertiser_id, password_hash, disabled FROM app_user
    WHERE email = ${email.trim().toLowerCase()}`;
  const fits = await isPassword(password, row?.password_hash ?? NOBODYS);
  return row !== undefined && fits && !row.disabled ? userOf(row) : undefined;
}

function addressOf(text: string): string {
  const email = text.trim().toLowerCase();
  if (!/^[^\s@]{1,64}@[^\s@]{1,190}$/.test(email)) throw new UserRefused(`${text} is no e-mail address.`);
  return email;
}
