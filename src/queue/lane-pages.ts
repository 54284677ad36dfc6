import type { Change } from '../store/change.ts';
import type { LanePageQuery, LanePart, StoredMessage } from '../store/queue-store.ts';
import type { Command, Moment, Wanted } from './command.ts';
import { quietPage } from './fair-pages.ts';
import type { Fifo } from './fifo.ts';
import { emptyLine } from './lane-show.ts';
import type { Lane } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type { QueueState } from './state.ts';

/** Lanes that one page goes on with. */
const LANES_OF_PAGE = 100;

/** Lanes that one page looks at to find some. */
const LOOKED_AT = 2000;

/** Messages of a lane at least: what one receive may bring. */
const PER_LANE = 10;

/** What a FIFO queue wants besides what every queue does; answers when to look again. */
export function wantOfFifo(state: QueueState, fifo: Fifo, moment: Moment, wanted: Wanted): number {
  const { remembered, lanes } = fifo;
  const sends = fifo.load(moment.nowMs);
  if (sends !== undefined) wanted.sends = sends;
  return Math.min(remembered.wakeAtMs, wantLanes(state, lanes, moment, wanted));
}

/** Wants a page when few lanes are ready and something of others rests; answers when to look again. */
function wantLanes(state: QueueState, lanes: Lanes, moment: Moment, wanted: Wanted): number {
  const { backlog, window } = state;
  const { sweep } = lanes;
  if (state.restingCount === 0) return Infinity;
  if (lanes.readyCount < window.lowCount && !backlog.pageOutstanding) {
    const hungry = lanes.hungry(moment, LANES_OF_PAGE);
    if (!backlog.isWritten(moment)) wanted.disk = true;
    else if (hungry.length > 0 || sweep.mayLook(moment)) {
      if (makeRoom(state, lanes, moment)) wanted.lanePage = ask(state, lanes, hungry, moment);
    } else if (lanes.isHungry || sweep.waitsForDisk(moment)) wanted.disk = true;
  }
  // What shows by now waits for a page, for the disk or for room: each of them applies a command.
  return sweep.nextMs >= moment.nowMs ? sweep.nextMs + 1 : Infinity;
}

/** True when there is room: what waits in closed lanes may have to leave it to others. */
function makeRoom(state: QueueState, lanes: Lanes, moment: Moment): boolean {
  const { sizeBytes } = state.window;
  if (state.heldSizeBytes < sizeBytes) return true;
  if (lanes.readyCount > 0) return false;
  const written = { ...moment, group: moment.latestGroup };
  for (const lane of lanes.all()) {
    if (!lane.isOpen && lane.line.length > 0) emptyLine(state, lanes, lane, 0, written);
    if (state.heldSizeBytes < sizeBytes / 2) break;
  }
  return state.heldSizeBytes < sizeBytes;
}

function ask(state: QueueState, lanes: Lanes, hungry: readonly Lane[], moment: Moment): LanePageQuery {
  const { window, backlog } = state;
  const { sweep } = lanes;
  // In turns, so that neither keeps the other from coming.
  const looks = sweep.mayLook(moment) && (hungry.length === 0 || lanes.isTurnToLook);
  lanes.isTurnToLook = !looks;
  if (looks) sweep.ask(moment);
  backlog.askLanes(moment);
  const named = looks ? [] : hungry;
  return {
    queue: state.queue,
    lanes: named.map(({ key, restsFrom }) => ({ lane: key, fromOrder: restsFrom })),
    afterLane: looks ? sweep.afterLane : undefined,
    without: [],
    visibleBeforeMs: moment.nowMs + 1,
    delayMs: state.settings.delayMs,
    laneCount: LOOKED_AT,
    perLane: Math.max(PER_LANE, named.length === 0 ? 0 : Math.ceil(window.pageCount / named.length)),
    limit: window.pageCount,
    limitSizeBytes: window.pageSizeBytes,
  };
}

/** A page of lanes enters the window: of each lane in order, up to the first message that may have changed since. */
export function lanePage(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'lane-page' }>,
  _changes: Change[],
): undefined {
  const { query, page } = command;
  const lanes = state.fifo?.lanes;
  if (state.fair !== undefined) quietPage(state, state.fair, moment, command);
  if (lanes === undefined) return undefined;
  const arriving = new Arriving(state, lanes, moment);
  let from = 0;
  for (const [index, part] of page.parts.entries()) {
    const messages = page.messages.slice(from, from + part.count);
    from += part.count;
    const asked = query.lanes[index];
    const lane = lanes.get(part.lane);
    // What was found is of use only when nothing is known of it; what was asked for, when nothing came before it since.
    if (asked === undefined ? lane === undefined : lane?.restsFrom === asked.fromOrder)
      arriving.take(part, messages);
  }
  if (query.afterLane !== undefined) lanes.sweep.arrived(page);
  state.backlog.lanesArrived(moment);
  return undefined;
}

class Arriving {
  readonly #state: QueueState;
  readonly #lanes: Lanes;
  readonly #moment: Moment;

  constructor(state: QueueState, lanes: Lanes, moment: Moment) {
    this.#state = state;
    this.#lanes = lanes;
    this.#moment = moment;
  }

  take(part: LanePart, messages: readonly StoredMessage[]): void {
    const [state, lanes] = [this.#state, this.#lanes];
    const { throughGroup } = state.backlog.page;
    const isKnown = lanes.get(part.lane) !== undefined;
    const lane = lanes.know(part.lane);
    const changed = messages.find(({ order }) => this.#mayHaveChanged(order));
    const sure = changed === undefined ? messages : messages.slice(0, messages.indexOf(changed));
    let restsFrom = changed?.order ?? part.nextOrder ?? Infinity;
    const lastDropGroup = isKnown ? lane.lastDropGroup : lanes.sweep.lastDropGroup;
    // What was left to the store since is not seen by the page.
    if (restsFrom === Infinity && lastDropGroup > throughGroup)
      restsFrom = (messages.at(-1)?.order ?? lane.restsFrom - 1) + 1;
    lane.restsFrom = restsFrom;
    lane.lastDropGroup = lastDropGroup;
    lane.sawGroup = throughGroup;
    for (const each of sure) if (this.#rests(each.order)) this.#remember(each);
    lanes.refresh(lane);
    if (changed === undefined) this.#forgetHidden(lane, part);
  }

  /** A lane that holds nothing but what is hidden is looked for when it shows. */
  #forgetHidden(lane: Lane, { nextOrder, hiddenUntilMs }: LanePart): void {
    if (hiddenUntilMs === undefined || nextOrder === undefined || lane.entryCount > 0) return;
    if (!this.#mayHaveChanged(nextOrder)) this.#lanes.forgetUntil(lane, hiddenUntilMs);
  }

  #rests(order: number): boolean {
    return order > this.#state.purgedThroughOrder && !this.#state.entries.has(order);
  }

  #mayHaveChanged(order: number): boolean {
    const { touched, page } = this.#state.backlog;
    return this.#rests(order) && touched.since(page, order);
  }

  #remember({ order, message, state: stored }: StoredMessage): void {
    const isNew = stored.receiveCount === 0;
    const visibleAtMs = isNew ? message.sentAtMs + this.#state.settings.delayMs : stored.visibleAtMs;
    // It was durable before it was read: a delivery need not wait for any group.
    const durable = { ...this.#moment, group: 0 };
    this.#state.remember(order, message, { ...stored, visibleAtMs }, durable);
  }
}

/** The delay of a FIFO queue is one for all its messages, also for those already sent. */
export function delayAnew(state: QueueState, lanes: Lanes, moment: Moment): void {
  for (const entry of state.entries.values()) {
    if (entry.standing === 'leased' || entry.receiveCount > 0) continue;
    entry.visibleAtMs = entry.sentAtMs + state.settings.delayMs;
    if (entry.standing === 'delayed') state.due.add(entry.visibleAtMs, entry);
    else if (entry.visibleAtMs > moment.nowMs) {
      entry.standing = 'delayed';
      state.waitingCount -= 1;
      state.due.add(entry.visibleAtMs, entry);
      lanes.refresh(lanes.know(entry.lane));
    }
  }
  lanes.sweep.nextMs = Math.min(lanes.sweep.nextMs, moment.nowMs);
}
