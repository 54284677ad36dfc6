import { workerData } from 'node:worker_threads';
import { answerQuestions } from './answer-questions.ts';
import { openForReading } from './open-database.ts';
import { buffersOf } from './packed.ts';
import { Pages, type PackedPage } from './pages.ts';
import type { ReaderQuestions } from './questions.ts';
import { describeFailure } from './refused.ts';

/** The thread that reads pages back, on a connection of its own: it never waits for a commit. */
const path = workerData as string;
const database = openForReading(path);
const pages = new Pages(database);

answerQuestions<ReaderQuestions>(
  {
    page: (ask) => pages.page(ask),
    read: ({ queue, orders }) => pages.read(queue, orders),
    expired: ({ queue, sentBeforeMs, limit }) => pages.expired(queue, sentBeforeMs, limit),
  },
  {
    handOver: (answer) => buffersOf(answer as PackedPage),
    close: () => database.close(),
    describe: (error) => describeFailure(error, path),
  },
);
