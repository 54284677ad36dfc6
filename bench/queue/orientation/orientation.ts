import { setTimeout as pause } from 'node:timers/promises';
import { median, rounded, type Figure } from '../../figure.ts';
import { JIFFIES_PER_S, jiffiesOf } from '../../usage.ts';
import { createQueue, drive } from '../drive.ts';
import { NotToBeHad } from '../peers/fetch.ts';
import type { Target } from '../target.ts';
import { startNats } from './nats.ts';
import type { OtherConnection, OtherQueue } from './other-queue.ts';
import { startRabbitMq } from './rabbitmq.ts';
import { startRedis } from './redis.ts';
import { startSkipLocked } from './skip-locked.ts';

const ROUNDS = 3;
const SECONDS = 3;
const CONNECTIONS = 32;
const PATIENCE_MS = SECONDS * 1000 + 60_000;
const BATCH = 10;
const BODY = 'x'.repeat(200);
const QUEUE = 'oriented';

const OTHERS: readonly (readonly [string, () => Promise<OtherQueue>])[] = [
  ['RabbitMQ', startRabbitMq],
  ['Redis', startRedis],
  ['PostgreSQL', startSkipLocked],
  ['NATS', startNats],
];

/** One round: messages a second, the server's processor time for a thousand of them, the client's part of a core; and ours. */
interface Row {
  readonly rate: number;
  readonly cpuMs: number;
  readonly clientShare: number;
  readonly ours: number;
}

/**
 * Durable queues of other kinds, each in its own protocol and made to sync what it has accepted: full cycles in tens, in turn with
 * Millrace. Nothing is promised of it. What cannot be had is left out, and why is said.
 */
export async function orientation(
  millrace: Target,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  await createQueue(millrace, QUEUE);
  for (const [name, start] of OTHERS) {
    progress(`queue: orientation: starting ${name}`);
    try {
      await using other = await start();
      figures.push(...told(other, await rounds(other, millrace, progress)));
    } catch (error) {
      if (!(error instanceof NotToBeHad)) throw error;
      progress(`queue: left out: ${name} cannot be had here (${error.message})`);
    }
  }
  return figures;
}

async function rounds(
  other: OtherQueue,
  millrace: Target,
  progress: (line: string) => void,
): Promise<readonly Row[]> {
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => other.connect()));
  const rows: Row[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    progress(`queue: orientation: ${other.name}: round ${round} of ${ROUNDS}`);
    const [jiffies, client] = [jiffiesOf(other.pid), process.cpuUsage()];
    const messages = await cycles(connections);
    const { user, system } = process.cpuUsage(client);
    const cpuMs = ((jiffiesOf(other.pid) - jiffies) * 1000) / JIFFIES_PER_S / (messages / 1000);
    const task = { work: 'tens', connections: CONNECTIONS, seconds: SECONDS, queue: QUEUE } as const;
    const { rate: ours } = await drive(millrace, task);
    const clientShare = (user + system) / 1e6 / SECONDS;
    // The first is a warm-up.
    if (round > 0) rows.push({ rate: messages / SECONDS, cpuMs, clientShare, ours });
  }
  for (const connection of connections) connection.end();
  return rows;
}

/** Full cycles on all connections; how many messages went all the way. */
async function cycles(connections: readonly OtherConnection[]): Promise<number> {
  const endMs = performance.now() + SECONDS * 1000;
  const bodies = Array.from({ length: BATCH }, () => BODY);
  let messages = 0;
  const work = async (connection: OtherConnection): Promise<void> => {
    while (performance.now() < endMs) messages += await connection.cycle(bodies);
  };
  const over = new AbortController();
  const patience = pause(PATIENCE_MS, 'too late', { signal: over.signal, ref: false }).catch(() => undefined);
  const ended = await Promise.race([Promise.all(connections.map(work)), patience]);
  over.abort();
  if (ended === 'too late') throw new NotToBeHad('it left a request without an answer for a minute');
  return messages;
}

function told({ name }: OtherQueue, rows: readonly Row[]): Figure[] {
  const middle = (of: (row: Row) => number): number => median(rows.map(of));
  return [
    {
      ...{ name: `orientation: ${name}`, unit: '/s', target: 'told, floor: Millrace', kept: true },
      ...{ value: Math.round(middle(({ rate }) => rate)), floor: Math.round(middle(({ ours }) => ours)) },
      ratio: rounded(middle(({ rate, ours }) => rate / ours)),
    },
    {
      ...{ name: `orientation: ${name}: CPU for 1,000`, unit: 'ms', target: 'told', kept: true },
      value: rounded(middle(({ cpuMs }) => cpuMs)),
    },
    {
      ...{ name: `orientation: ${name}: the client`, unit: '% of a core', target: 'told', kept: true },
      value: Math.round(middle(({ clientShare }) => clientShare) * 100),
    },
  ];
}
