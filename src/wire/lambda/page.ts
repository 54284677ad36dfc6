import { brokenMember, invalidParameter } from './lambda-errors.ts';

/** One page of a list, and the marker of the next if there is one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextMarker?: string;
}

/** How a list is cut into pages. */
export interface PageRule<Item> {
  /** The most one page holds, whatever is asked. */
  readonly mostPerPage: number;
  /** The largest `MaxItems` that is not an error. */
  readonly mostAsked: number;
  /** Names an item in a marker; no two items have the same. */
  readonly nameOf: (item: Item) => string;
}

/** The page that `Marker` (name of the last item seen) and `MaxItems` ask for. */
export function pageOf<Item>(
  items: readonly Item[],
  query: URLSearchParams,
  rule: PageRule<Item>,
): Page<Item> {
  const asked = readMaxItems(query.get('MaxItems'), rule.mostAsked);
  const size = Math.min(asked ?? rule.mostPerPage, rule.mostPerPage);
  const start = startOf(items, query.get('Marker'), rule.nameOf);
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  if (last === undefined || start + size >= items.length) return { items: page };
  return { items: page, nextMarker: Buffer.from(rule.nameOf(last)).toString('base64url') };
}

/** After the item named; if it has gone meanwhile, where it would stand in a list sorted by name. */
function startOf<Item>(
  items: readonly Item[],
  marker: string | null,
  nameOf: (item: Item) => string,
): number {
  if (marker === null || marker === '') return 0;
  const name = Buffer.from(marker, 'base64url').toString();
  if (Buffer.from(name).toString('base64url') !== marker)
    throw invalidParameter(`The marker ${marker.slice(0, 200)} is none that this server gave.`);
  const at = items.findIndex((item) => nameOf(item) === name);
  if (at !== -1) return at + 1;
  const after = items.findIndex((item) => nameOf(item) > name);
  return after === -1 ? items.length : after;
}

function readMaxItems(text: string | null, most: number): number | undefined {
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  const constraint =
    value > most
      ? `Member must have value less than or equal to ${most}`
      : 'Member must have value greater than or equal to 1';
  throw brokenMember('maxItems', text, constraint);
}
