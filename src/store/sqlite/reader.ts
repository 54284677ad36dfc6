import { workerData } from 'node:worker_threads';
import { answerQuestions } from './answer-questions.ts';
import { LaneReader } from './lane-reader.ts';
import { openForReading } from './open-database.ts';
import { buffersOf, type Packed } from './packed.ts';
import { Pages } from './pages.ts';
import type { ReaderQuestions } from './questions.ts';
import { describeFailure } from './refused.ts';
import { SendsReader } from './sends-reader.ts';

/** The thread that reads pages back, on a connection of its own: it never waits for a commit. */
const path = workerData as string;
const database = openForReading(path);
const pages = new Pages(database);
const lanes = new LaneReader(database);
const sends = new SendsReader(database);

answerQuestions<ReaderQuestions>(
  {
    page: (ask) => pages.page(ask),
    'lane-page': (ask) => lanes.page(ask),
    'remembered-sends': (ask) => sends.page(ask),
    read: ({ queue, orders }) => pages.read(queue, orders),
    expired: ({ queue, sentBeforeMs, limit }) => pages.expired(queue, sentBeforeMs, limit),
  },
  {
    handOver: (answer) => buffersOf(answer as Packed),
    close: () => database.close(),
    describe: (error) => describeFailure(error, path),
  },
);
