import { after, test } from 'node:test';
import { runCase, sqsCases, type Case, type Client, type Protocol } from './cases.ts';
import { startEndpoint } from './endpoint.ts';

/** A client of somebody else that the cases are run through. */
export interface Through {
  readonly name: string;
  readonly protocol: Protocol;
  /** Opens it for an endpoint; a sentence says why it cannot be had. */
  readonly open: ((url: string) => Client) | string;
  /** The cases that it can run; unset: all. */
  readonly fits?: (one: Case) => boolean;
}

/** Makes a test of each case for each client, every client with an endpoint of its own. */
export async function testThrough(...clients: readonly Through[]): Promise<void> {
  // All endpoints first: tests that join later than others could find the file's end already begun.
  const endpoints = await Promise.all(clients.map(() => startEndpoint()));
  after(() => Promise.all(endpoints.map((endpoint) => endpoint[Symbol.asyncDispose]())));
  for (const [at, { name, protocol, open, fits = () => true }] of clients.entries()) {
    const url = endpoints[at]?.url ?? '';
    for (const one of sqsCases(protocol).filter(fits)) {
      const skip = typeof open === 'string' ? open : false;
      test(`${name}: ${one.name}`, { skip }, async () => {
        if (typeof open === 'string') return;
        await using client = open(url);
        await runCase(one, client, protocol);
      });
    }
  }
}

/** A command line takes no bytes in JSON, and a process for each call: long stories are left to the others. */
export function isForCommandLines(one: Case): boolean {
  return one.steps.length <= 6 && !JSON.stringify(one).includes('$bytes');
}
