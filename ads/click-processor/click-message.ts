import { CLICK_LIMITS, type Click, type Served } from './click.ts';

const SCHEMA = 1;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TOKEN_STATES = ['ok', 'expired', 'forged', 'malformed'] as const;
const METHODS = ['GET', 'HEAD'] as const;
const ADDRESS_CLASSES = ['data-centre', 'other'] as const;
/** 9999-12-31: PostgreSQL and JavaScript both reach it. */
const LATEST_MS = 253_402_300_799_000;

/** The body of the click's message. */
export function encodeClick(click: Click): string {
  return JSON.stringify({ schema: SCHEMA, ...click });
}

/**
 * Reads a message body. Anybody may write to a queue, so every field is checked against what the database
 * takes: a body that passes can always be stored. Answers undefined for anything else.
 */
export function decodeClick(body: string): Click | undefined {
  const fields = parseObject(body);
  if (fields?.['schema'] !== SCHEMA) return undefined;
  try {
    return readClick(fields);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Unreadable extends Error {}

type Fields = Readonly<Record<string, unknown>>;

function readClick(fields: Fields): Click {
  const token = oneOf(fields['token'], TOKEN_STATES);
  const trusted = token === 'ok' || token === 'expired';
  return {
    clickId: uuid(fields['clickId']),
    clickedAtMs: whole(fields['clickedAtMs'], 0, LATEST_MS),
    token,
    ...optional('tokenKid', fields, shortText(CLICK_LIMITS.kid)),
    ...(trusted ? { served: readServed(fields['served']) } : {}),
    method: oneOf(fields['method'], METHODS),
    prefetch: fields['prefetch'] === true,
    network: text(fields['network'], CLICK_LIMITS.network),
    addressHash: text(fields['addressHash'], CLICK_LIMITS.hash),
    addressClass: oneOf(fields['addressClass'], ADDRESS_CLASSES),
    ...optional('asn', fields, (value) => whole(value, 0, 2 ** 31 - 1)),
    ...optional('country', fields, shortText(2)),
    agent: text(fields['agent'], CLICK_LIMITS.agent),
    ...optional('agentFamily', fields, shortText(CLICK_LIMITS.family)),
    ...optional('osFamily', fields, shortText(CLICK_LIMITS.family)),
    ...(fields['insider'] === true ? { insider: true } : {}),
    referrerHost: text(fields['referrerHost'], CLICK_LIMITS.host),
    serverId: text(fields['serverId'], CLICK_LIMITS.serverId),
    seq: whole(fields['seq'], 1, Number.MAX_SAFE_INTEGER),
  };
}

function readServed(value: unknown): Served {
  const fields = object(value);
  const id = (name: string): number => whole(fields[name], 1, 2 ** 31 - 1);
  return {
    impressionId: uuid(fields['impressionId']),
    adId: id('adId'),
    campaignId: id('campaignId'),
    advertiserId: id('advertiserId'),
    publisherId: id('publisherId'),
    ...optional('placementId', fields, (value) => whole(value, 1, 2 ** 31 - 1)),
    ...optional('agentFamily', fields, shortText(CLICK_LIMITS.family)),
    ...optional('osFamily', fields, shortText(CLICK_LIMITS.family)),
    priceMicros: whole(fields['priceMicros'], 0, 1e12),
    servedAtMs: whole(fields['servedAtMs'], 0, LATEST_MS),
  };
}

/** A field that older ad servers do not write; what is there must be sound. */
function optional<K extends string, V>(
  name: K,
  fields: Fields,
  read: (value: unknown) => V,
): Partial<Record<K, V>> {
  const value = fields[name];
  return value === undefined ? {} : ({ [name]: read(value) } as Record<K, V>);
}

function shortText(most: number): (value: unknown) => string {
  return (value) => text(value, most);
}

function parseObject(body: string): Fields | undefined {
  try {
    return object(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function object(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unreadable();
  return value as Fields;
}

/** PostgreSQL's text holds neither NUL nor half a surrogate pair. */
function text(value: unknown, most: number): string {
  const fits = typeof value === 'string' && value.length <= most;
  if (!fits || value.includes('\0') || !value.isWellFormed()) throw new Unreadable();
  return value;
}

function uuid(value: unknown): string {
  if (typeof value !== 'string' || !UUID.test(value)) throw new Unreadable();
  return value;
}

function whole(value: unknown, least: number, most: number): number {
  if (!Number.isSafeInteger(value)) throw new Unreadable();
  const number = value as number;
  if (number < least || number > most) throw new Unreadable();
  return number;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === value);
  if (found === undefined) throw new Unreadable();
  return found;
}
