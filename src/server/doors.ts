import { AdminDoor } from '../admin/admin-door.ts';
import { logsQuestion } from '../admin/logs.ts';
import { mappingsQuestion } from '../admin/mappings.ts';
import { peekQuestion } from '../admin/peek.ts';
import { runtimesQuestion } from '../admin/runtimes.ts';
import type { StatusQuestion } from '../admin/status.ts';
import { ok, type Result } from '../base/result.ts';
import type { Scope } from '../base/scope.ts';
import type { KeptBroker } from '../broker/kept-broker.ts';
import { isLoopback } from '../config.ts';
import type { PeerAddress } from '../sandbox/sandbox.ts';
import type { ListenFailure } from '../wire/listen-failure.ts';
import { CallerReader } from '../wire/caller.ts';
import { EnvironmentGate } from '../wire/environment-gate.ts';
import { mainGate, type Gate } from '../wire/gate.ts';
import { HttpServer, type HttpServerParts } from '../wire/http.ts';
import { CodeLinks, isCodeLink } from '../wire/lambda/code-links.ts';
import { FunctionUrlDoor } from '../wire/function-url/url-door.ts';
import { UrlGate } from '../wire/function-url/url-gate.ts';
import { UrlHosts } from '../wire/function-url/url-hosts.ts';
import { LambdaDoor } from '../wire/lambda/lambda-door.ts';
import { SignatureCheck } from '../wire/signature.ts';
import { QueryDoor } from '../wire/query-door.ts';
import { ImposedWaits } from '../wire/sqs/imposed-waits.ts';
import { SqsJsonDoor } from '../wire/sqs/json-door.ts';
import { sqsQueryService } from '../wire/sqs/query-service.ts';
import { stsQueryService } from '../wire/sts/query-service.ts';
import { WebPageGuard } from '../wire/web-page-guard.ts';
import type { Access } from './access.ts';
import type { DispatchRooms } from './dispatch.ts';
import type { FunctionGround } from './function-ground.ts';
import type { FunctionRooms } from './functions.ts';
import { UrlPlaces } from './url-places.ts';

/** What the doors lead to. */
export interface DoorGround extends FunctionGround, FunctionRooms, DispatchRooms, Access {
  readonly broker: KeptBroker;
  readonly status: StatusQuestion;
}

/**
 * Opens the environments' endpoint first, then the main port, on both loopback addresses where there are two: clients that
 * are told `localhost` try ::1 first, and a function that listened there would stand in for the platform.
 */
export async function openDoors(
  scope: Scope,
  ground: DoorGround,
): Promise<Result<{ readonly port: number }, ListenFailure>> {
  const { config, clock, random, tell, functions, lines, keys, environmentEndpoint } = ground;
  const sqs = {
    broker: ground.broker,
    publicOrigin: config.publicOrigin,
    ...(config.imposesWaits && { waits: new ImposedWaits(clock) }),
  };
  const hosts = new UrlHosts({ urls: functions.urls, domain: config.urlDomain });
  const places = urlPlaces(ground);
  const aws = [
    // Before all others: its hosts are of no other door.
    new FunctionUrlDoor({ hosts, rooms: ground }),
    new SqsJsonDoor(sqs),
    lambdaDoor(ground, places),
    new QueryDoor([sqsQueryService(sqs), stsQueryService]),
  ];
  const admin = new AdminDoor({
    status: (query) => ground.status.ask(query),
    logs: logsQuestion(functions, lines),
    peek: peekQuestion(ground.broker),
    mappings: mappingsQuestion(ground.mappings),
    runtimes: runtimesQuestion(ground.runtimes),
  });
  const { connectionsLimit: connections, bodiesSizeBytes } = config;
  const limits = { connections, bodiesSizeBytes };
  const open = (ways: Pick<HttpServerParts, 'doors' | 'gate' | 'forSandboxes' | 'tls'>): HttpServer =>
    scope.use(new HttpServer({ ...ways, clock, random, tell, limits }));
  const inside = new EnvironmentGate({ keys, clock });
  const forSandboxes = { doors: aws, gate: new UrlGate({ hosts, signed: inside, others: inside }) };
  const inner = await open(forSandboxes).listen('127.0.0.1', 0);
  if (!inner.ok) return inner;
  environmentEndpoint.url = `http://127.0.0.1:${inner.value}`;
  // SDKs send to the host in a queue's URL, which may have been made outside: it leads code inside to the main port.
  const main = { doors: [...aws, admin], gate: gateOf(ground, hosts), forSandboxes, tls: ground.tls };
  const server = open(main);
  const outer = await server.listen(config.listenAddress, config.port);
  if (!outer.ok) return outer;
  if (config.listenAddress === '127.0.0.1') {
    const twin = await open(main).listen('::1', outer.value);
    if (!twin.ok && twin.failure.kind === 'port-taken') return twin;
  }
  await scope.use(places).open({ port: outer.value, adopt: (socket) => server.adopt(socket) });
  return ok({ port: outer.value });
}

function gateOf({ config, clock, sandbox, accessKeys, tls }: DoorGround, hosts: UrlHosts): Gate {
  const { listenAddress } = config;
  const parts = {
    callers: new CallerReader({ account: config.account, region: config.region }),
    isSandboxed: (peer: PeerAddress) => sandbox.ownsAny(peer),
    ...(accessKeys && { signatures: new SignatureCheck({ find: (id) => accessKeys.find(id), clock }) }),
  };
  const guard = new WebPageGuard({
    listenAddress,
    publicNames: tls?.current.names ?? [],
    isSigned: accessKeys !== undefined,
  });
  // Which pages may call a function URL its own Cors says.
  const signed = mainGate({ ...parts, guard: { refuses: () => undefined } });
  return new UrlGate({ hosts, signed, others: mainGate({ ...parts, guard, carriesToken: isCodeLink }) });
}

function urlPlaces({ config, functions, tls }: DoorGround): UrlPlaces {
  const isSecure = tls !== undefined;
  const hasAddresses = isLoopback(config.listenAddress) && !isSecure && config.urlDomain === undefined;
  const { urlDomain: domain, publicOrigin } = config;
  return new UrlPlaces({ urls: functions.urls, domain, publicOrigin, isSecure, hasAddresses });
}

function lambdaDoor(ground: DoorGround, places: UrlPlaces): LambdaDoor {
  const { functions, allowance, invoker, inboxes, mappings, clock, random, runtimes, config, pool } = ground;
  return new LambdaDoor({
    ...{ functions, allowance, invoker, inboxes, mappings, clock },
    ...{ versions: functions.versions, aliases: functions.aliases, layers: functions.layers },
    ...{ eventInvokes: functions.eventInvokes, policies: functions.policies, urls: functions.urls },
    urlText: (url) => places.textOf(url),
    codeSigning: functions.codeSigning,
    standing: (version) => pool.standing(version),
    codeLinks: new CodeLinks({ clock, random }),
    publicOrigin: config.publicOrigin,
    runtimeIds: runtimes.ids,
    concurrencyLimit: config.concurrencyLimit,
  });
}
