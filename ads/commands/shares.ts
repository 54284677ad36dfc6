import { Command, InvalidArgumentError } from 'commander';
import type postgres from 'postgres';
import { readEarnings, type PublisherEarnings } from '../ledger/earnings.ts';
import { setShare, WHOLE_PPM } from '../ledger/shares.ts';
import { ledgerCommand, onLedger, type DataOption } from './on-ledger.ts';

/** `shares list`, `shares set`: what publishers get of what their places earn, and what they are owed. */
export function sharesCommand(root: string): Command {
  const shares = new Command('shares').description('what publishers get of what their places earn');
  const command = (name: string, description: string): Command =>
    ledgerCommand(shares, root, name, description);
  command('list', 'names all publishers with their shares and what they are owed').action(
    (options: DataOption) => onLedger(options, listed),
  );
  command('set <publisher> <percent>', 'changes a share of all days that are not closed yet').action(
    (publisher: string, percent: string, options: DataOption) =>
      onLedger(options, async (sql) => {
        const isKnown = await setShare(sql, numberOf(publisher), partsOf(percent));
        if (!isKnown) throw new InvalidArgumentError(`There is no publisher ${publisher}.`);
        return `Publisher ${publisher} gets ${percent} % of all days that are not closed yet.`;
      }),
  );
  return shares;
}

async function listed(sql: postgres.Sql): Promise<string> {
  const { publishers, revenueMicros, dividedThrough } = await readEarnings(sql);
  const divided = dividedThrough === null ? 'No day was divided yet.' : `Divided up to ${dividedThrough}.`;
  return [...publishers.map(line), `Our part: ${money(revenueMicros)}. ${divided}`].join('\n');
}

function line({ publisherId, name, sharePpm, undividedMicros, owedMicros }: PublisherEarnings): string {
  return `${publisherId}  ${name}  ${sharePpm / 10_000} %  owed ${money(owedMicros)}  not divided yet ${money(undividedMicros)}`;
}

function money(micros: number): string {
  return (micros / 1e6).toFixed(6);
}

/** Per cent as parts of a million. */
function partsOf(percent: string): number {
  const parts = Math.round(Number(percent) * 10_000);
  if (/^\d{1,3}(\.\d{1,4})?$/.test(percent) && parts <= WHOLE_PPM) return parts;
  throw new InvalidArgumentError('A share is 0 to 100 per cent, with up to four decimals.');
}

function numberOf(publisher: string): number {
  if (/^\d{1,9}$/.test(publisher)) return Number(publisher);
  throw new InvalidArgumentError('It takes the number of a publisher.');
}
