import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { comeBeforeOthers } from './before-others.ts';
import { monotonicMs, type Pace } from './click-pacer.ts';

/** What one load gave. */
export interface ClickLoad {
  readonly sent: number;
  readonly redirected: number;
  /** Answers by their status; `broken` for connections that ended without one. */
  readonly statuses: Readonly<Record<string, number>>;
  /** From the time at which a click was to be sent to the last byte of its answer. */
  readonly latencyMs: {
    readonly p50: number;
    readonly p99: number;
    readonly p999: number;
    readonly most: number;
    /** Of each second's clicks the p99, and of these the median: what a few bad moments do not change. */
    readonly medianSecondP99: number;
  };
  /** How late this client itself was with clicks that had a connection, p99: beyond a few ms it is the limit. */
  readonly lateMs: number;
  /** Processor time of this client for one click. */
  readonly clientCpuUs: number;
  /** Whether it had a processor before all others. */
  readonly wasFirst: boolean;
  /** From the first click to the last answer. */
  readonly seconds: number;
}

/**
 * A process of its own that requests links in open loop: `click-client.ts PORT RATE LINKS_FILE`, a path a line. Each
 * click has its time, and is sent then whether others are answered or not; what it waits for a free connection counts.
 * Those who click have machines of their own: where it may, this process has a processor before those it measures.
 */
const [port = '', rate = '', file = ''] = process.argv.slice(2);
const MOST_CONNECTIONS = 1024;
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** Made beforehand: what is made while clicks are under way is collected while clicks are under way. */
const requests = readFileSync(file, 'utf8').trimEnd().split('\n').map(requestOf);
const latenciesMs = new Float64Array(requests.length);
const latesMs = new Float64Array(requests.length);
const statuses: Record<string, number> = {};
const idle: Connection[] = [];
let connections = 0;
let answered = 0;
/** The first that is not sent yet. Those before `due` are to be sent now. */
let next = 0;
let due = 0;
let isFull = false;

interface Connection {
  readonly socket: Socket;
  click: number;
  text: string;
}

const wasFirst = comeBeforeOthers();
const done = Promise.withResolvers<void>();
const pacer = new Worker(new URL('click-pacer.ts', import.meta.url));
await once(pacer, 'online');
const pace: Pace = { startMs: monotonicMs() + 200, perSecond: Number(rate), count: requests.length };
pacer.on('message', (count: number) => {
  due = count;
  send();
});
pacer.postMessage(pace);
const before = process.cpuUsage();
await done.promise;
process.stdout.write(JSON.stringify(result()));
process.exit(0);

function requestOf(path: string, click: number): Buffer {
  const address = `203.${(click >> 16) & 255}.${(click >> 8) & 255}.${click & 255}`;
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: ads\r\nUser-Agent: ${AGENT}\r\nX-Forwarded-For: ${address}\r\n\r\n`,
  );
}

/** How long ago this click was to be sent. */
function ageMs(click: number): number {
  return monotonicMs() - pace.startMs - (click * 1000) / pace.perSecond;
}

function send(): void {
  const hadToWait = isFull;
  while (next < due) {
    const connection = idle.pop() ?? opened();
    // What waits for a connection waits for the server.
    isFull = connection === undefined;
    if (connection === undefined) return;
    const click = next;
    next += 1;
    latesMs[click] = hadToWait ? 0 : ageMs(click);
    connection.click = click;
    connection.text = '';
    connection.socket.write(requests[click] ?? '');
  }
}

function opened(): Connection | undefined {
  if (connections >= MOST_CONNECTIONS) return undefined;
  connections += 1;
  const socket = connect(Number(port), '127.0.0.1');
  const connection: Connection = { socket, click: -1, text: '' };
  socket.setNoDelay(true).setEncoding('latin1');
  socket.on('data', (part: string) => {
    connection.text += part;
    const headEnd = connection.text.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const bodyBytes = Number(/content-length: (\d+)/i.exec(connection.text)?.[1] ?? '0');
    if (connection.text.length >= headEnd + 4 + bodyBytes) settle(connection, connection.text.slice(9, 12));
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    connections -= 1;
    if (connection.click >= 0) settle(connection, 'broken');
    if (idle.includes(connection)) idle.splice(idle.indexOf(connection), 1);
  });
  return connection;
}

function settle(connection: Connection, status: string): void {
  latenciesMs[connection.click] = ageMs(connection.click);
  statuses[status] = (statuses[status] ?? 0) + 1;
  answered += 1;
  connection.click = -1;
  if (answered === requests.length) done.resolve();
  if (status === 'broken') return;
  idle.push(connection);
  send();
}

function result(): ClickLoad {
  const all = latenciesMs.toSorted();
  const perS = Number(rate);
  const secondsP99 = Float64Array.from({ length: Math.ceil(requests.length / perS) }, (_, second) =>
    at(latenciesMs.slice(second * perS, (second + 1) * perS).sort(), 0.99),
  );
  const { user, system } = process.cpuUsage(before);
  const [p50, p99, p999, most] = [at(all, 0.5), at(all, 0.99), at(all, 0.999), at(all, 1)];
  return {
    sent: requests.length,
    redirected: statuses['302'] ?? 0,
    statuses,
    lateMs: at(latesMs.toSorted(), 0.99),
    clientCpuUs: (user + system) / requests.length,
    wasFirst,
    latencyMs: { p50, p99, p999, most, medianSecondP99: at(secondsP99.sort(), 0.5) },
    seconds: (monotonicMs() - pace.startMs) / 1000,
  };
}

/** The value that this share of them does not exceed. */
function at(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
