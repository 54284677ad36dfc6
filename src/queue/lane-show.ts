import type { Backlog } from './backlog.ts';
import type { Moment } from './command.ts';
import type { Entry } from './entry.ts';
import type { Lane } from './lane.ts';
import type { Lanes } from './lanes.ts';

/** What showing needs of a queue's state. */
interface Shown {
  readonly backlog: Backlog;
  readonly roomBytes: number;
  readonly heldSizeBytes: number;
  readonly restingCount: number;
  leasedCount: number;
  waitingCount: number;
  forget(entry: Entry): void;
}

/**
 * A hidden message of a FIFO queue shows. It waits at its place in its lane; when its body is gone or there is no room, it
 * rests in the store, and with it whatever stands behind it in its lane.
 */
export function showInLane(state: Shown, lanes: Lanes, entry: Entry, moment: Moment): void {
  const lane = lanes.know(entry.lane);
  const wasOut = entry.standing === 'leased';
  const hasRoom = entry.message !== undefined && (!wasOut || state.heldSizeBytes <= state.roomBytes);
  const restsFrom = Math.min(lane.restsFrom, lane.stretch?.first ?? Infinity);
  if (!hasRoom || entry.order > restsFrom) return leaveToStore(state, lanes, entry, moment);
  if (wasOut) state.leasedCount -= 1;
  entry.standing = 'waiting';
  state.waitingCount += 1;
  if (wasOut) lanes.comeBack(entry);
  else lanes.refresh(lane);
}

/** An entry goes to rest, and before it those of its lane's line that come later. */
function leaveToStore(state: Shown, lanes: Lanes, entry: Entry, moment: Moment): void {
  const lane = lanes.know(entry.lane);
  emptyLine(state, lanes, lane, entry.order, moment);
  if (entry.standing !== 'gone') rest(state, lanes, entry, moment);
}

/** Sends what waits in a lane's line, from a place on, to rest, and whatever stands behind the line. */
export function emptyLine(state: Shown, lanes: Lanes, lane: Lane, fromOrder: number, moment: Moment): void {
  lanes.dropStretch(lane);
  for (const entry of lane.line.takeAll(({ order }) => order >= fromOrder)) {
    if (entry.standing !== 'gone') rest(state, lanes, entry, moment);
  }
}

function rest(state: Shown, lanes: Lanes, entry: Entry, moment: Moment): void {
  const { order, visibleAtMs } = entry;
  const before = state.restingCount;
  // First, so that the lane stays known.
  lanes.rest(entry, before, moment);
  state.forget(entry);
  state.backlog.drop(visibleAtMs, order, before, moment);
}
