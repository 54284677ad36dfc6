import type { Change } from '../store/change.ts';
import type { LanePage, LanePageQuery, LanePart } from '../store/queue-store.ts';
import type { Command, Moment, Wanted } from './command.ts';
import { enterLane, enterPages, enterStretch } from './enter-lanes.ts';
import { quietPage } from './fair-pages.ts';
import type { Fifo } from './fifo.ts';
import { emptyLine } from './lane-show.ts';
import type { Lane } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type { QueueState } from './state.ts';
import type { ArrivedPage } from './stretch.ts';
import { SHARE_OF_WHOLE_PAGES } from './window.ts';

/** Lanes that one page goes on with. */
const LANES_OF_PAGE = 100;

/** So many pages wait with their messages not made; one more, and what is left of the first enters the window. */
const MOST_PAGES = 3;

/** Messages that one page looks at on its way. */
const LOOKED_AT = 2000;

/** Lanes that such a page is told to pass over. */
const PASSED_OVER = 100;

/** Messages of one lane that such a page brings; with what is behind them the lane is gone on with by its name. */
const PER_LANE = 100;

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
  if (state.restingCount === 0 || state.isAsleep) return Infinity;
  if (lanes.readyCount < window.lowCount * SHARE_OF_WHOLE_PAGES && !backlog.pageOutstanding) {
    const hungry = lanes.hungry(moment, LANES_OF_PAGE);
    if (!backlog.isWritten(moment)) wanted.disk = true;
    else if (hungry.length > 0 || sweep.mayLook(moment)) {
      if (makeRoom(state, lanes, moment)) wanted.lanePage = ask(state, lanes, hungry, moment);
    } else if (lanes.isHungry || sweep.waitsForDisk(moment)) wanted.disk = true;
  }
  // What shows by now waits for a page, for the disk or for room: each of them applies a command.
  return sweep.wakeAtMs(moment.nowMs);
}

/** True when there is room: what waits in closed lanes may have to leave it to others. */
function makeRoom(state: QueueState, lanes: Lanes, moment: Moment): boolean {
  const { roomBytes: sizeBytes } = state;
  if (state.memoryBytes < sizeBytes) return true;
  if (lanes.readyCount > 0) return false;
  const written = { ...moment, group: moment.latestGroup };
  for (const lane of lanes.all()) {
    if (!lane.isOpen && lane.waitingCount > 0) emptyLine(state, lanes, lane, 0, written);
    if (state.memoryBytes < sizeBytes / 2) break;
  }
  return state.memoryBytes < sizeBytes;
}

function ask(state: QueueState, lanes: Lanes, hungry: readonly Lane[], moment: Moment): LanePageQuery {
  const { window, backlog } = state;
  const { sweep } = lanes;
  const limit = Math.ceil(window.pageCount * SHARE_OF_WHOLE_PAGES);
  // In turns, so that neither keeps the other from coming.
  const looks = sweep.mayLook(moment) && (hungry.length === 0 || lanes.isTurnToLook);
  lanes.isTurnToLook = !looks;
  if (looks) sweep.ask();
  backlog.askLanes(moment);
  const named = looks ? [] : hungry;
  return {
    queue: state.queue,
    lanes: named.map(({ key, restsFrom }) => ({ lane: key, fromOrder: restsFrom })),
    throughOrder: sweep.cursor,
    afterOrder: looks ? sweep.cursor : undefined,
    without: looks ? lanes.passedOver(PASSED_OVER) : [],
    visibleBeforeMs: moment.nowMs + 1,
    delayMs: state.settings.delayMs,
    lookCount: LOOKED_AT,
    perLane: looks ? PER_LANE : Math.ceil(limit / named.length),
    limit,
    limitSizeBytes: Math.min(window.pageSizeBytes, state.roomBytes),
  };
}

/** A page of lanes has come: of each lane it counts in order, up to the first message that may have changed since. */
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
  const { throughGroup } = state.backlog.page;
  const isVoid = query.afterOrder !== undefined && !lanes.sweep.arrived(page, throughGroup);
  const arriving = new Arriving(state, lanes, moment, page);
  let from = 0;
  for (const [index, part] of page.parts.entries()) {
    const asked = query.lanes[index];
    if (asked !== undefined) arriving.goOn(part, from, asked.fromOrder, query.throughOrder);
    else if (!isVoid) arriving.sweep(part, from, query.afterOrder ?? 0);
    from += part.count;
  }
  if (query.afterOrder !== undefined && !isVoid) arriving.pass(query, query.afterOrder);
  arriving.end();
  state.backlog.lanesArrived(moment);
  enterPages(state, lanes, moment, MOST_PAGES);
  return undefined;
}

class Arriving {
  readonly #state: QueueState;
  readonly #lanes: Lanes;
  readonly #moment: Moment;
  readonly #page: LanePage;
  readonly #arrived: ArrivedPage;
  /** Lanes of which more stands in front of where the look ended. */
  readonly #unsure: number[] = [];

  constructor(state: QueueState, lanes: Lanes, moment: Moment, page: LanePage) {
    this.#state = state;
    this.#lanes = lanes;
    this.#moment = moment;
    this.#page = page;
    this.#arrived = lanes.arrived.page(page);
  }

  /** More of a lane that was named, if nothing came before it since. */
  goOn(part: LanePart, from: number, fromOrder: number, throughOrder: number): void {
    const lane = this.#lanes.get(part.lane);
    if (lane?.restsFrom !== fromOrder) return;
    this.#take(lane, part, from, throughOrder);
    const { throughGroup } = this.#state.backlog.page;
    lane.sawGroup = lane.restsFrom === fromOrder ? throughGroup : -1;
    this.#lanes.refresh(lane);
    const { hiddenUntilMs } = part;
    if (hiddenUntilMs === undefined || !lane.isEmpty || lane.restsFrom !== part.nextOrder) return;
    if (!this.#mayHaveChanged(lane.restsFrom)) this.#lanes.forget(lane, hiddenUntilMs);
  }

  /** What the sweep found of a lane between two places, if nothing of the lane rests before them. */
  sweep(part: LanePart, from: number, afterOrder: number): void {
    const { lastOrder } = this.#page;
    const known = this.#lanes.get(part.lane);
    if (known !== undefined && (known.restsFrom <= afterOrder || known.restsFrom === Infinity)) return;
    const lane = known ?? this.#lanes.know(part.lane);
    this.#take(lane, part, from, lastOrder);
    if (lane.restsFrom <= lastOrder) this.#unsure.push(lane.key);
    this.#lanes.refresh(lane);
  }

  /** Of lanes that the sweep did not find between two places, and of which nothing rests before them, nothing rests there either. */
  pass({ without }: LanePageQuery, afterOrder: number): void {
    const { lastOrder } = this.#page;
    const unsure = new Set([...without, ...this.#unsure]);
    for (const lane of this.#lanes.all()) {
      if (lane.restsFrom <= afterOrder || lane.restsFrom > lastOrder || unsure.has(lane.key)) continue;
      lane.restsFrom = lastOrder + 1;
      this.#lanes.refresh(lane);
    }
  }

  /** All has been heeded. */
  end(): void {
    this.#arrived.endIfEmpty();
  }

  #take(lane: Lane, part: LanePart, from: number, lastOrder: number): void {
    enterStretch(this.#state, lane, this.#moment);
    const { orders } = this.#page;
    const end = this.#sureEnd(from, from + part.count);
    lane.restsFrom = end < from + part.count ? (orders[end] ?? 0) : (part.nextOrder ?? lastOrder + 1);
    if (this.#areBehind(lane, from, end)) lane.stretch = this.#arrived.stretch(lane.key, from, end);
    else this.#enter(lane, from, end);
  }

  /** Where the first message stands that may have changed. */
  #sureEnd(from: number, end: number): number {
    let at = from;
    while (at < end && !this.#mayHaveChanged(this.#page.orders[at] ?? 0)) at += 1;
    return at;
  }

  /** True when all of them rest in the store alone, behind what is in memory of their lane. */
  #areBehind(lane: Lane, from: number, end: number): boolean {
    const { orders } = this.#page;
    if (from === end || (lane.line.last?.order ?? 0) >= (orders[from] ?? 0)) return false;
    for (let at = from; at < end; at += 1) if (!this.#rests(orders[at] ?? 0)) return false;
    return true;
  }

  #enter({ key }: Lane, from: number, end: number): void {
    for (let at = from; at < end; at += 1) {
      const stored = this.#page.messages.at(at);
      if (stored !== undefined && this.#rests(stored.order))
        enterLane(this.#state, key, stored, this.#moment);
    }
  }

  #rests(order: number): boolean {
    return order > this.#state.purgedThroughOrder && !this.#state.entries.has(order);
  }

  #mayHaveChanged(order: number): boolean {
    const { touched, page } = this.#state.backlog;
    return this.#rests(order) && touched.since(page, order);
  }
}

/** The delay of a FIFO queue is one for all its messages, also for those already sent. */
export function delayAnew(state: QueueState, lanes: Lanes, moment: Moment): void {
  enterPages(state, lanes, moment, 0);
  for (const entry of state.entries.values()) {
    if (entry.standing === 'leased' || entry.receiveCount > 0) continue;
    entry.visibleAtMs = entry.sentAtMs + state.settings.delayMs;
    if (entry.standing === 'delayed') state.due.put(entry);
    else if (entry.visibleAtMs > moment.nowMs) {
      entry.standing = 'delayed';
      state.waitingCount -= 1;
      state.due.put(entry);
      lanes.refresh(lanes.know(entry.lane));
    }
  }
  lanes.sweep.lookSoon();
}
