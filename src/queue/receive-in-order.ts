import { assert } from '../base/assert.ts';
import type { Change } from '../store/change.ts';
import type { Attempt } from './attempts.ts';
import type { Arrival, Moment, Replies, Taken } from './command.ts';
import { firstInLine } from './enter-lanes.ts';
import type { Entry } from './entry.ts';
import type { Fifo } from './fifo.ts';
import type { Lane } from './lane.ts';
import { isDeadLetter, isWhole, lease, takeOut, type Receive } from './leasing.ts';
import { IN_FLIGHT_MESSAGES } from './limits.ts';
import type { QueueState } from './state.ts';

/**
 * Leases the first messages of the lanes that are ready: as many as possible of the first lane, then of the next. What stands
 * behind a leased message of its lane waits until that lease is over; what stands before it does not, as with AWS.
 */
export function receiveInOrder(
  state: QueueState,
  fifo: Fifo,
  moment: Moment,
  command: Receive,
  changes: Change[],
): Replies['receive'] {
  const { attemptId } = command;
  const before = attemptId === undefined ? undefined : fifo.attempts.find(attemptId, moment.nowMs);
  const again = before && takeAgain(state, before, moment, command, changes);
  if (again !== undefined) return { kind: 'taken', taken: again, deadLetters: [], addedInGroup: 0 };
  const receiving = new Receiving(state, moment, command, changes);
  // Those that go on waiting, because their leases take no time, are looked at once.
  for (let lanes = fifo.lanes.readyCount; lanes > 0 && !receiving.isFull; lanes -= 1) {
    const lane = fifo.lanes.takeReady();
    if (lane === undefined) break;
    receiving.takeFrom(lane);
    fifo.lanes.putBack(lane);
  }
  const { taken, deadLetters, addedInGroup } = receiving;
  if (attemptId !== undefined && taken.length > 0) {
    fifo.attempts.note(attemptId, taken, moment.nowMs + command.visibilityMs, moment.nowMs);
  }
  return { kind: 'taken', taken, deadLetters, addedInGroup };
}

/** One receive while it gathers. */
class Receiving {
  readonly taken: Taken[] = [];
  readonly deadLetters: Arrival[] = [];
  addedInGroup = 0;
  readonly #state: QueueState;
  readonly #moment: Moment;
  readonly #command: Receive;
  readonly #changes: Change[];
  readonly #maximum: number;
  #leftSizeBytes: number;

  constructor(state: QueueState, moment: Moment, command: Receive, changes: Change[]) {
    this.#state = state;
    this.#moment = moment;
    this.#command = command;
    this.#changes = changes;
    this.#maximum = Math.min(command.maximum, IN_FLIGHT_MESSAGES - state.leasedCount);
    this.#leftSizeBytes = command.maximumSizeBytes;
  }

  get isFull(): boolean {
    return this.taken.length >= this.#maximum || this.#leftSizeBytes < 0;
  }

  takeFrom(lane: Lane): void {
    const shownAgain: Entry[] = [];
    const { firstOut } = lane;
    while (!this.isFull) {
      const entry = firstInLine(this.#state, lane, this.#moment, firstOut);
      if (entry?.standing !== 'waiting' || entry.order > firstOut) break;
      this.#take(lane, entry, shownAgain);
    }
    for (const entry of shownAgain.reverse()) lane.line.unshift(entry);
  }

  #take(lane: Lane, entry: Entry, shownAgain: Entry[]): void {
    const [state, moment, command, changes] = [this.#state, this.#moment, this.#command, this.#changes];
    assert(isWhole(entry), 'what waits in a lane is at hand');
    if (entry.sentAtMs + state.settings.retentionMs <= moment.nowMs)
      return state.remove(entry, moment, changes);
    if (isDeadLetter(state, command, entry)) {
      this.deadLetters.push(takeOut(state, moment, entry, changes));
      return;
    }
    this.#leftSizeBytes -= entry.message.sizeBytes;
    if (this.#leftSizeBytes < 0 && this.taken.length > 0) return;
    lane.line.shift();
    this.addedInGroup = Math.max(this.addedInGroup, entry.addedInGroup);
    this.taken.push(lease(state, moment, command, entry, changes));
    if (command.visibilityMs === 0) shownAgain.push(entry);
    else state.fifo?.lanes.takenOut(lane, entry);
  }
}

/** The same messages once more, their leases begun anew; undefined when any of them has changed since. */
function takeAgain(
  state: QueueState,
  before: Attempt,
  moment: Moment,
  command: Receive,
  changes: Change[],
): readonly Taken[] | undefined {
  const entries: Entry[] = [];
  for (const { order, receiveCount } of before.taken) {
    const entry = state.entries.get(order);
    const isSame = entry?.standing === 'leased' && entry.receiveCount === receiveCount;
    if (!isSame || entry.visibleAtMs !== before.visibleAtMs) return undefined;
    entries.push(entry);
  }
  before.visibleAtMs = moment.nowMs + command.visibilityMs;
  for (const entry of entries) {
    entry.visibleAtMs = before.visibleAtMs;
    entry.leasedAtMs = moment.nowMs;
    state.write(entry, moment, changes);
    state.due.put(entry);
  }
  return before.taken;
}
