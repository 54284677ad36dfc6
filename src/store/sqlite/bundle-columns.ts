import { Bundle } from './bundle-code.ts';
import { ORDER_MASK } from './slots.ts';

/** What {@link bundleOf} reads of the table of bundles. */
export const BUNDLE_COLUMNS = `bundle.id & ${ORDER_MASK}, last_order, first_visible_ms, oldest_sent_ms, has_lanes, gone, heads`;

type BundleColumns = readonly [number, number, number, number, number, Uint8Array, Uint8Array];

/** The bundle of a row of {@link BUNDLE_COLUMNS}, which is an array. Throws for one that is damaged. */
export function bundleOf(row: unknown): Bundle {
  const [firstOrder, lastOrder, firstVisibleAtMs, oldestSentAtMs, hasLanes, gone, heads] =
    row as BundleColumns;
  const times = { firstVisibleAtMs, oldestSentAtMs };
  return new Bundle({ firstOrder, lastOrder, ...times, hasLanes: hasLanes === 1 }, gone, heads);
}
