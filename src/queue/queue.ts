import type { Change } from '../store/change.ts';
import type { Applied, Command, Moment, Replies, Wanted, Wants } from './command.ts';
import { wantQuiet } from './fair-pages.ts';
import { giveUp } from './give-up.ts';
import { keepAtHand } from './enter.ts';
import { delayAnew, lanePage, wantOfFifo } from './lane-pages.ts';
import { expiry, found, lookUp, page } from './pages.ts';
import { receive } from './receive.ts';
import { send } from './send.ts';
import { extend, openDispatcherLeases, settle } from './settle.ts';
import type { QueueState } from './state.ts';
import { takeOutWaiting } from './take-out.ts';
import { SHARE_OF_WHOLE_PAGES } from './window.ts';
import { writeLeases } from './write-leases.ts';

type Handler<Kind extends Command['kind']> = (
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: Kind }>,
  changes: Change[],
) => Replies[Kind];

const HANDLERS: { readonly [Kind in Command['kind']]: Handler<Kind> } = {
  send,
  receive,
  settle,
  'give-up': giveUp,
  extend,
  'take-out': takeOutWaiting,
  wake: () => undefined,
  page,
  'lane-page': lanePage,
  sends: (state, _moment, { page: { sends, isLast } }) => {
    state.fifo?.loaded(sends, isLast);
    return undefined;
  },
  'look-up': lookUp,
  found,
  expiry,
  purge: (state, _moment, _command, changes) => {
    state.clear();
    changes.push({ kind: 'purged', queue: state.queue, throughOrder: state.purgedThroughOrder });
    return undefined;
  },
  configure: (state, moment, command) => {
    const { delayMs, retentionMs } = state.settings;
    state.settings = command.settings;
    if (command.settings.retentionMs > retentionMs) state.backlog.lookAgain();
    if (state.fifo !== undefined && delayMs !== command.settings.delayMs)
      delayAnew(state, state.fifo.lanes, moment);
    return undefined;
  },
  'open-dispatcher-leases': openDispatcherLeases,
  'write-leases': (state, moment, _command, changes) => writeLeases(state, moment, changes, Infinity),
  tick: (state, moment) => {
    state.fifo?.remembered.tick(moment.nowMs);
    return undefined;
  },
};

const WAKING: ReadonlySet<Command['kind']> = new Set(['receive', 'take-out', 'wake']);

/**
 * The law of one queue: what a command answers, what must become durable for it, and what the law needs next.
 * It changes its own state and nothing else: the same state, moment and command always do the same.
 */
export function apply<Kind extends Command['kind']>(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: Kind }>,
): Applied<Replies[Kind]> {
  const changes: Change[] = [];
  state.roomBytes = Math.min(state.window.sizeBytes, moment.mostHeldBytes ?? Infinity);
  writeLeases(state, moment, changes);
  showWhatIsDue(state, moment, changes.length > 0 ? moment.group : moment.latestGroup);
  if (WAKING.has(command.kind)) state.isAsleep = false;
  const handler = HANDLERS[command.kind];
  const reply = handler(state, moment, command, changes);
  keepAtHand(state, moment);
  if (command.kind === 'tick') state.backlog.touched.prune(moment);
  return { reply, changes, wants: wants(state, moment) };
}

/**
 * Delays and leases that have ended. Nothing is written for it: a page is right as soon as what was written before is
 * durable, and must not wait for a group that may never come.
 */
function showWhatIsDue(state: QueueState, moment: Moment, group: number): void {
  if (state.due.nextMs > moment.nowMs) return;
  const written = { ...moment, group };
  const { due } = state;
  for (let entry = due.takeDue(moment.nowMs); entry !== undefined; entry = due.takeDue(moment.nowMs))
    state.show(entry, written);
}

function wants(state: QueueState, moment: Moment): Wants {
  const wanted: Wanted = {};
  const dueMs = state.due.nextMs;
  const { fifo } = state;
  const pageAtMs =
    fifo === undefined ? wantPage(state, moment, wanted) : wantOfFifo(state, fifo, moment, wanted);
  const wakeAtMs = Math.min(dueMs, pageAtMs, wantOldest(state, moment, wanted), state.unwritten.nextMs);
  if (wakeAtMs < Infinity) wanted.wakeAtMs = Math.max(wakeAtMs, moment.nowMs + 1);
  return wanted;
}

/** Wants a page when the window runs low; answers when to look again. */
function wantPage(state: QueueState, moment: Moment, wanted: Wanted): number {
  const { backlog, window } = state;
  if (state.restingCount === 0 || state.isAsleep) return Infinity;
  const { fair } = state;
  const isQuietWanted = fair !== undefined && wantQuiet(state, fair, moment, wanted);
  const share = fair === undefined ? 1 : SHARE_OF_WHOLE_PAGES;
  const isLow = state.waitingCount + state.ready.pagedCount < window.lowCount * share;
  if (!isQuietWanted && isLow && state.memoryBytes < state.roomBytes) {
    if (backlog.mayPage(moment)) {
      // Nothing is sent after it became visible.
      backlog.passOver(moment.nowMs - state.settings.retentionMs);
      backlog.ask(moment);
      const limit = Math.ceil(window.pageCount * share);
      const limitSizeBytes = Math.min(window.pageSizeBytes, state.roomBytes);
      const visibleBeforeMs = moment.durableThroughMs;
      wanted.page = { queue: state.queue, after: backlog.cursor, visibleBeforeMs, limit, limitSizeBytes };
    } else if (backlog.waitsForDisk(moment)) wanted.disk = true;
  }
  // What is visible already waits for a page, for the disk or for room: each of them applies a command.
  return backlog.nextMs >= moment.nowMs ? backlog.nextMs + 1 : Infinity;
}

/** Wants the oldest messages when their retention has ended; answers when to look again. */
function wantOldest(state: QueueState, moment: Moment, wanted: Wanted): number {
  const { ageing, backlog } = state;
  const expiresAtMs = Math.max(ageing.oldestSentAtMs + state.settings.retentionMs, ageing.restsUntilMs);
  if (expiresAtMs > moment.nowMs) return expiresAtMs;
  const resting = state.restingCount > 0;
  if (ageing.mayAsk(moment) && (!resting || backlog.isWritten(moment))) {
    ageing.ask(backlog.touched, resting, moment);
    wanted.expiredBeforeMs = moment.nowMs - state.settings.retentionMs + 1;
  } else if (!ageing.isOutstanding) wanted.disk = true;
  return Infinity;
}
