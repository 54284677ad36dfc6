import { isLoopback, type Config } from './config.ts';
import { StatusQuestion, type RunFacts } from './admin/status.ts';
import { ManyIdsRandom } from './base/random.ts';
import { failed, ok, type Result } from './base/result.ts';
import { Scope } from './base/scope.ts';
import { KeptBroker } from './broker/kept-broker.ts';
import type { Ahead } from './server/ahead.ts';
import { keepAccess, readAccess } from './server/access.ts';
import { buildDispatch } from './server/dispatch.ts';
import { openDoors } from './server/doors.ts';
import { buildFunctions } from './server/functions.ts';
import { openData } from './server/data.ts';
import { MachineLoad } from './server/machine-load.ts';
import { chooseWalls } from './server/walls.ts';
import { FigureCounter } from './watch/figures.ts';
import { TroubleLog } from './watch/trouble-log.ts';
import type { Tell } from './watch/event.ts';

/** A running platform; disposing stops it in order: no new requests, what runs ends, everything accepted is on disk. */
export interface Platform extends AsyncDisposable {
  /** Where the AWS doors are: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly isolation: { readonly tier: string; readonly description: string };
  /** Reads again who is let in; what cannot be taken is logged, and the former holds. */
  readonly reload: () => void;
}

/** Why the platform did not start. `what` is a sentence that says what to do. */
export interface StartFailure {
  readonly kind: 'not-started';
  readonly what: string;
}

/** What the platform needs from whoever starts it. */
export interface PlatformHost {
  readonly version: string;
  /** Takes a line for the operator. */
  readonly log: (line: string) => void;
  /** Ends the process at once: nothing more can be promised. */
  readonly fatal: (what: string) => void;
}

/** Builds every room, in the order in which a message walks them, and opens the doors last. */
export async function startPlatform(
  config: Config,
  host: PlatformHost,
  ahead: Ahead,
): Promise<Result<Platform, StartFailure>> {
  await using scope = new Scope();
  scope.use(ahead.spawner);
  const access = readAccess(config);
  if (!access.ok) return notStarted(access.failure.what);
  const figures = new FigureCounter();
  const [data, walls] = await Promise.all([openData(scope, config, host), chooseWalls(scope, config, ahead)]);
  if (!data.ok) return notStarted(data.failure.what);
  if (!walls.ok) return notStarted(walls.failure.what);
  const { clock, run } = data.value;
  const random = new ManyIdsRandom();
  const tell = toReaders(figures, new TroubleLog(clock, host.log));
  const { waitingReceivesLimit } = config;
  const broker = scope.use(
    await KeptBroker.open({
      ...{ store: data.value.queues, clock, random, tell, waitingReceivesLimit },
      onFatal: (error) => host.fatal(error instanceof Error ? error.message : String(error)),
    }),
  );
  const base = { ...data.value, config, clock, random, tell, broker, sandbox: walls.value };
  const functions = await buildFunctions(scope, base);
  const dispatch = await buildDispatch(scope, {
    ...{ ...base, ...functions },
    eventInvokes: functions.functions.eventInvokes,
    watchLoad: new MachineLoad().watch,
  });
  const facts: RunFacts = {
    version: host.version,
    dataDirectory: config.dataDirectory,
    run,
    startedAtMs: clock.nowMs(),
  };
  const status = new StatusQuestion({ facts, clock, figures, pool: functions.pool, isolation: walls.value });
  const doors = await openDoors(scope, { ...base, ...functions, ...dispatch, ...access.value, status });
  if (!doors.ok) return notStarted(doors.failure.what);
  // Now that code inside can reach the platform, what stands ready may start.
  for (const version of functions.functions.provisioned()) functions.pool.provision(version);
  const reload = keepAccess(scope, config, access.value, base);
  const lifetime = scope.move();
  const { tier, description } = walls.value;
  return ok({
    endpoint: endpointOf(config, doors.value.port),
    isolation: { tier, description },
    reload,
    [Symbol.asyncDispose]: () => lifetime[Symbol.asyncDispose](),
  });
}

function toReaders(figures: FigureCounter, troubles: TroubleLog): Tell {
  return (event) => {
    figures.read(event);
    troubles.read(event);
  };
}

function notStarted(what: string): Result<never, StartFailure> {
  return failed({ kind: 'not-started', what });
}

function endpointOf(config: Config, port: number): string {
  const reachable = isLoopback(config.listenAddress) || config.listenAddress !== '0.0.0.0';
  const host = reachable ? config.listenAddress : '127.0.0.1';
  return `${config.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
