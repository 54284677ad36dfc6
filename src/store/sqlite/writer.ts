import { workerData } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';
import { present } from '../../base/assert.ts';
import { SystemClock } from '../../base/clock.ts';
import type { RunId } from '../../base/ids.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { answerQuestions } from './answer-questions.ts';
import { BUNDLE_SIZES, type BundleSizes } from './bundle-cutter.ts';
import { Checkpoints } from './checkpoints.ts';
import { GroupApply } from './group-apply.ts';
import type { HandedOver } from './group-code.ts';
import { asRefusal, openForWriting } from './open-database.ts';
import type { LoadAsk, Opened, QueuesAnswer, WriterQuestions, WriterStart } from './questions.ts';
import { Records } from './records.ts';
import { describeFailure, type DataRefused } from './refused.ts';
import { Slots } from './slots.ts';
import { StoredQueues, type PackedQueues } from './stored-queues.ts';
import { Sweeper } from './sweeper.ts';
import { Transactions, type StepOutcome } from './transaction.ts';

/** The thread that owns the writing connection. Everything durable passes through here, one transaction at a time. */
class Writer {
  readonly #database: DatabaseSync;
  readonly #checkpoints: Checkpoints;
  readonly #transactions: Transactions;
  readonly #slots: Slots;
  readonly #sweeper: Sweeper;
  readonly #groups: GroupApply;
  /** How many groups have met a full disk; those refused because of one do not count. */
  #fullMet = 0;
  readonly #queues: StoredQueues;
  readonly records: Records;

  constructor(database: DatabaseSync, sizes: BundleSizes) {
    this.#database = database;
    const clock = new SystemClock();
    this.#transactions = new Transactions(database);
    this.#slots = new Slots(database);
    this.#groups = new GroupApply(database, this.#slots, sizes);
    this.#checkpoints = new Checkpoints({ database, clock, beforeIdle: () => void this.moveToRows() });
    this.#sweeper = new Sweeper({ clock, slots: this.#slots, run: (step) => this.run(step) });
    this.#queues = new StoredQueues(database);
    this.records = new Records(database);
  }

  /** Enters this run; its number is durable before anybody learns it. */
  enterRun(): Opened {
    this.#database.exec('BEGIN IMMEDIATE; UPDATE platform SET run = run + 1');
    this.#groups.moveToRowsInLittleRoom();
    this.#database.exec('COMMIT');
    const row = present(
      this.#database.prepare('SELECT run, durable_at_ms FROM platform').get(),
      'the platform row',
    );
    return { run: row['run'] as RunId, lastDurableMs: row['durable_at_ms'] as number };
  }

  run(step: () => void): StepOutcome {
    return this.#heeded(this.#transactions.run(step));
  }

  /** A group that was decided before its sender heard of a full disk stands on what is lost: it is refused. */
  commit(group: HandedOver): StepOutcome {
    if (group.fullHeard < this.#fullMet) return 'disk-full';
    const outcome = this.run(() => {
      this.#groups.apply(group);
      this.#sweeper.sweepWithGroup();
    });
    if (outcome === 'durable') return outcome;
    const outcomeInLittleRoom = this.run(() => this.#groups.applyInLittleRoom(group));
    if (outcomeInLittleRoom === 'disk-full') this.#fullMet += 1;
    return outcomeInLittleRoom;
  }

  /** Brings all messages to their rows, where others read them. They are durable already, as they came. */
  moveToRows(): StepOutcome {
    if (this.#groups.areAllInRows) return 'durable';
    const outcome = this.#heeded(this.#transactions.runUnsynced(() => this.#groups.moveToRows()));
    return outcome === 'durable' ? outcome : this.run(() => this.#groups.moveToRowsInLittleRoom());
  }

  /** What is known of one queue. */
  loadQueue(queue: number, { nowMs, delayedLimit }: LoadAsk): PackedQueues {
    return this.#load(() => this.#queues.one(queue, nowMs, delayedLimit));
  }

  loadQueues({ nowMs, delayedLimit }: LoadAsk): QueuesAnswer {
    const row = present(this.#database.prepare('SELECT next_queue FROM platform').get(), 'the platform row');
    const queues = this.#load(() => this.#queues.all(nowMs, delayedLimit));
    return { ...queues, nextQueue: row['next_queue'] as number };
  }

  /** Reads with all messages in their rows; on a full disk as it would be with them there. */
  #load(read: () => PackedQueues): PackedQueues {
    if (this.moveToRows() === 'durable') return read();
    const known = this.#transactions.tried(() => {
      this.#groups.moveToRows();
      return read();
    });
    this.#groups.forget();
    return known;
  }

  /** What is remembered of rows is void when a transaction was rolled back. */
  #heeded(outcome: StepOutcome): StepOutcome {
    if (outcome === 'disk-full') this.#groups.forget();
    return outcome;
  }

  afterAnswer(): void {
    this.#sweeper.afterAnswer();
    this.#checkpoints.afterCommit();
  }

  close(): void {
    this.#sweeper.stop();
    this.#checkpoints.stop();
    this.moveToRows();
    this.#database.close();
  }
}

/** Opens the database and enters this run. */
function open(start: WriterStart): Result<{ readonly writer: Writer; readonly opened: Opened }, DataRefused> {
  const database = openForWriting(start.path, start.settings);
  if (!database.ok) return database;
  try {
    const writer = new Writer(database.value, start.settings.bundles ?? BUNDLE_SIZES);
    return ok({ writer, opened: writer.enterRun() });
  } catch (error) {
    database.value.close();
    return failed(asRefusal(error, start.path));
  }
}

function serve(start: WriterStart): void {
  let current: Writer | undefined;
  const writer = (): Writer => present(current, 'the open database');
  answerQuestions<WriterQuestions>(
    {
      open: () => {
        const result = open(start);
        if (!result.ok) return result;
        current = result.value.writer;
        return ok(result.value.opened);
      },
      'all-queues': (ask) => writer().loadQueues(ask),
      'one-queue': ({ queue, ...ask }) => writer().loadQueue(queue, ask),
      commit: (group) => writer().commit(group),
      'move-to-rows': () => writer().moveToRows(),
      'list-records': (collection) => writer().records.list(collection),
      'put-record': ({ collection, record }) => writer().run(() => writer().records.put(collection, record)),
      'remove-record': ({ collection, name }) =>
        writer().run(() => writer().records.remove(collection, name)),
    },
    {
      afterAnswer: () => current?.afterAnswer(),
      close: () => current?.close(),
      describe: (error) => describeFailure(error, start.path),
    },
  );
}

serve(workerData as WriterStart);
