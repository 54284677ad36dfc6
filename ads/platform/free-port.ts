import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Ports below those that systems give to connections: such a connection would take a free one away again. */
const FIRST_PORT = 10_000;
const AFTER_LAST_PORT = 32_000;
const MOST_TRIES = 100;

/** A port of 127.0.0.1 on which nobody listens now. Rejects when none is found. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const port = randomInt(FIRST_PORT, AFTER_LAST_PORT);
    if (await isFree(port)) return port;
  }
  throw new Error(`No port between ${FIRST_PORT} and ${AFTER_LAST_PORT} was free in ${MOST_TRIES} tries.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
