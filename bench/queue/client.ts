import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { readAnswers, type Answer } from './answers.ts';
import { requestsOf, type Outgoing, type Requests } from './requests.ts';
import type { Tally, Task } from './target.ts';

/**
 * A process of its own that drives some connections, one request in flight on each: `client.ts TASK`, a Task as JSON.
 * Says `ready` when all are open, begins when it is told anything, and prints a Tally as JSON.
 */
const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const count = { requests: 0, messages: 0, empty: 0, failures: 0 };

const sockets = await Promise.all(Array.from({ length: task.connections }, open));
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const endMs = performance.now() + task.seconds * 1000;
const before = process.cpuUsage();
await Promise.all(sockets.map((socket, index) => drive(socket, index)));
const { user, system } = process.cpuUsage(before);
const tally: Tally = { ...count, processorS: (user + system) / 1e6 };
process.stdout.write(`${JSON.stringify(tally)}\n`, () => process.exit(0));

async function open(): Promise<Socket> {
  const socket = connect(task.port, task.host);
  socket.setNoDelay(true);
  await once(socket, 'connect');
  return socket;
}

/**
 * Until the time is over. What is under way then is not counted. Where a server ends a connection after some requests, as
 * some do, the request goes out again on the next one.
 */
async function drive(first: Socket, index: number): Promise<void> {
  const requests = requestsOf(task);
  const step = task.work === 'send' ? sending(requests) : cycling(requests, index);
  let request = step(undefined);
  const next = (answer: Answer): string | undefined => {
    if (performance.now() >= endMs) return undefined;
    count.requests += 1;
    if (!answer.isGood) count.failures += 1;
    request = step(answer);
    return request;
  };
  for (let socket = first; (await converse(socket, request, next)) === 'closed';) socket = await open();
}

/** Writes one request after the other; `next` says what comes after an answer, if anything. */
function converse(
  socket: Socket,
  request: string,
  next: (answer: Answer) => string | undefined,
): Promise<'done' | 'closed'> {
  return new Promise((resolve) => {
    readAnswers(socket, (answer) => {
      const following = next(answer);
      if (following === undefined) resolve('done');
      else socket.write(following, 'latin1');
    });
    socket.on('error', () => resolve('closed'));
    socket.on('close', () => resolve('closed'));
    socket.write(request, 'latin1');
  });
}

type Step = (answer: Answer | undefined) => string;

function sending(requests: Requests): Step {
  const request = requests.send([{ body: body() }]);
  return (answer) => {
    if (answer?.isGood === true) count.messages += 1;
    return request;
  };
}

/** Send, receive, delete, and again; a receive that brings nothing leads to the next send. */
function cycling(requests: Requests, index: number): Step {
  const size = task.work === 'tens' ? 10 : 1;
  const next = outgoing(size, index);
  const plainSend = task.groups === 0 ? requests.send(next()) : undefined;
  const receive = requests.receive(size);
  let removing = 0;
  let last: 'send' | 'receive' | 'remove' = 'remove';
  return (answer) => {
    if (last === 'send') {
      last = 'receive';
      return receive;
    }
    if (last === 'receive') {
      const receipts = requests.receiptsIn(answer?.body ?? '');
      if (receipts.length > 0) {
        last = 'remove';
        removing = receipts.length;
        return requests.remove(receipts);
      }
      count.empty += 1;
    } else if (answer?.isGood === true) count.messages += removing;
    last = 'send';
    return plainSend ?? requests.send(next());
  };
}

/** On a FIFO queue every message is a new one, in the next of all groups. */
function outgoing(size: number, index: number): () => Outgoing[] {
  let sent = index * 31;
  return () =>
    Array.from({ length: size }, () => {
      sent += 1;
      if (task.groups === 0) return { body: body() };
      const group = `g${sent % task.groups}`;
      return { body: body(), group, id: `${process.pid}-${index}-${sent}` };
    });
}

function body(): string {
  return 'x'.repeat(task.bodyBytes);
}
