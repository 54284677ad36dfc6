import type { EnvironmentKeys } from '../access/environment-keys.ts';
import type { Clock } from '../base/clock.ts';
import type { EnvironmentId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';
import { ok, type Result } from '../base/result.ts';
import type { CodeFolders } from '../function/code-folders.ts';
import { functionLogKey, type FunctionRecord } from '../function/function.ts';
import type { Launch, Runtime } from '../function/runtime/runtime.ts';
import type { Runtimes } from '../function/runtime/runtimes.ts';
import type { Mount } from '../sandbox/sandbox.ts';
import type { LineStore } from '../store/lines.ts';
import { Assembly, type TakenProgram } from './assembly.ts';
import { EnvironmentLog } from './environment-log.ts';
import type { Environment } from './environment.ts';
import { externalExtensions } from './external-extensions.ts';
import type { HullBuilder } from './hull.ts';
import { planLaunch, type LaunchPlan, type Prime, type Primed } from './launch-plan.ts';
import type { StartFailure } from './outcomes.ts';
import type { Spares } from './spares.ts';
import type { InitializationType } from './variables.ts';

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

/** What a start is for. */
interface Purpose {
  readonly lines: LineStore;
  readonly prime: Prime;
  readonly initialization: InitializationType;
}

/** Brings everything together that one environment consists of. */
export class EnvironmentStarter {
  readonly #options: EnvironmentStarterOptions;
  readonly #assembly: Assembly;

  constructor(options: EnvironmentStarterOptions) {
    this.#options = options;
    this.#assembly = new Assembly(options);
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
    const plan = await planLaunch(this.#options, record, prime, parts);
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
    const environment = spare ? this.#assembly.become(spare, given) : await this.#assembly.build(given);
    return { id, log, environment: ok(environment) };
  }

  async #spareFor(record: FunctionRecord, plan: LaunchPlan): Promise<TakenProgram | undefined> {
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
}
