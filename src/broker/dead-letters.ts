import { queueArn, type QueueKey } from '../message/queue-key.ts';
import type { Arrival } from '../queue/command.ts';
import type { QueueSettings } from '../queue/settings.ts';
import type { DeadLetterFailure } from './broker.ts';
import type { Keeper } from './keeper.ts';
import type { Queues } from './queues.ts';

/** Why a queue with these settings could not send its dead letters where they say; undefined when it can. */
export function deadLetterRefusal(
  queues: Queues,
  source: QueueKey,
  settings: QueueSettings,
): DeadLetterFailure | undefined {
  if (settings.redrive === undefined) return undefined;
  const queue = settings.redrive.deadLetterQueue;
  const target = queues.get(queue)?.definition;
  if (target === undefined) return { kind: 'no-such-dead-letter-queue', queue };
  const isFifo = settings.fifo !== undefined;
  if (isFifo !== (target.settings.fifo !== undefined))
    return { kind: 'dead-letter-queue-of-other-type', queue };
  return allows(target.settings, source) ? undefined : { kind: 'dead-letter-queue-refuses', queue };
}

/** The keeper of the queue's dead letters, if it has one that is there. */
export function deadLetterKeeper(queues: Queues, source: Keeper): Keeper | undefined {
  const { redrive } = source.definition.settings;
  const target = redrive === undefined ? undefined : queues.get(redrive.deadLetterQueue);
  return target === source || target?.closed !== undefined ? undefined : target;
}

/** Settled when the queue of dead letters may be joined again; undefined when it may now, or is not there. */
export function deadLettersClosed(queues: Queues, source: Keeper): Promise<void> | undefined {
  const { redrive } = source.definition.settings;
  const target = redrive === undefined ? undefined : queues.get(redrive.deadLetterQueue);
  return target === source ? undefined : target?.closed;
}

/**
 * The dead letters as they join another queue: with the name of the queue they come from; in a FIFO queue their retention
 * begins anew and their deduplication id is their message id, as in SQS. Why they were not handled goes with them.
 */
export function movedLetters(
  letters: readonly Arrival[],
  from: Keeper,
  to: Keeper,
  nowMs: number,
): Arrival[] {
  const deadLetterSourceArn = queueArn(from.definition.key);
  const isFifo = to.state.fifo !== undefined;
  return letters.map((letter) => {
    const message = from.causes.attach(letter.message);
    const renewed = isFifo ? { sentAtMs: Math.floor(nowMs), deduplicationId: message.id } : {};
    return { ...letter, message: { ...message, ...renewed, deadLetterSourceArn } };
  });
}

function allows(target: QueueSettings, source: QueueKey): boolean {
  const policy = target.redriveAllow;
  if (policy === undefined || policy.permission === 'allowAll') return true;
  return policy.permission === 'byQueue' && policy.sourceQueueArns.includes(queueArn(source));
}
