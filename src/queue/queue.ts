import type { Change } from '../store/change.ts';
import type { Applied, Command, Moment, Replies, Wants } from './command.ts';
import { expiry, found, page } from './pages.ts';
import { receive } from './receive.ts';
import { send } from './send.ts';
import { extend, openDispatcherLeases, settle } from './settle.ts';
import { isHidden, type QueueState } from './state.ts';
import { WINDOW } from './window.ts';

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
  extend,
  page,
  found,
  expiry,
  purge: (state, _moment, _command, changes) => {
    state.clear();
    changes.push({ kind: 'purged', queue: state.queue, throughOrder: state.purgedThroughOrder });
    return undefined;
  },
  configure: (state, _moment, command) => {
    state.settings = command.settings;
    return undefined;
  },
  'open-dispatcher-leases': openDispatcherLeases,
  tick: () => undefined,
};

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
  showWhatIsDue(state, moment);
  const handler = HANDLERS[command.kind];
  const reply = handler(state, moment, command, changes);
  if (command.kind === 'tick') state.backlog.prune(moment);
  return { reply, changes, wants: wants(state, moment) };
}

/**
 * Delays and leases that have ended. Nothing is written for it: a page is right as soon as what was written before is
 * durable, and must not wait for a group that may never come.
 */
function showWhatIsDue(state: QueueState, moment: Moment): void {
  if (state.due.nextMs === undefined || state.due.nextMs > moment.nowMs) return;
  const written = { ...moment, group: moment.latestGroup };
  for (let due = state.due.takeDue(moment.nowMs); due !== undefined; due = state.due.takeDue(moment.nowMs)) {
    const { item: entry, dueMs } = due;
    if (isHidden(entry.standing) && entry.visibleAtMs === dueMs) state.show(entry, written);
  }
}

function wants(state: QueueState, moment: Moment): Wants {
  const { backlog, settings } = state;
  const wanted: { -readonly [Name in keyof Wants]: Wants[Name] } = {};
  const low = state.waitingCount < WINDOW.lowCount && state.heldSizeBytes < WINDOW.sizeBytes;
  if (low && state.restingCount > 0 && backlog.mayPage(moment)) {
    backlog.ask(moment);
    const { pageCount: limit, pageSizeBytes: limitSizeBytes } = WINDOW;
    const visibleBeforeMs = moment.durableThroughMs;
    wanted.page = { queue: state.queue, after: backlog.cursor, visibleBeforeMs, limit, limitSizeBytes };
  }
  const expiresAtMs = state.oldestSentAtMs + settings.retentionMs;
  if (expiresAtMs <= moment.nowMs && backlog.mayAskForExpiry(moment, state.restingCount)) {
    backlog.askForExpiry(state.restingCount);
    wanted.expiredBeforeMs = moment.nowMs - settings.retentionMs + 1;
  }
  const wakeAtMs = Math.min(
    state.due.nextMs ?? Infinity,
    // What rests and is visible already waits for a page, for the disk or for room: each of them applies a command.
    backlog.nextMs >= moment.nowMs ? backlog.nextMs + 1 : Infinity,
    backlog.expiryOutstanding ? Infinity : expiresAtMs,
  );
  if (wakeAtMs < Infinity) wanted.wakeAtMs = Math.max(wakeAtMs, moment.nowMs + 1);
  return wanted;
}
