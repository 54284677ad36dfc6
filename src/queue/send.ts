import { assert } from '../base/assert.ts';
import { KEY_NUMBERS } from '../message/deduplication.ts';
import type { Message } from '../message/message.ts';
import { REMEMBERED_NUMBERS, type Change } from '../store/change.ts';
import type { Accepted, Arrival, Command, Moment, Replies } from './command.ts';
import type { Fifo } from './fifo.ts';
import type { QueueState } from './state.ts';

/** Every arrival takes the next place; a delayed one is hidden until its time. A FIFO queue takes no duplicates. */
export function send(
  state: QueueState,
  moment: Moment,
  command: Extract<Command, { kind: 'send' }>,
  changes: Change[],
): Replies['send'] {
  if (state.fifo !== undefined) return sendInOrder(state, state.fifo, moment, command, changes);
  for (const arrival of command.arrivals) take(state, moment, arrival, arrival.message, changes);
  return undefined;
}

function sendInOrder(
  state: QueueState,
  fifo: Fifo,
  moment: Moment,
  command: Extract<Command, { kind: 'send' }>,
  changes: Change[],
): readonly Accepted[] {
  const { remembered, identity } = fifo;
  assert(remembered.isLoaded, 'nothing is sent before it is known what was sent before');
  const { arrivals } = command;
  const firstOrder = state.nextOrder;
  const keys = new Uint32Array(arrivals.length * REMEMBERED_NUMBERS);
  remembered.forgetFor(arrivals.length, moment.nowMs);
  const accepted = arrivals.map((arrival): Accepted => {
    const { deduplicationKey: key } = arrival;
    const order = state.nextOrder;
    const original = remembered.findOrAdd(key, order, moment.nowMs);
    const place = original ?? order;
    const id = key === undefined ? arrival.message.id : identity.id(key, place);
    const sequenceNumber = identity.sequenceNumber(place);
    if (original !== undefined) return { id, sequenceNumber, isDuplicate: true };
    take(state, moment, arrival, { ...arrival.message, id, sequenceNumber }, changes);
    const at = (order - firstOrder) * REMEMBERED_NUMBERS;
    for (let number = 0; number < KEY_NUMBERS; number += 1) keys[at + number] = key?.[number] ?? 0;
    return { id, sequenceNumber, isDuplicate: false };
  });
  if (state.nextOrder > firstOrder) {
    const taken = keys.subarray(0, (state.nextOrder - firstOrder) * REMEMBERED_NUMBERS);
    const sends = { firstOrder, atMs: moment.nowMs, keys: taken };
    changes.push({ kind: 'sends-remembered', queue: state.queue, sends });
  }
  return accepted;
}

/** The message that arrives, as it is known here. */
function take(
  state: QueueState,
  moment: Moment,
  arrival: Arrival,
  message: Message,
  changes: Change[],
): void {
  const { delayMs, receiveCount, firstReceivedAtMs } = arrival;
  const order = state.nextOrder;
  state.nextOrder += 1;
  const visibleAtMs = moment.nowMs + delayMs;
  const place = { visibleAtMs, holder: 'nobody' as const, receiveCount, firstReceivedAtMs, leasedAtMs: 0 };
  changes.push({ kind: 'message-added', queue: state.queue, order, message, state: place });
  state.admit(order, message, place, moment);
}
