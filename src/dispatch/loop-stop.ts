import { isLooping, MOST_ROUNDS } from '../function/lineage.ts';
import type { Feed, Taken } from './feed.ts';
import type { DispatchPorts } from './ports.ts';

/** Messages of a batch that the function has sent itself too often. */
export function loopsIn({ functions }: DispatchPorts, feed: Feed, taken: readonly Taken[]): readonly Taken[] {
  if (feed.stopsLoops !== true) return [];
  const target = feed.settings().function;
  return taken.filter(({ delivery }) => isLooping(functions, target, delivery.message.traceHeader));
}

/**
 * Takes such messages out: they go to the dead-letter queue of their queue, or are dropped where there is none, as AWS does, and a
 * line says so.
 */
export async function stopLoops(ports: DispatchPorts, feed: Feed, looping: readonly Taken[]): Promise<void> {
  const target = feed.settings().function;
  const where = (await handedOver(ports, feed, looping)) ? 'went to the dead-letter queue' : 'were dropped';
  ports.tell({
    kind: 'trouble',
    where: `dispatch ${feed.label}`,
    what:
      `the function ${target.name} feeds its own queue ${feed.queue.name}: stopped after ${MOST_ROUNDS} rounds, ` +
      `${looping.length} of its messages ${where} (PutFunctionRecursionConfig allows such loops)`,
  });
}

async function handedOver(ports: DispatchPorts, feed: Feed, looping: readonly Taken[]): Promise<boolean> {
  const cause = {
    ErrorType: { dataType: 'String', stringValue: 'Millrace.RecursiveLoop' },
    ErrorMessage: {
      dataType: 'String',
      stringValue: `Stopped after ${MOST_ROUNDS} rounds: the function feeds its own queue.`,
    },
  };
  const given = looping.map(({ delivery: { receipt, message } }) => ({ receipt, message, cause }));
  const outcome = await ports.broker.giveUp(feed.queue, given);
  if (outcome.ok && outcome.value === 'handed-over') return true;
  await ports.broker.settle(
    feed.queue,
    given.map(({ receipt }) => receipt),
  );
  return false;
}
