import type { Clock } from '../base/clock.ts';
import type { EnvironmentId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { EnvironmentKeys } from '../access/environment-keys.ts';
import type { BorrowedCode, CodeFolders } from '../function/code-folders.ts';
import { functionLogKey, type FunctionRecord } from '../function/function.ts';
import { layersName } from '../function/layer.ts';
import { LAYERS_ROOT, TASK_ROOT, type Launch, type Runtime } from '../function/runtime/runtime.ts';
import type { Runtimes } from '../function/runtime/runtimes.ts';
import type { Mount, SandboxSpec } from '../sandbox/sandbox.ts';
import type { LineStore } from '../store/lines.ts';
import type { Door } from './door.ts';
import { EnvironmentLog } from './environment-log.ts';
import { Environment } from './environment.ts';
import {
  externalExtensions,
  withExtensions,
  type ExtendedLaunch,
  type ExternalExtensions,
  type LauncherWords,
} from './external-extensions.ts';
import { extensionLines } from './extension-lines.ts';
import type { Hull, HullBuilder } from './hull.ts';
import { NETWORK_VARIABLE, networkOf } from './network.ts';
import type { StartFailure } from './outcomes.ts';
import type { Spares } from './spares.ts';
import { variablesOf, type InitializationType } from './variables.ts';

/** What starting environments needs. */
export interface EnvironmentStarterOptions {
  readonly hulls: HullBuilder;
  /** The folder of the program that starts extensions (`runtimes/extensions`). */
  readonly launcherFolder: string;
  /** Programs started ahead, if there are any. */
  readonly spares?: Pick<Spares, 'take'>;
  readonly runtimes: Runtimes;
  readonly code: CodeFolders;
  readonly keys: Pick<EnvironmentKeys, 'issue' | 'revoke'>;
  readonly lines: LineStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Where SDKs inside an environment find the platform. */
  readonly endpointUrl: () => string;
  /** The folder that priming has made for this function, if it has. */
  readonly primed?: (record: FunctionRecord) => Promise<string | undefined>;
}

/** An environment that has been handed to the system, or one line on why not, and its log in either case. */
export interface StartAttempt {
  readonly id: EnvironmentId;
  readonly log: EnvironmentLog;
  readonly environment: Result<Environment, StartFailure>;
}

/** What else an environment finds inside: what priming has made, or is to make. */
interface Primed {
  readonly launch: Launch;
  readonly mounts: readonly Mount[];
}

/** What is decided about an environment before anything of it is started. */
interface StartPlan extends Primed {
  readonly runtime: Runtime;
  readonly network: SandboxSpec['network'];
  readonly folder: string;
  /** Where its layers are together, if it has any. */
  readonly layersFolder: string | undefined;
}

/** A plan and whose environment it becomes. `parts` is what the environment will own. */
interface Given extends StartPlan {
  readonly record: FunctionRecord;
  readonly id: EnvironmentId;
  readonly initialization: InitializationType;
  readonly stream: string;
  readonly log: EnvironmentLog;
  readonly parts: AsyncDisposableStack;
  readonly extensions: ExternalExtensions | undefined;
}

/** What a start is for. */
interface Purpose {
  readonly lines: LineStore;
  readonly prime: Prime;
  readonly initialization: InitializationType;
}

type TakenProgram = NonNullable<Awaited<ReturnType<Spares['take']>>>;

type Prime = (launch: Launch, runtime: Runtime) => Promise<Primed>;

/** Brings everything together that one environment consists of. */
export class EnvironmentStarter {
  readonly #options: EnvironmentStarterOptions;

  constructor(options: EnvironmentStarterOptions) {
    this.#options = options;
  }

  /** Starts an environment; it is `starting` when this resolves. Throws only when the platform itself is broken. */
  start(record: FunctionRecord, initialization: InitializationType = 'on-demand'): Promise<StartAttempt> {
    const { lines } = this.#options;
    const prime: Prime = (launch, runtime) => this.#use(record, launch, runtime);
    return this.#start(record, { lines, prime, initialization });
  }

  /** Starts one whose only purpose is to fill `folder`; what it prints goes to `lines`. */
  startPriming(record: FunctionRecord, folder: string, lines: LineStore): Promise<StartAttempt> {
    const prime: Prime = async (launch, { priming }) => {
      if (priming === undefined) return { launch, mounts: [] };
      const mount: Mount = { source: folder, target: priming.target, access: 'read-write' };
      return { launch: priming.make(launch), mounts: [mount] };
    };
    return this.#start(record, { lines, prime, initialization: 'on-demand' });
  }

  async #use(record: FunctionRecord, launch: Launch, { priming }: Runtime): Promise<Primed> {
    const folder = priming && (await this.#options.primed?.(record));
    if (priming === undefined || folder === undefined) return { launch, mounts: [] };
    const mount: Mount = { source: folder, target: priming.target, access: 'read-only' };
    return { launch: priming.use(launch), mounts: [mount] };
  }

  async #start(record: FunctionRecord, { lines, prime, initialization }: Purpose): Promise<StartAttempt> {
    await using parts = new AsyncDisposableStack();
    const plan = await this.#plan(record, prime, parts);
    const isPriming = lines !== this.#options.lines;
    const isUse = plan.ok && !isPriming;
    const extensions = isUse ? await externalExtensions(record.settings, plan.value) : undefined;
    const spare = isUse && !extensions ? await this.#spareFor(record, plan.value) : undefined;
    const id = spare?.hull.id ?? (this.#options.random.uuid().replaceAll('-', '') as EnvironmentId);
    const { clock } = this.#options;
    const day = new Date(clock.nowMs()).toISOString().slice(0, 10).replaceAll('-', '/');
    const stream = `${day}/[${record.version}]${id}`;
    const log = new EnvironmentLog({ group: functionLogKey(record.key), stream, lines, clock });
    if (!plan.ok) return { id, log, environment: plan };
    parts.defer(() => this.#options.keys.revoke(id));
    const given = { ...plan.value, record, id, initialization, stream, log, parts, extensions };
    return { id, log, environment: ok(spare ? this.#become(spare, given) : await this.#build(given)) };
  }

  /** Everything about the environment that is decided before anything of it is started. */
  async #plan(
    record: FunctionRecord,
    prime: Prime,
    parts: AsyncDisposableStack,
  ): Promise<Result<StartPlan, StartFailure>> {
    const network = networkOf(record);
    if (network === undefined)
      return unfit('Runtime.InvalidNetwork', `The variable ${NETWORK_VARIABLE} takes shared or none.`);
    const runtime = this.#options.runtimes.find(record.settings.runtime);
    if (!runtime.ok)
      return unfit('Runtime.Unknown', `The runtime ${runtime.failure.runtime} is not known here.`);
    const code = await this.#borrow(record, runtime.value);
    if (!code.ok) return code;
    const { folder } = parts.use(code.value);
    const layers = await this.#borrowLayers(record);
    if (layers !== undefined && !layers.ok) return layers;
    const layersFolder = layers && parts.use(layers.value).folder;
    const plain = await runtime.value.launch(record.settings, folder);
    if ('kind' in plain) return unfit(plain.errorType, plain.reason);
    const primed = await prime(plain, runtime.value);
    const mounts = [...primed.mounts, ...layerMounts(layersFolder)];
    return ok({ network, runtime: runtime.value, folder, layersFolder, ...primed, mounts });
  }

  async #spareFor(record: FunctionRecord, plan: StartPlan): Promise<TakenProgram | undefined> {
    const { spare: way, priming } = plan.runtime;
    const { settings, package: code } = record;
    return this.#options.spares?.take({
      ...{
        way,
        settings,
        sha256: code.sha256,
        launch: plan.launch,
        network: plan.network,
        folder: plan.folder,
      },
      ...{ mounts: plan.mounts, targets: priming === undefined ? [] : [priming.target] },
    });
  }

  /** A program that waits becomes this environment. */
  #become(spare: TakenProgram, given: Given): Environment {
    const { log, parts } = given;
    const { hull, words } = spare;
    parts.use(spare.parts);
    spare.hearOutput((stream, chunk) => log.output(stream, chunk));
    const environment = this.#environment(hull, given);
    spare.assign({ variables: this.#variables(given, hull.door), words });
    return environment;
  }

  async #build(given: Given): Promise<Environment> {
    const { record, network, folder, log } = given;
    const { memorySizeMb, ephemeralStorageMb } = record.settings;
    const { launch, mounts, words } = await this.#withExtensions(given);
    const hasExtensions = given.extensions !== undefined;
    const shape = { launch, network, hasExtensions, memorySizeMb, ephemeralStorageMb };
    const code: Mount = { source: folder, target: TASK_ROOT, access: 'read-only' };
    const hull = await this.#options.hulls.build(shape, {
      id: given.id,
      mounts: [code, ...launch.mounts, ...given.mounts, ...mounts],
      variablesFor: (door) => this.#variables(given, door),
      output: (stream, chunk) => log.output(stream, chunk),
      parts: given.parts,
    });
    return this.#environment(hull, given, words);
  }

  async #withExtensions(given: Given): Promise<ExtendedLaunch> {
    const { launch, extensions, id, parts } = given;
    if (extensions === undefined) return { launch, mounts: [] };
    const place = this.#options.hulls.privateFolder(`${id.slice(0, 12)}-e`, parts);
    return withExtensions(launch, extensions, { place, launcherFolder: this.#options.launcherFolder });
  }

  #environment(
    { id, tree, door, hearing }: Hull,
    { log, parts, record, initialization, extensions }: Given,
    words?: LauncherWords,
  ): Environment {
    const { key, version, settings } = record;
    const { handler, runtime, memorySizeMb } = settings;
    const names = { functionName: key.name, functionVersion: version, accountId: key.account };
    const facts = { ...names, handler, runtime, memorySizeMb, initialization };
    door.belongTo(facts, extensions?.names ?? [], words?.go);
    door.telemetry.hear((event) => {
      for (const line of extensionLines(event, settings)) log.write(line);
    });
    log.tellLines(door.telemetry, settings.logFormat === 'JSON');
    const owned = parts.move();
    const release = (): Promise<void> => owned.disposeAsync();
    const environment = new Environment({
      ...{ id, tree, door, log, clock: this.#options.clock, release },
      ...(words && { killRuntime: words.kill }),
    });
    hearing.tell(environment);
    // Nothing else prints such lines; without extensions they would be the function's own.
    if (words !== undefined) log.hearLost((lost) => environment.lost(lost));
    return environment;
  }

  #variables(
    { id, record, initialization, stream, launch }: Given,
    door: Door,
  ): Readonly<Record<string, string>> {
    const { account, region } = record.key;
    return variablesOf({
      record,
      initialization,
      logStream: stream,
      credentials: this.#options.keys.issue({ account, region, environmentId: id }),
      endpointUrl: this.#options.endpointUrl(),
      ofRuntime: { ...launch.variables, ...door.variables },
    });
  }

  async #borrow(record: FunctionRecord, runtime: Runtime): Promise<Result<BorrowedCode, StartFailure>> {
    const borrowed = await this.#options.code.borrow(record.package.sha256, runtime);
    if (borrowed.ok) return borrowed;
    const { failure } = borrowed;
    const lost = 'The code of this function is missing from the data directory. Upload it again.';
    return unfit('Function.InvalidPackage', failure.kind === 'code-missing' ? lost : failure.reason);
  }

  async #borrowLayers({ settings }: FunctionRecord): Promise<Result<BorrowedCode, StartFailure> | undefined> {
    const { layers = [] } = settings;
    const name = layersName(layers);
    if (name === undefined) return undefined;
    const sha256s = layers.map(({ sha256 }) => sha256);
    const borrowed = await this.#options.code.borrowLayers(name, sha256s);
    if (borrowed.ok) return borrowed;
    const { failure } = borrowed;
    const lost = 'A layer of this function is missing from the data directory. Publish it again.';
    return unfit('Function.InvalidLayer', failure.kind === 'code-missing' ? lost : failure.reason);
  }
}

function layerMounts(folder: string | undefined): readonly Mount[] {
  return folder === undefined ? [] : [{ source: folder, target: LAYERS_ROOT, access: 'read-only' }];
}

function unfit(errorType: string, reason: string): { readonly ok: false; readonly failure: StartFailure } {
  return failed({ kind: 'unfit', errorType, reason });
}
