import type { Message } from '../message/message.ts';
import type { Holder, MessageState } from '../store/change.ts';

/** A message that the law knows by heart. Every other message of the queue rests in the store alone. */
export interface Entry {
  readonly order: number;
  readonly sentAtMs: number;
  /** Number of its message group's lane; 0 for none. */
  readonly lane: number;
  /** Undefined for a leased or delayed message whose body was let go; it is paged back when it shows again. */
  message: Message | undefined;
  /**
   * `waiting`: a receive may get it. `delayed`: hidden since it was sent. `leased`: hidden since a receive.
   * `gone`: settled, moved or forgotten; left only in lines that have not been cleared of it.
   */
  standing: 'waiting' | 'delayed' | 'leased' | 'gone';
  visibleAtMs: number;
  /** Where it stands among what is hidden. */
  duePlace: number;
  holder: Holder;
  receiveCount: number;
  firstReceivedAtMs: number;
  leasedAtMs: number;
  /** True while its lease is not written: see `unwritten.ts`. */
  isUnwritten: boolean;
  /** The group that made it durable; a delivery waits for it. */
  readonly addedInGroup: number;
}

/** What the store keeps of an entry's standing. */
export function entryState(entry: Entry): MessageState {
  const { visibleAtMs, holder, receiveCount, firstReceivedAtMs, leasedAtMs } = entry;
  return { visibleAtMs, holder, receiveCount, firstReceivedAtMs, leasedAtMs };
}

/** The bytes that an entry holds in memory for its message. */
export function heldSizeBytes(entry: Entry): number {
  return entry.message === undefined ? 0 : entry.message.sizeBytes + MESSAGE_OVERHEAD_BYTES;
}

/** About what a message costs beside its body and attributes. */
export const MESSAGE_OVERHEAD_BYTES = 300;
