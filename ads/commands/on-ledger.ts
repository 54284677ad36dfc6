import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type postgres from 'postgres';
import { openLedger } from '../database/ledger.ts';

/** Where the ads keep their data. */
export interface DataOption {
  readonly data: string;
}

/** Adds a command that works on the ledger below `root`. */
export function ledgerCommand(parent: Command, root: string, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--data <dir>', 'data directory of the ads', join(root, '.data'));
}

/** Prints what `work` answers; a database that ran before goes on. */
export async function onLedger(
  { data }: DataOption,
  work: (sql: postgres.Sql) => Promise<string>,
): Promise<void> {
  const directory = join(resolve(data), 'database');
  const ledger = await openLedger({ url: process.env['DATABASE_URL'], directory, leaveRunning: true });
  try {
    console.log(await work(ledger.sql));
  } finally {
    await ledger.close();
  }
}
