import type { Bench, Figure, Report } from '../figure.ts';
import { startNullServer } from '../load.ts';
import { BenchPlatform } from '../platform.ts';
import { fifo } from './fifo.ts';
import { latencies } from './latencies.ts';
import { orientation } from './orientation/orientation.ts';
import { NotToBeHad } from './peers/fetch.ts';
import { PEERS } from './peers/peers.ts';
import type { Peer } from './peers/serve.ts';
import { runCourse, type Course, type Field } from './rounds.ts';
import type { Target } from './target.ts';
import { sendsByWrk } from './wrk.ts';

const COURSES: readonly Course[] = [
  {
    ...{ title: 'full cycles, single, 32 connections', work: 'single', connections: 32 },
    leastOfNull: 0.65,
  },
  {
    ...{ title: 'full cycles in tens, 32 connections', work: 'tens', connections: 32 },
    ...{ leastOfNull: 0.55, leastOfPeer: { GoAWS: 1.3, ElasticMQ: 2.5 } },
  },
  { title: 'single sends, 64 connections', work: 'send', connections: 64, leastOfNull: 0.7 },
];

/**
 * Messages a second and the processor time that they cost, every step synced, beside a server without law and store and beside
 * peers that keep messages in memory alone: all in the same run, in turn. A peer that cannot be had is left out, and why is said.
 */
export const queue: Bench = {
  name: 'queue',
  what: 'full cycles, sends and latencies beside a null server and other servers of the API; long: --full; others: --orientation',
  async run(report, { isFull, isOriented }) {
    const { progress, part } = report;
    if (isOriented) return await part('orientation', () => oriented(progress));
    const peers = await startPeers(progress);
    try {
      await using platform = await BenchPlatform.start();
      using nothing = await startNullServer();
      const millrace = jsonTarget('Millrace', platform.endpoint, platform.child.pid ?? 0);
      const empty = jsonTarget('null', nothing.endpoint, nothing.pid);
      await measure({ millrace, peers, nothing: empty }, isFull, report);
    } finally {
      for (const peer of peers) await peer[Symbol.asyncDispose]();
    }
  },
};

function jsonTarget(name: string, endpoint: string, pid: number): Target {
  return { name, protocol: 'json', endpoint, pid };
}

async function measure(field: Field, isFull: boolean, { progress, part }: Report): Promise<void> {
  const { millrace, nothing } = field;
  await part('latencies', () => latencies(millrace, progress));
  for (const course of COURSES) await part(course.title, () => runCourse(course, field, progress));
  const byWrk = (): Promise<readonly Figure[]> => sendsByWrk(millrace, nothing, progress);
  await part('sends by wrk', async () => (await unlessNotToBeHad('wrk', progress, byWrk)) ?? []);
  await part('FIFO', () => fifo(millrace, isFull, progress));
}

/** Beside durable queues of other kinds alone. */
async function oriented(progress: (line: string) => void): Promise<readonly Figure[]> {
  await using platform = await BenchPlatform.start();
  const millrace = jsonTarget('Millrace', platform.endpoint, platform.child.pid ?? 0);
  return await orientation(millrace, progress);
}

async function startPeers(progress: (line: string) => void): Promise<readonly Peer[]> {
  const peers: Peer[] = [];
  for (const kind of PEERS) {
    progress(`queue: starting ${kind.name}`);
    const peer = await unlessNotToBeHad(kind.name, progress, () => kind.start());
    if (peer !== undefined) peers.push(peer);
  }
  return peers;
}

async function unlessNotToBeHad<Value>(
  name: string,
  progress: (line: string) => void,
  get: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await get();
  } catch (error) {
    if (!(error instanceof NotToBeHad)) throw error;
    progress(`queue: left out: ${name} cannot be had here (${error.message})`);
    return undefined;
  }
}
