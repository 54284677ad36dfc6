import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { JIFFIES_PER_S, jiffiesOf } from '../usage.ts';
import { requestsOf, type Requests } from './requests.ts';
import type { Tally, Target, Task, Work } from './target.ts';

/** What is done to a target. */
export interface Drive {
  readonly work: Work;
  readonly connections: number;
  readonly seconds: number;
  /** The queue's name; one that ends in `.fifo` gets message groups. */
  readonly queue: string;
}

/** What came of it. */
export interface Outcome {
  /** Messages a second that went all the way. */
  readonly rate: number;
  /** Processor time of the server with all its threads and processes, in milliseconds for a thousand messages. */
  readonly serverMsPerThousand: number;
  /** How much of a core the busiest client process used: near 1 it would be the limit. */
  readonly clientShare: number;
}

/** Two, so that no single client is the limit on two cores. */
const CLIENTS = 2;
const BODY_BYTES = 200;
const GROUPS = 1000;

/** Drives a target with raw connections from processes of their own. Fails when more than a few requests failed. */
export async function drive(target: Target, what: Drive): Promise<Outcome> {
  const clients = Array.from({ length: CLIENTS }, () => startClient(taskFor(target, what)));
  const lines = clients.map((client) => createInterface({ input: client.stdout })[Symbol.asyncIterator]());
  await Promise.all(lines.map((line) => line.next()));
  const before = jiffiesOf(target.pid);
  for (const client of clients) client.stdin.write('go\n');
  const tallies = (await Promise.all(lines.map((line) => line.next()))).map(
    ({ value }) => JSON.parse(value ?? '{"failures":1,"requests":1}') as Tally,
  );
  const serverMs = ((jiffiesOf(target.pid) - before) * 1000) / JIFFIES_PER_S;
  const sum = (of: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  const [requests, failures] = [sum((tally) => tally.requests), sum((tally) => tally.failures)];
  if (failures > requests / 1000)
    throw new Error(`${target.name}: ${failures} of ${requests} requests failed (${what.work})`);
  const messages = sum((tally) => tally.messages);
  return {
    rate: messages / what.seconds,
    serverMsPerThousand: serverMs / (messages / 1000),
    clientShare: Math.max(...tallies.map((tally) => tally.processorS)) / what.seconds,
  };
}

/** Creates a queue on a target. */
export async function createQueue(target: Target, name: string): Promise<void> {
  const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : undefined;
  const answer =
    target.protocol === 'json'
      ? await fetch(target.endpoint, {
          method: 'POST',
          headers: {
            'Content-Type': 'application/x-amz-json-1.0',
            'X-Amz-Target': 'AmazonSQS.CreateQueue',
          },
          body: JSON.stringify({ QueueName: name, Attributes: fifo }),
        })
      : await fetch(target.endpoint, {
          method: 'POST',
          body: new URLSearchParams({ Action: 'CreateQueue', Version: '2012-11-05', QueueName: name }),
        });
  if (!answer.ok) throw new Error(`${target.name} creates no queue: ${await answer.text()}`);
}

/** Writes requests about a queue of a target. */
export function requestsFor(target: Target, queue: string): Requests {
  return requestsOf(taskFor(target, { work: 'send', connections: 1, seconds: 1, queue }));
}

function taskFor(target: Target, { work, connections, seconds, queue }: Drive): Task {
  const { hostname, port } = new URL(target.endpoint);
  return {
    ...{ host: hostname, port: Number(port), protocol: target.protocol, work, seconds },
    queueUrl: `${target.endpoint}/000000000000/${queue}`,
    connections: connections / CLIENTS,
    bodyBytes: BODY_BYTES,
    groups: queue.endsWith('.fifo') ? GROUPS : 0,
  };
}

function startClient(task: Task): ReturnType<typeof spawnClient> {
  const client = spawnClient(task);
  client.stdin.on('error', () => undefined); // It ended: its missing tally says so.
  return client;
}

function spawnClient(task: Task) {
  const program = new URL('client.ts', import.meta.url).pathname;
  return spawn(process.execPath, [program, JSON.stringify(task)], { stdio: ['pipe', 'pipe', 'inherit'] });
}
