import { CLICK_LIMITS, type Click, type Served } from './click.ts';
import {
  id,
  moment,
  object,
  oneOf,
  optional,
  parseObject,
  shortText,
  text,
  Unreadable,
  uuid,
  whole,
  type Fields,
} from './fields.ts';

const SCHEMA = 1;
const TOKEN_STATES = ['ok', 'expired', 'forged', 'malformed'] as const;
const METHODS = ['GET', 'HEAD'] as const;
const ADDRESS_CLASSES = ['data-centre', 'other'] as const;

/** The body of the click's message. */
export function encodeClick(click: Click): string {
  return JSON.stringify({ schema: SCHEMA, ...click });
}

/** Reads a message body that is a click; undefined for anything else. */
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

/**
 * Reads a click. Anybody may write to a queue, so every field is checked against what the database takes: what
 * passes can always be stored. Throws Unreadable.
 */
export function readClick(fields: Fields): Click {
  const token = oneOf(fields['token'], TOKEN_STATES);
  const trusted = token === 'ok' || token === 'expired';
  return {
    clickId: uuid(fields['clickId']),
    clickedAtMs: moment(fields['clickedAtMs']),
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

/** Reads what a token named. Throws Unreadable. */
export function readServed(value: unknown): Served {
  const fields = object(value);
  return {
    impressionId: uuid(fields['impressionId']),
    adId: id(fields['adId']),
    campaignId: id(fields['campaignId']),
    advertiserId: id(fields['advertiserId']),
    publisherId: id(fields['publisherId']),
    ...optional('placementId', fields, id),
    ...optional('agentFamily', fields, shortText(CLICK_LIMITS.family)),
    ...optional('osFamily', fields, shortText(CLICK_LIMITS.family)),
    priceMicros: whole(fields['priceMicros'], 0, 1e12),
    servedAtMs: moment(fields['servedAtMs']),
  };
}
