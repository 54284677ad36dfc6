import { EnvironmentKeys } from '../../src/access/environment-keys.ts';
import { SystemClock } from '../../src/base/clock.ts';
import type { EnvironmentId } from '../../src/base/ids.ts';
import { systemRandom } from '../../src/base/random.ts';
import type { Door } from '../../src/wire/door.ts';
import { EnvironmentGate } from '../../src/wire/environment-gate.ts';
import { HttpServer } from '../../src/wire/http.ts';
import { memoryBroker } from '../../src/wire/sqs/fixture/memory-broker.ts';
import { SqsJsonDoor } from '../../src/wire/sqs/json-door.ts';
import type { Endpoint } from './endpoint.ts';

/** Whom the keys of these tests are issued to. */
export const ENVIRONMENT = {
  account: '000000000000',
  region: 'us-east-1',
  environmentId: 'e1' as EnvironmentId,
};

/** A queue that is there. */
export const QUEUE_URL = 'http://any/000000000000/q';

/** An invocation of any function answers its path and query. */
const echoDoor: Door = {
  matches: (head) => head.path.startsWith('/2015-03-31/'),
  bodyLimitBytes: () => 1000,
  actionOf: () => 'lambda:InvokeFunction',
  handle: (request) =>
    Promise.resolve({ status: 200, headers: [], body: JSON.stringify([request.path, request.query]) }),
  refuse: (_head, error) => ({
    status: error.status,
    headers: ['x-amzn-ErrorType', error.type],
    body: JSON.stringify({ message: error.message }),
  }),
};

/** The endpoint that code in environments uses, and the keys that open it. */
export interface EnvironmentEndpoint extends Endpoint {
  readonly keys: EnvironmentKeys;
}

/** Starts an endpoint of environments with one queue. */
export async function startEnvironmentEndpoint(): Promise<EnvironmentEndpoint> {
  const clock = new SystemClock();
  const keys = new EnvironmentKeys({ random: systemRandom, clock });
  const broker = await memoryBroker();
  await broker.create({ account: '000000000000', region: 'us-east-1', name: 'q' }, {}, {});
  const server = new HttpServer({
    doors: [new SqsJsonDoor({ broker }), echoDoor],
    gate: new EnvironmentGate({ keys, clock }),
    clock,
    random: systemRandom,
    tell: () => {},
  });
  const listening = await server.listen('127.0.0.1', 0);
  if (!listening.ok) throw new Error(listening.failure.what);
  return {
    keys,
    url: `http://127.0.0.1:${listening.value}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
