import { once } from 'node:events';
import { connect } from 'node:net';
import { readAnswers } from '../queue/answers.ts';

/** What is called, how, and for how long. */
export interface CallTask {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
}

/** What came of it. */
export interface CallTally {
  readonly timesMs: readonly number[];
  readonly failures: number;
}

const BODY = '{"n":1}';

/** A process of its own that posts to one address, one request in flight on each connection: `call-client.ts TASK`. Prints a CallTally. */
const task = JSON.parse(process.argv[2] ?? '{}') as CallTask;
const timesMs: number[] = [];
let failures = 0;
const endMs = performance.now() + task.seconds * 1000;
await Promise.all(Array.from({ length: task.connections }, drive));
const tally: CallTally = { timesMs, failures };
process.stdout.write(JSON.stringify(tally), () => process.exit(0));

async function drive(): Promise<void> {
  const socket = connect(task.port, task.host);
  socket.setNoDelay(true);
  await once(socket, 'connect');
  const request =
    `POST ${task.path} HTTP/1.1\r\nHost: ${task.host}:${task.port}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${BODY.length}\r\n\r\n${BODY}`;
  const { promise, resolve } = Promise.withResolvers<void>();
  let askedMs = 0;
  const ask = (): void => {
    askedMs = performance.now();
    socket.write(request);
  };
  readAnswers(socket, ({ isGood }) => {
    const nowMs = performance.now();
    if (nowMs >= endMs) return resolve();
    timesMs.push(nowMs - askedMs);
    if (!isGood) failures += 1;
    ask();
  });
  ask();
  await promise;
}
