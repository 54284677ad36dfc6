import type { Clock } from '../base/clock.ts';
import type { EnvironmentId } from '../base/ids.ts';
import type { EnvironmentKeys } from '../access/environment-keys.ts';
import type { FunctionRecord } from '../function/function.ts';
import { TASK_ROOT } from '../function/runtime/runtime.ts';
import type { Mount } from '../sandbox/sandbox.ts';
import type { Door } from './door.ts';
import type { EnvironmentLog } from './environment-log.ts';
import { Environment } from './environment.ts';
import {
  withExtensions,
  type ExtendedLaunch,
  type ExternalExtensions,
  type LauncherWords,
} from './external-extensions.ts';
import { extensionLines } from './extension-lines.ts';
import type { Hull, HullBuilder } from './hull.ts';
import type { LaunchPlan } from './launch-plan.ts';
import type { Spares } from './spares.ts';
import { variablesOf, type InitializationType } from './variables.ts';

/** What {@link Assembly} works with. */
export interface AssemblyParts {
  readonly hulls: HullBuilder;
  /** The folder of the program that starts extensions (`runtimes/extensions`). */
  readonly launcherFolder: string;
  readonly keys: Pick<EnvironmentKeys, 'issue'>;
  readonly clock: Clock;
  /** Where SDKs inside an environment find the platform. */
  readonly endpointUrl: () => string;
}

/** A plan and whose environment it becomes. `parts` is what the environment will own. */
export interface Given extends LaunchPlan {
  readonly record: FunctionRecord;
  readonly id: EnvironmentId;
  readonly initialization: InitializationType;
  readonly stream: string;
  readonly log: EnvironmentLog;
  readonly parts: AsyncDisposableStack;
  readonly extensions: ExternalExtensions | undefined;
}

/** A program that has waited without a function. */
export type TakenProgram = NonNullable<Awaited<ReturnType<Spares['take']>>>;

/** Puts an environment together: a hull of its own, or a program that has waited, with a door, variables and a log. */
export class Assembly {
  readonly #parts: AssemblyParts;

  constructor(parts: AssemblyParts) {
    this.#parts = parts;
  }

  /** A program that waits becomes this environment. */
  become(spare: TakenProgram, given: Given): Environment {
    const { log, parts } = given;
    const { hull, words } = spare;
    parts.use(spare.parts);
    spare.hearOutput((stream, chunk) => log.output(stream, chunk));
    const environment = this.#environment(hull, given);
    spare.assign({ variables: this.#variables(given, hull.door), words });
    return environment;
  }

  async build(given: Given): Promise<Environment> {
    const { record, network, folder, log } = given;
    const { memorySizeMb, ephemeralStorageMb } = record.settings;
    const { launch, mounts, words } = await this.#withExtensions(given);
    const hasExtensions = given.extensions !== undefined;
    const shape = { launch, network, hasExtensions, memorySizeMb, ephemeralStorageMb };
    const code: Mount = { source: folder, target: TASK_ROOT, access: 'read-only' };
    const hull = await this.#parts.hulls.build(shape, {
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
    const place = this.#parts.hulls.privateFolder(`${id.slice(0, 12)}-e`, parts);
    return withExtensions(launch, extensions, { place, launcherFolder: this.#parts.launcherFolder });
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
      ...{ id, tree, door, log, clock: this.#parts.clock, release },
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
      credentials: this.#parts.keys.issue({ account, region, environmentId: id }),
      endpointUrl: this.#parts.endpointUrl(),
      ofRuntime: { ...launch.variables, ...door.variables },
    });
  }
}
