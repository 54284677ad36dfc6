import type { InvokeResult } from '../environment/result.ts';
import type { BatchHost } from './batch-host.ts';
import { Batch } from './batch.ts';
import { failedGroups, halves, notBehind } from './divide.ts';
import type { Feed, Taken } from './feed.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { loopsIn, stopLoops } from './loop-stop.ts';
import type { DispatchPorts } from './ports.ts';

/**
 * Runs one batch to its end: invoke, judge, and hand every message back to the queue as done or as to be offered again. A batch
 * that a single message may have ended is run again in halves, under the same leases: that counts for no message.
 */
export async function runBatch(
  ports: DispatchPorts,
  feed: Feed,
  all: readonly Taken[],
  host: BatchHost,
): Promise<void> {
  const looping = loopsIn(ports, feed, all);
  if (looping.length > 0) await stopLoops(ports, feed, looping).catch((error: unknown) => host.failed(error));
  const taken = looping.length === 0 ? all : all.filter((one) => !looping.includes(one));
  if (taken.length === 0) return host.invoked();
  const run = new Batch(ports, feed, taken);
  let result: InvokeResult | undefined;
  try {
    result = await run.invoke(host);
    run.judge(result, host);
    if (run.isDivided(result, host)) {
      run.endLeases();
      return void (await runHalves(ports, feed, run.taken, host));
    }
  } finally {
    run.endLeases();
    host.invoked();
  }
  // Left as they are, its messages are offered again at the next start, and no failure is counted.
  if (host.abandoned() && result?.kind !== 'answered') return;
  await run.handBack(result);
}

/** A part of a divided batch. Answers the groups of which a message is offered again. */
async function runPart(
  ports: DispatchPorts,
  feed: Feed,
  taken: readonly Taken[],
  host: BatchHost,
): Promise<ReadonlySet<string>> {
  const run = new Batch(ports, feed, taken);
  try {
    const result = host.signal.aborted ? undefined : await run.invoke(host);
    run.judge(result, host);
    run.endLeases();
    if (run.isDivided(result, host)) return await runHalves(ports, feed, run.taken, host);
    if (host.abandoned() && result?.kind !== 'answered') return new Set();
    return failedGroups(run.taken, await run.handBack(result));
  } finally {
    run.endLeases();
  }
}

/** One half after the other; the later one stays leased meanwhile. */
async function runHalves(
  ports: DispatchPorts,
  feed: Feed,
  taken: readonly Taken[],
  host: BatchHost,
): Promise<ReadonlySet<string>> {
  const [first, later] = halves(taken);
  using waiting = new LeaseKeeper(ports, feed, later);
  const failed = await runPart(ports, feed, first, host);
  const { runnable, behind } = feed.isOrdered
    ? notBehind(waiting.taken, failed)
    : { runnable: waiting.taken, behind: [] };
  waiting[Symbol.dispose]();
  if (behind.length > 0) {
    using run = new Batch(ports, feed, behind);
    run.endLeases();
    await run.handBack(undefined);
  }
  const more = runnable.length === 0 ? [] : await runPart(ports, feed, runnable, host);
  return new Set([...failed, ...more]);
}
