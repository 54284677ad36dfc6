/*
 * A program for the tests: keeps each line that comes over TCP in a SQLite store and answers with its MD5 when the store says that it is durable.
 * Arguments: the database's path, and the setting of `synchronous`. Prints its port. Ends when its input ends.
 */
import { hash } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { MessageId, QueueId } from '../../src/base/ids.ts';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';

const [, , path = '', synchronous] = process.argv;
const store = await SqliteStore.open({
  path,
  onFatal: (what) => process.stderr.write(what),
  settings: { synchronous: synchronous === 'OFF' ? 'OFF' : 'FULL' },
});
if (!store.ok) throw new Error(store.failure.what);
const { queues } = store.value;
const queue = 1 as QueueId;
const state = {
  visibleAtMs: 1,
  holder: 'nobody',
  receiveCount: 0,
  firstReceivedAtMs: 0,
  leasedAtMs: 0,
} as const;
await queues.commit([{ kind: 'queue-written', queue, definition: '' }], 1);

async function keep(body: string, order: number): Promise<string> {
  const bodyMd5 = hash('md5', body);
  const id = String(order) as MessageId;
  const message = { id, body, bodyMd5, attributes: {}, sizeBytes: body.length, sentAtMs: 1, senderId: '' };
  await queues.commit([{ kind: 'message-added', queue, order, message, state }], order);
  return bodyMd5;
}

const server = createServer((socket) => {
  let order = 0;
  createInterface(socket).on('line', (line) => {
    void keep(line, ++order)
      .then((answer) => socket.write(`${answer}\n`))
      .catch((error: unknown) => socket.destroy(error as Error));
  });
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.resume().on('end', () => process.exit());
