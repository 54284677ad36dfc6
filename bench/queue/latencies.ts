import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { percentile, rounded, type Figure } from '../figure.ts';
import { SyncedFile } from '../synced-file.ts';
import { readAnswers, type Answer } from './answers.ts';
import { createQueue, requestsFor } from './drive.ts';
import type { Target } from './target.ts';

const WARM_UP = 300;
/** Sends and syncs in turn: a disk that others use too is the same for both. */
const BLOCKS = 20;
const SENDS = 100;
const SYNCS = 25;
const POLLS = 1000;
const REST_MS = 3;

/** One sender on an idle broker, beside bare syncs of the same disk; and a message's way to a receive that waits. */
export async function latencies(
  target: Target,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  progress('queue: one sender, idle broker');
  await createQueue(target, 'idle');
  const { sends, syncs } = await sendsAndSyncs(target);
  const sync = percentile(syncs, 50);
  progress('queue: a waiting long poll');
  await createQueue(target, 'poll');
  const poll = percentile(await pollsMs(target), 99);
  const p50 = percentile(sends, 50);
  return [
    {
      ...{ name: 'one sender, idle broker, p50', value: rounded(p50), unit: 'ms' },
      ...{ floor: rounded(sync), ratio: rounded(p50 / sync) },
      ...{ target: '<= 5 bare syncs, <= 1 ms', kept: p50 <= 5 * sync && p50 <= 1 },
    },
    {
      ...{ name: 'acknowledged -> at a waiting poll, p99', value: rounded(poll), unit: 'ms' },
      ...{ target: '<= 2 ms', kept: poll <= 2 },
    },
  ];
}

/** One request at a time on a connection of its own. */
async function open(target: Target): Promise<(request: string) => Promise<Answer>> {
  const { hostname, port } = new URL(target.endpoint);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  await once(socket, 'connect');
  let answered = Promise.withResolvers<Answer>();
  readAnswers(socket, (answer) => answered.resolve(answer));
  socket.unref();
  return (request) => {
    answered = Promise.withResolvers();
    socket.write(request, 'latin1');
    return answered.promise;
  };
}

/** In milliseconds: sends one after the other, and bare syncs of the same disk. */
async function sendsAndSyncs(
  target: Target,
): Promise<{ sends: readonly number[]; syncs: readonly number[] }> {
  const ask = await open(target);
  const request = requestsFor(target, 'idle').send([{ body: 'x'.repeat(200) }]);
  const times = { sends: [] as number[], syncs: [] as number[] };
  using file = new SyncedFile();
  for (let sent = 0; sent < WARM_UP; sent += 1) good(await ask(request));
  for (let block = 0; block < BLOCKS; block += 1) {
    for (let sent = 0; sent < SENDS; sent += 1) {
      const startMs = performance.now();
      good(await ask(request));
      times.sends.push(performance.now() - startMs);
    }
    for (let synced = 0; synced < SYNCS; synced += 1) {
      times.syncs.push(file.overwrite());
    }
  }
  return times;
}

/** From the acknowledgement of a send until its message is there; less than nothing when it was there first. */
async function pollsMs(target: Target): Promise<readonly number[]> {
  const [sender, poller] = [await open(target), await open(target)];
  const requests = requestsFor(target, 'poll');
  const send = requests.send([{ body: 'x'.repeat(200) }]);
  const times: number[] = [];
  for (let polled = 0; polled < WARM_UP + POLLS; polled += 1) {
    const received = poller(requests.receive(1, 20)).then((answer) => ({ answer, atMs: performance.now() }));
    await pause(REST_MS); // The poll is waiting by then.
    good(await sender(send));
    const acknowledgedMs = performance.now();
    const { answer, atMs } = await received;
    good(await poller(requests.remove(requests.receiptsIn(answer.body))));
    if (polled >= WARM_UP) times.push(atMs - acknowledgedMs);
  }
  return times;
}

function good({ isGood, body }: Answer): void {
  if (!isGood) throw new Error(`a request failed: ${body}`);
}
