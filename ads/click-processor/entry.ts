import { CLICK_LIMITS, type Click, type Served } from './click.ts';
import { readClick, readServed } from './click-message.ts';
import { id, moment, oneOf, parseObject, text, Unreadable, uuid, whole, type Fields } from './fields.ts';

/** An ad that was seen. */
export interface View extends Served {
  readonly viewedAtMs: number;
  readonly serverId: string;
  readonly seq: number;
}

/** A click whose view is not waited for any longer. */
export interface Overdue {
  readonly clickId: string;
  readonly campaignId: number;
}

/** What the alerts found. */
export interface Alert {
  readonly alertId: string;
  readonly advertiserId: number;
  readonly campaignId: number;
  readonly kind: 'budget' | 'unusual-clicks';
  readonly says: string;
  readonly raisedAtMs: number;
}

/** One advertiser's day, written out. */
export interface Statement {
  readonly advertiserId: number;
  readonly day: string;
  readonly final: boolean;
  readonly body: string;
  readonly chargedMicros: number;
  readonly creditedMicros: number;
}

/** What can be written into the ledger's books by a message. */
export type Entry =
  | { readonly kind: 'click'; readonly click: Click }
  | { readonly kind: 'view'; readonly view: View }
  | { readonly kind: 'overdue'; readonly overdue: Overdue }
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'statement'; readonly statement: Statement };

/** Reads a message body; undefined for anything that could not be stored. */
export function decodeEntry(body: string): Entry | undefined {
  const fields = parseObject(body);
  if (fields?.['schema'] !== 1) return undefined;
  try {
    return readEntry(fields);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** Clicks and views are told apart by the time they name; what is younger says its type. */
function readEntry(fields: Fields): Entry {
  if (fields['clickedAtMs'] !== undefined) return { kind: 'click', click: readClick(fields) };
  if (fields['viewedAtMs'] !== undefined) return { kind: 'view', view: readView(fields) };
  switch (oneOf(fields['type'], ['click-overdue', 'alert', 'statement'])) {
    case 'click-overdue':
      return {
        kind: 'overdue',
        overdue: { clickId: uuid(fields['clickId']), campaignId: id(fields['campaignId']) },
      };
    case 'alert':
      return { kind: 'alert', alert: readAlert(fields) };
    case 'statement':
      return { kind: 'statement', statement: readStatement(fields) };
  }
}

function readView(fields: Fields): View {
  return {
    ...readServed(fields),
    viewedAtMs: moment(fields['viewedAtMs']),
    serverId: text(fields['serverId'], CLICK_LIMITS.serverId),
    seq: whole(fields['seq'], 1, Number.MAX_SAFE_INTEGER),
  };
}

function readAlert(fields: Fields): Alert {
  return {
    alertId: uuid(fields['alertId']),
    advertiserId: id(fields['advertiserId']),
    campaignId: id(fields['campaignId']),
    kind: oneOf(fields['kind'], ['budget', 'unusual-clicks']),
    says: text(fields['says'], 1000),
    raisedAtMs: moment(fields['raisedAtMs']),
  };
}

function readStatement(fields: Fields): Statement {
  const day = text(fields['day'], 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))) throw new Unreadable();
  return {
    advertiserId: id(fields['advertiserId']),
    day,
    final: fields['final'] === true,
    body: text(fields['body'], 900_000),
    chargedMicros: whole(fields['chargedMicros'], 0, Number.MAX_SAFE_INTEGER),
    creditedMicros: whole(fields['creditedMicros'], 0, Number.MAX_SAFE_INTEGER),
  };
}
