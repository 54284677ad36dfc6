import type { StartOptions } from '../options.ts';
import { readCounters } from '../platform/platform.ts';
import { ProgressLine } from '../progress/progress-line.ts';
import { readJournals } from '../server/run-account.ts';
import { countOf } from '../server/number-range.ts';
import { journalDirectory } from '../server/start.ts';
import type { System } from '../system.ts';
import { drained } from './drain.ts';
import { readFigures } from './figures.ts';
import { companionLines } from './companions.ts';
import { countChannel, settleBooks } from './settle.ts';
import { readSpooledBytes } from './spooled.ts';
import type { Summary } from './text.ts';

/** Waits until the channel is empty, then compares the books and collects the figures. */
export async function summarise(
  system: System,
  options: StartOptions,
  stopping: AbortSignal,
): Promise<Summary> {
  await waitForChannel(system, stopping);
  const reconciliation = await settleBooks(system, options.data);
  const { serverId, server } = system.server;
  const runs = readJournals(journalDirectory(options.data));
  const own = runs.find((run) => run.serverId === serverId);
  return {
    tally: server.tally,
    messages: countOf(own?.posted ?? []),
    spooled: runs.reduce((sum, run) => sum + countOf(run.spooled), 0),
    counters: await readCounters(system.platform.endpoint),
    figures: await readFigures(system.ledger.sql, serverId),
    reconciliation,
    companions: await companionLines(system),
    processor: options.classic ? 'the long-lived consumer' : 'the function click-processor',
  };
}

async function waitForChannel(system: System, stopping: AbortSignal): Promise<void> {
  let queued = 0;
  let spooledBytes = 0;
  const inSpool = (): string => (spooledBytes > 0 ? `, ${spooledBytes} bytes in the spool` : '');
  const line = new ProgressLine(process.stdout, () => `${queued} clicks still queued${inSpool()}`);
  const count = async (): Promise<number> => {
    // In this order: what leaves the spool meanwhile is seen in the queue.
    spooledBytes = await readSpooledBytes(system.server.origin);
    ({ queued } = await countChannel(system));
    return queued + spooledBytes;
  };
  try {
    await drained(count, stopping);
  } finally {
    line.finish();
  }
}
