/*
 * A program for the tests: keeps each line that comes over TCP in a SQLite store and answers with its MD5 when the store says that it is durable.
 * Arguments: the database's path, and the setting of `synchronous`. Prints its port. Ends when its input ends.
 */
import { hash } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';

const [, , path = '', synchronous] = process.argv;
const store = await SqliteStore.open({
  path,
  onFatal: (what) => process.stderr.write(what),
  settings: { synchronous: synchronous === 'OFF' ? 'OFF' : 'FULL' },
});
if (!store.ok) throw new Error(store.failure.what);
const { catalog } = store.value;

const server = createServer((socket) => {
  createInterface(socket).on('line', (line) => {
    void catalog
      .put('line', { name: line, value: '' })
      .then(() => socket.write(`${hash('md5', line)}\n`))
      .catch((error: unknown) => socket.destroy(error as Error));
  });
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.resume().on('end', () => process.exit());
