import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { sendToQueue } from '../../../ads/server/send-batch.ts';
import type { Chunk, YsbEvent } from './event.ts';
import { eventsOf, type Script } from './generator.ts';

const TICK_MS = 10;
/** About 25 kB of JSON. */
const MOST_EVENTS = 100;
const MOST_MESSAGES = 10;

/**
 * Sends the events of a script when they are due, whether others have arrived or not: what is due in one tick travels
 * in as few messages as it can. Resolves when all are in the queue; one that was not taken is sent again. With
 * `doubledEvery` 5, say, the messages of every fifth request are sent twice.
 */
export async function produce(
  { sqs, queueUrl, doubledEvery }: Target,
  run: string,
  script: Script,
): Promise<void> {
  const send = sendToQueue(sqs, queueUrl);
  const sending: Promise<void>[] = [];
  let requests = 0;
  for (const bodies of batchesOf(run, script)) {
    await sleep(Math.max(0, bodies.atMs - Date.now()));
    sending.push(deliver(send, bodies.bodies));
    requests += 1;
    if (doubledEvery !== undefined && requests % doubledEvery === 0)
      sending.push(deliver(send, bodies.bodies));
  }
  await Promise.all(sending);
}

/** Where events go. */
interface Target {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly doubledEvery: number | undefined;
}

async function deliver(send: ReturnType<typeof sendToQueue>, bodies: readonly string[]): Promise<void> {
  let left = bodies;
  while (left.length > 0) {
    const outcomes = await send(left);
    left = left.filter((_, index) => outcomes[index] !== 'posted');
    if (left.length > 0) await sleep(TICK_MS);
  }
}

interface Batch {
  /** Its last event is due before. */
  readonly atMs: number;
  readonly bodies: readonly string[];
}

function* batchesOf(run: string, script: Script): Generator<Batch> {
  let [number, first] = [0, 0];
  let [events, bodies]: [YsbEvent[], string[]] = [[], []];
  let tick = Math.floor(script.startMs / TICK_MS);
  const endChunk = (): void => {
    if (events.length === 0) return;
    number += 1;
    bodies.push(JSON.stringify({ run, number, first, events } satisfies Chunk));
    first += events.length;
    events = [];
  };
  const taken = (): Batch => {
    endChunk();
    const batch = { atMs: (tick + 1) * TICK_MS, bodies };
    bodies = [];
    return batch;
  };
  for (const { event, atMs } of eventsOf(script)) {
    if (atMs >= (tick + 1) * TICK_MS) {
      yield taken();
      tick = Math.floor(atMs / TICK_MS);
    }
    events.push(event);
    if (events.length === MOST_EVENTS) endChunk();
    if (bodies.length === MOST_MESSAGES) yield taken();
  }
  yield taken();
}
