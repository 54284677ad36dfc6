import { assert } from '../base/assert.ts';
import type { StoredMessage } from '../store/queue-store.ts';
import type { Moment } from './command.ts';
import type { Entry } from './entry.ts';
import type { Lane } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type { QueueState } from './state.ts';

/** The first message of a lane that is not out. One of a page is made when no other is in memory, unless it stands behind `through`. */
export function firstInLine(
  state: QueueState,
  lane: Lane,
  moment: Moment,
  through = lane.firstOut,
): Entry | undefined {
  const { head, stretch } = lane;
  if (head !== undefined || stretch === undefined || stretch.first > through) return head;
  enterNext(state, lane, moment);
  return lane.head;
}

/** All messages of a lane that a page has brought enter the window. */
export function enterStretch(state: QueueState, lane: Lane, moment: Moment): void {
  while (lane.stretch !== undefined) enterNext(state, lane, moment);
}

/** So many pages of lanes are kept, the latest; what is left of the others enters the window. */
export function enterPages(state: QueueState, lanes: Lanes, moment: Moment, keptCount: number): void {
  const { arrived } = lanes;
  for (let page = arrived.oldest; page !== undefined && arrived.count > keptCount; page = arrived.oldest) {
    for (const key of page.lanes) {
      const lane = lanes.get(key);
      if (lane?.stretch?.page === page) enterStretch(state, lane, moment);
    }
    assert(page.leftCount === 0, 'what is left of a page stands in its lanes');
  }
}

/** A message that a page has brought enters the window. */
export function enterLane(state: QueueState, lane: number, stored: StoredMessage, moment: Moment): void {
  const isNew = stored.state.receiveCount === 0;
  const visibleAtMs = isNew ? stored.message.sentAtMs + state.settings.delayMs : stored.state.visibleAtMs;
  // It was durable before it was read: a delivery need not wait for any group.
  const durable = { ...moment, group: 0 };
  state.remember(stored.order, stored.message, { ...stored.state, visibleAtMs }, durable, lane);
}

function enterNext(state: QueueState, lane: Lane, moment: Moment): void {
  const stored = lane.stretch?.take();
  if (lane.stretch?.length === 0) lane.stretch = undefined;
  if (stored !== undefined) enterLane(state, lane.key, stored, moment);
}
