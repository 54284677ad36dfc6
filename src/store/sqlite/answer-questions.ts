import { parentPort } from 'node:worker_threads';
import { present } from '../../base/assert.ts';
import { CLOSE, type Asked, type Dialogue, type Said } from './store-thread.ts';

/** One function per question. Whatever it throws ends the thread, and with it the store. */
export type Handlers<Questions extends Dialogue> = {
  readonly [Kind in keyof Questions]: (ask: Questions[Kind]['ask']) => Questions[Kind]['answer'];
};

/** What a thread does besides answering. */
export interface Habits {
  /** The buffers of an answer that go over to the asker instead of being copied. */
  readonly handOver?: (answer: unknown) => ArrayBuffer[];
  /** Called after each answer has been sent. */
  readonly afterAnswer?: () => void;
  /** Called for the last question; nothing is asked afterwards. */
  readonly close: () => void;
  /** An error as the end of the store should be told. */
  readonly describe: (error: unknown) => string;
}

/** Runs inside the thread: answers questions one by one, in order, until it is told to close. */
export function answerQuestions<Questions extends Dialogue>(
  handlers: Handlers<Questions>,
  habits: Habits,
): void {
  const port = present(parentPort, 'the port of the thread');
  const say = (said: Said): void => port.postMessage(said);
  port.on('message', ({ number, kind, ask }: Asked) => {
    try {
      if (kind === CLOSE) {
        habits.close();
        say({ kind: 'answer', number, answer: undefined });
        return port.close();
      }
      const answer: unknown = present(handlers[kind], `the handler of ${kind}`)(ask);
      port.postMessage({ kind: 'answer', number, answer } satisfies Said, habits.handOver?.(answer) ?? []);
      habits.afterAnswer?.();
    } catch (error) {
      say({ kind: 'fatal', what: habits.describe(error) });
      port.close();
    }
  });
}
