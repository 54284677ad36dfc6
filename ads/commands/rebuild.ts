import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { openLedger } from '../database/ledger.ts';
import { ProgressLine } from '../progress/progress-line.ts';
import { isEqual, rebuild, type Rebuilt } from '../rebuild/rebuild.ts';

/** `rebuild`: derives ledger and statistics again from the stored clicks, and compares; exit code 1 when they differ. */
export function rebuildCommand(root: string): Command {
  return new Command('rebuild')
    .description(
      'derives the ledger and all statistics again from the stored clicks, and compares them row by row',
    )
    .option('--data <dir>', 'data directory of the ads', join(root, '.data'))
    .action(async ({ data }: { readonly data: string }) => {
      const rebuilt = await rebuildAt(resolve(data));
      console.log(rebuiltText(rebuilt));
      process.exitCode = isEqual(rebuilt) ? 0 : 1;
    });
}

async function rebuildAt(data: string): Promise<Rebuilt> {
  const url = process.env['DATABASE_URL'];
  const ledger = await openLedger({ url, directory: join(data, 'database'), leaveRunning: true });
  const [row] = await ledger.sql<
    { last: string }[]
  >`SELECT coalesce(max(position), 0) AS last FROM ledger_event`;
  let done = 0;
  const line = new ProgressLine(process.stdout, () => `change ${done} of ${row?.last ?? 0} of the ledger`);
  try {
    return await rebuild(ledger, (position) => (done = position));
  } finally {
    line.finish();
    await ledger.close();
  }
}

function rebuiltText(rebuilt: Rebuilt): string {
  const money = (micros: number): string => (micros / 1e6).toFixed(6);
  const lines = rebuilt.tables.map(
    ({ table, rows, differing, ids }) =>
      `  ${table.padEnd(12)}${String(rows).padStart(9)} rows, ${differing} differ${ids.length > 0 ? `: ${ids.join(', ')}` : ''}`,
  );
  const [kept, again] = rebuilt.chargedMicros;
  return [
    ...lines,
    `  charged ${money(kept)}, rebuilt ${money(again)}`,
    `  ${isEqual(rebuilt) ? 'equal' : 'NOT equal'}`,
  ].join('\n');
}
