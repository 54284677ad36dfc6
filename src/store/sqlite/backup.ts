import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';
import { failed, ok, type Result } from '../../base/result.ts';
import { APPLICATION_ID, FORMAT_VERSION } from './format.ts';
import { openForReading } from './open-database.ts';
import { RecentBlocks } from './recent-blocks.ts';
import { damagedDatabase, type DataRefused } from './refused.ts';

/** More pages than any file has: the copy is made in one step, and so is one moment of the database. */
const ALL_PAGES = 2 ** 30;

/** What a copy of a database holds. */
export interface CopiedDatabase {
  readonly queues: number;
  readonly messages: number;
}

/**
 * Copies a database, as it is after one of its commits, while another process may be writing to it; the copy is checked
 * and synced. Commits go on meanwhile.
 */
export async function copyDatabase(
  path: string,
  target: string,
): Promise<Result<CopiedDatabase, DataRefused>> {
  if (!existsSync(path)) return failed({ kind: 'not-usable', what: `There is no ${path}: nothing to copy.` });
  try {
    using source = openForReading(path);
    const application = source.prepare('PRAGMA application_id').get()?.['application_id'];
    if (application !== APPLICATION_ID)
      return failed({ kind: 'foreign', what: `${path} is not a database of Millrace.` });
    await backup(source, target, { rate: ALL_PAGES });
    await sync(target);
    return ok(checked(target));
  } catch (error) {
    return failed({ kind: 'damaged', what: damagedDatabase(path, (error as Error).message) });
  }
}

/** Throws for a copy that is not whole. */
function checked(target: string): CopiedDatabase {
  using copy = new DatabaseSync(target, { readOnly: true });
  const said = copy.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (said !== 'ok') throw new Error(`the copy is not whole: ${String(said)}`);
  return counted(copy);
}

/** What groups that are kept say of their queues counts more than the rows. Older formats have it in the rows, and newer ones elsewhere. */
function counted(copy: DatabaseSync): CopiedDatabase {
  const rows = copy.prepare('SELECT queue, messages FROM queue').all();
  const version = copy.prepare('PRAGMA user_version').get()?.['user_version'];
  const counts = version === FORMAT_VERSION ? new RecentBlocks(copy).load().counts : undefined;
  const messages = rows.map((row) => counts?.find(Number(row['queue']))?.messages ?? Number(row['messages']));
  return { queues: rows.length, messages: messages.reduce((sum, count) => sum + count, 0) };
}

async function sync(path: string): Promise<void> {
  await using file = await open(path, 'r');
  await file.sync();
}
