import { assert } from '../base/assert.ts';
import { fifoMessageId, sequenceNumber } from '../message/fifo-identity.ts';
import type { Change } from '../store/change.ts';
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
  for (const arrival of command.arrivals) take(state, moment, arrival, changes);
  return undefined;
}

function sendInOrder(
  state: QueueState,
  fifo: Fifo,
  moment: Moment,
  command: Extract<Command, { kind: 'send' }>,
  changes: Change[],
): readonly Accepted[] {
  const { remembered } = fifo;
  assert(remembered.isLoaded, 'nothing is sent before it is known what was sent before');
  const firstOrder = state.nextOrder;
  const keys: number[] = [];
  const accepted = command.arrivals.map((arrival): Accepted => {
    const { deduplicationKey: key } = arrival;
    const original = key && remembered.find(key, moment.nowMs);
    if (original !== undefined) {
      const id = fifoMessageId(fifo.idSeed, original);
      return { id, sequenceNumber: sequenceNumber(original), isDuplicate: true };
    }
    const order = state.nextOrder;
    const message = {
      ...arrival.message,
      ...(key !== undefined && { id: fifoMessageId(fifo.idSeed, order) }),
      sequenceNumber: sequenceNumber(order),
    };
    take(state, moment, { ...arrival, message }, changes);
    remembered.add(key, order, moment.nowMs);
    keys.push(key?.[0] ?? 0, key?.[1] ?? 0, key?.[2] ?? 0, 0);
    return { id: message.id, sequenceNumber: message.sequenceNumber, isDuplicate: false };
  });
  if (keys.length > 0) {
    const sends = { firstOrder, atMs: moment.nowMs, keys: Uint32Array.from(keys) };
    changes.push({ kind: 'sends-remembered', queue: state.queue, sends });
  }
  return accepted;
}

function take(state: QueueState, moment: Moment, arrival: Arrival, changes: Change[]): void {
  const { message, delayMs, receiveCount, firstReceivedAtMs } = arrival;
  const order = state.nextOrder;
  state.nextOrder += 1;
  const visibleAtMs = moment.nowMs + delayMs;
  const place = { visibleAtMs, holder: 'nobody' as const, receiveCount, firstReceivedAtMs, leasedAtMs: 0 };
  changes.push({ kind: 'message-added', queue: state.queue, order, message, state: place });
  state.admit(order, message, place, moment);
}
