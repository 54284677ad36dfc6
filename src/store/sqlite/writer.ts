import { workerData } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';
import { present } from '../../base/assert.ts';
import { SystemClock } from '../../base/clock.ts';
import type { RunId } from '../../base/ids.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { answerQuestions } from './answer-questions.ts';
import { Checkpoints } from './checkpoints.ts';
import { asRefusal, openForWriting } from './open-database.ts';
import type { Opened, WriterQuestions, WriterStart } from './questions.ts';
import { Records } from './records.ts';
import { damagedDatabase, type DataRefused } from './refused.ts';
import { isDamage } from './sqlite-error.ts';
import { Transactions } from './transaction.ts';

/** The thread that owns the writing connection. Everything durable passes through here, one transaction at a time. */
class Writer {
  readonly #database: DatabaseSync;
  readonly #checkpoints: Checkpoints;
  readonly transactions: Transactions;
  readonly records: Records;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#checkpoints = new Checkpoints(database, new SystemClock());
    this.transactions = new Transactions(database);
    this.records = new Records(database);
  }

  /** Enters this run; its number is durable before anybody learns it. */
  enterRun(): Opened {
    this.#database.exec('UPDATE platform SET run = run + 1');
    const row = present(
      this.#database.prepare('SELECT run, durable_at_ms FROM platform').get(),
      'the platform row',
    );
    return { run: row['run'] as RunId, lastDurableMs: row['durable_at_ms'] as number };
  }

  afterAnswer(): void {
    this.#checkpoints.afterCommit();
  }

  close(): void {
    this.#database.close();
  }
}

const start = workerData as WriterStart;
const current: { writer?: Writer } = {};

function writer(): Writer {
  return present(current.writer, 'the open database');
}

function open(): Result<Opened, DataRefused> {
  const database = openForWriting(start.path, start.settings);
  if (!database.ok) return database;
  try {
    const opening = new Writer(database.value);
    const opened = opening.enterRun();
    current.writer = opening;
    return ok(opened);
  } catch (error) {
    database.value.close();
    return failed(asRefusal(error, start.path));
  }
}

answerQuestions<WriterQuestions>(
  {
    open,
    'list-records': (collection) => writer().records.list(collection),
    'put-record': ({ collection, record }) =>
      writer().transactions.run(() => writer().records.put(collection, record)),
    'remove-record': ({ collection, name }) =>
      writer().transactions.run(() => writer().records.remove(collection, name)),
  },
  {
    afterAnswer: () => current.writer?.afterAnswer(),
    close: () => current.writer?.close(),
    describe: (error) =>
      isDamage(error)
        ? damagedDatabase(start.path, (error as Error).message)
        : `${start.path} cannot be written any more (${(error as Error).message}); nothing that waited is known to be kept`,
  },
);
