import type { Client } from '../cases.ts';

/** A client of a version that speaks the Query protocol. */
export function asQuery(client: Client): Client {
  return {
    protocol: 'query',
    call: (action, input) => client.call(action, input),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
