import { ConfiguredKeys, type ConfiguredKey } from '../../src/access/configured-keys.ts';
import { SystemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import type { Tell, WatchEvent } from '../../src/watch/event.ts';
import { CallerReader } from '../../src/wire/caller.ts';
import { mainGate } from '../../src/wire/gate.ts';
import { HttpServer } from '../../src/wire/http.ts';
import { QueryDoor } from '../../src/wire/query-door.ts';
import { memoryBroker } from '../../src/wire/sqs/fixture/memory-broker.ts';
import { SignatureCheck } from '../../src/wire/signature.ts';
import { SqsJsonDoor } from '../../src/wire/sqs/json-door.ts';
import { sqsQueryService } from '../../src/wire/sqs/query-service.ts';
import { stsQueryService } from '../../src/wire/sts/query-service.ts';
import { WebPageGuard } from '../../src/wire/web-page-guard.ts';

/** A server on a free port of this machine. */
export interface Endpoint extends AsyncDisposable {
  readonly url: string;
}

/** How an endpoint differs from one that takes any credentials and tells its troubles on standard error. */
export interface EndpointOptions {
  /** Every request must be signed with one of these keys: secrets by id. */
  readonly accessKeys?: Readonly<Record<string, string>>;
  readonly tell?: Tell;
}

/** Starts what the cases are run against. */
export async function startEndpoint({
  accessKeys,
  tell = complain,
}: EndpointOptions = {}): Promise<Endpoint> {
  const listenAddress = '127.0.0.1';
  const broker = await memoryBroker();
  const clock = new SystemClock();
  const server = new HttpServer({
    doors: [new SqsJsonDoor({ broker }), new QueryDoor([sqsQueryService({ broker }), stsQueryService])],
    gate: mainGate({
      callers: new CallerReader({ account: '000000000000', region: 'us-east-1' }),
      guard: new WebPageGuard({ listenAddress }),
      isSandboxed: () => Promise.resolve(false),
      ...(accessKeys && { signatures: signaturesOf(accessKeys, clock) }),
    }),
    clock,
    random: systemRandom,
    tell,
  });
  const listening = await server.listen(listenAddress, 0);
  if (!listening.ok) throw new Error(listening.failure.what);
  return {
    url: `http://${listenAddress}:${listening.value}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function signaturesOf(
  secrets: Readonly<Record<string, string>>,
  clock: SystemClock,
): SignatureCheck<ConfiguredKey> {
  const keys = new ConfiguredKeys(
    new Map(Object.entries(secrets).map(([id, secretAccessKey]) => [id, { secretAccessKey, scope: 'all' }])),
  );
  return new SignatureCheck({ find: (id) => keys.find(id), clock });
}

function complain(event: WatchEvent): void {
  process.stderr.write(`${JSON.stringify(event)}\n`);
}
