import type { InvokeResult } from '../environment/result.ts';
import type { Fate, Taken } from './feed.ts';

/**
 * True for ends that one message of a batch may have brought upon all: the process died, ran out of memory, or of time.
 * What the handler itself answers, and code that does not load, are no message's fault alone.
 */
export function mayHideOne(result: InvokeResult | undefined): boolean {
  if (result?.kind === 'timed-out') return true;
  return result?.kind === 'exited' && result.during === 'invoke';
}

/** The two halves of a batch, in its order. */
export function halves(taken: readonly Taken[]): readonly [readonly Taken[], readonly Taken[]] {
  const middle = Math.ceil(taken.length / 2);
  return [taken.slice(0, middle), taken.slice(middle)];
}

/**
 * Of an ordered queue's later half, what may run now: nothing of a group of which an earlier message has failed, since it would
 * overtake that one.
 */
export function notBehind(
  later: readonly Taken[],
  failed: ReadonlySet<string>,
): { readonly runnable: readonly Taken[]; readonly behind: readonly Taken[] } {
  const isBehind = ({ delivery }: Taken): boolean => failed.has(delivery.message.groupId ?? '');
  return { runnable: later.filter((one) => !isBehind(one)), behind: later.filter(isBehind) };
}

/** The groups of the messages that are offered again. */
export function failedGroups(taken: readonly Taken[], fates: readonly Fate[]): ReadonlySet<string> {
  const failed = taken.filter((_, index) => fates[index]?.kind === 'again');
  return new Set(failed.map(({ delivery }) => delivery.message.groupId ?? ''));
}
