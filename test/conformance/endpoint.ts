import { SystemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { CallerReader } from '../../src/wire/caller.ts';
import { mainGate } from '../../src/wire/gate.ts';
import { HttpServer } from '../../src/wire/http.ts';
import { QueryDoor } from '../../src/wire/query-door.ts';
import { memoryBroker } from '../../src/wire/sqs/fixture/memory-broker.ts';
import { SqsJsonDoor } from '../../src/wire/sqs/json-door.ts';
import { sqsQueryService } from '../../src/wire/sqs/query-service.ts';
import { stsQueryService } from '../../src/wire/sts/query-service.ts';
import { WebPageGuard } from '../../src/wire/web-page-guard.ts';

/** A server on a free port of this machine. */
export interface Endpoint extends AsyncDisposable {
  readonly url: string;
}

/** Starts what the cases are run against. */
export async function startEndpoint(): Promise<Endpoint> {
  const listenAddress = '127.0.0.1';
  const broker = await memoryBroker();
  const server = new HttpServer({
    doors: [new SqsJsonDoor({ broker }), new QueryDoor([sqsQueryService({ broker }), stsQueryService])],
    gate: mainGate({
      callers: new CallerReader({ account: '000000000000', region: 'us-east-1' }),
      guard: new WebPageGuard({ listenAddress }),
      isSandboxed: () => Promise.resolve(false),
    }),
    clock: new SystemClock(),
    random: systemRandom,
    tell: (event) => process.stderr.write(`${JSON.stringify(event)}\n`),
  });
  const listening = await server.listen(listenAddress, 0);
  if (!listening.ok) throw new Error(listening.failure.what);
  return {
    url: `http://${listenAddress}:${listening.value}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
