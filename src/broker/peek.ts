import type { Message } from '../message/message.ts';
import type { QueueStore } from '../store/queue-store.ts';
import type { Keeper } from './keeper.ts';

/** A message as it stands in its queue; looking at it changes nothing. */
export interface Peeked {
  readonly message: Message;
  readonly standing: 'waiting' | 'delayed' | 'in-flight';
  /** When a receive may get it; in the past when it waits. */
  readonly visibleAtMs: number;
  readonly receiveCount: number;
}

/** What to look at. */
export interface PeekQuery {
  /** At most this many messages. */
  readonly maximum: number;
  /** Delayed messages and those in flight as well. */
  readonly hidden: boolean;
}

/** Bytes of messages looked at at a time; the first always comes. */
const PEEK_SIZE_BYTES = 8 * 1024 * 1024;

/** The messages of a queue as they are durable, in the order in which they show; what has outlived its retention is left out. */
export async function peekAt(
  store: QueueStore,
  keeper: Keeper,
  { maximum, hidden }: PeekQuery,
  nowMs: number,
): Promise<readonly Peeked[]> {
  keeper.writeLeases();
  await keeper.synced();
  const { messages } = await store.page({
    queue: keeper.queue,
    after: { visibleAtMs: 0, order: 0 },
    visibleBeforeMs: hidden ? Number.MAX_SAFE_INTEGER : nowMs + 1,
    limit: maximum,
    limitSizeBytes: PEEK_SIZE_BYTES,
  });
  const oldestMs = nowMs - keeper.definition.settings.retentionMs;
  return [...messages]
    .filter(({ message }) => message.sentAtMs > oldestMs)
    .map(({ message, state: { visibleAtMs, receiveCount, holder } }) => {
      const standing =
        visibleAtMs <= nowMs
          ? 'waiting'
          : holder === 'nobody'
            ? ('delayed' as const)
            : ('in-flight' as const);
      return { message, standing, visibleAtMs, receiveCount };
    });
}
