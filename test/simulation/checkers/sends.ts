import type { Operation, SentEntry } from '../history.ts';
import type { Record } from '../record.ts';

/** One entry of a send, with what its sender was told. */
export interface SendMade {
  readonly send: Operation<'send'>;
  readonly queue: string;
  readonly entry: SentEntry;
  /** Unset when the sender was told nothing, or that nothing was done. */
  readonly id: string | undefined;
  readonly sequenceNumber: string | undefined;
}

/** Every entry of every send, in the order in which they began. */
export function sendsMade(record: Record): SendMade[] {
  return record.of('send').flatMap((send) =>
    send.call.entries.map((entry, index) => {
      const sent = send.answer?.ok === true ? send.answer.sent?.[index] : undefined;
      return { send, queue: send.call.queue, entry, id: sent?.id, sequenceNumber: sent?.sequenceNumber };
    }),
  );
}

/** What duplicates of an entry have in common; undefined on a standard queue. */
export function deduplicationOf(record: Record, { queue, entry }: SendMade): string | undefined {
  const { fifo } = record.settingsOf(queue);
  if (fifo === undefined) return undefined;
  const scope = fifo.deduplicationScope === 'messageGroup' ? (entry.groupId ?? '') : '';
  return `${queue} ${scope} ${entry.deduplicationId ?? entry.body}`;
}
