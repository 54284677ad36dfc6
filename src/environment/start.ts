import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { EnvironmentId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';
import { removeTree } from '../base/remove-tree.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { EnvironmentKeys } from '../access/environment-keys.ts';
import type { BorrowedCode, CodeFolders } from '../function/code-folders.ts';
import { functionLogKey, type FunctionRecord } from '../function/function.ts';
import { MEMORY_OF_ONE_CORE_MB } from '../function/limits.ts';
import { TASK_ROOT, type Launch, type Runtime } from '../function/runtime/runtime.ts';
import type { Runtimes } from '../function/runtime/runtimes.ts';
import type { Mount, Sandbox, SandboxSpec } from '../sandbox/sandbox.ts';
import type { LineStore } from '../store/lines.ts';
import type { Door, DoorEvent, OpenDoor } from './door.ts';
import { doorKind, type DoorKind } from './doors.ts';
import { EnvironmentLog } from './environment-log.ts';
import { Environment } from './environment.ts';
import { NETWORK_VARIABLE, networkOf } from './network.ts';
import type { StartFailure } from './outcomes.ts';
import { variablesOf } from './variables.ts';

/** How many processes and threads one environment may have. */
const PROCESS_LIMIT = 1024;
const MEBIBYTE = 1_048_576;

/** What starting environments needs. */
export interface EnvironmentStarterOptions {
  readonly sandbox: Sandbox;
  readonly runtimes: Runtimes;
  readonly code: CodeFolders;
  readonly keys: Pick<EnvironmentKeys, 'issue' | 'revoke'>;
  readonly lines: LineStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly doors: Readonly<Record<DoorKind, OpenDoor>>;
  /** A private folder with a short path, for what environments share with the platform. */
  readonly runFolder: string;
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

type Prime = (launch: Launch, runtime: Runtime) => Promise<Primed>;

/** Brings everything together that one environment consists of. */
export class EnvironmentStarter {
  readonly #options: EnvironmentStarterOptions;

  constructor(options: EnvironmentStarterOptions) {
    this.#options = options;
  }

  /** Starts an environment; it is `starting` when this resolves. Throws only when the platform itself is broken. */
  start(record: FunctionRecord): Promise<StartAttempt> {
    return this.#start(record, this.#options.lines, (launch, runtime) => this.#use(record, launch, runtime));
  }

  /** Starts one whose only purpose is to fill `folder`; what it prints goes to `lines`. */
  startPriming(record: FunctionRecord, folder: string, lines: LineStore): Promise<StartAttempt> {
    return this.#start(record, lines, async (launch, { priming }) => {
      if (priming === undefined) return { launch, mounts: [] };
      const mount: Mount = { source: folder, target: priming.target, access: 'read-write' };
      return { launch: priming.make(launch), mounts: [mount] };
    });
  }

  async #use(record: FunctionRecord, launch: Launch, { priming }: Runtime): Promise<Primed> {
    const folder = priming && (await this.#options.primed?.(record));
    if (priming === undefined || folder === undefined) return { launch, mounts: [] };
    const mount: Mount = { source: folder, target: priming.target, access: 'read-only' };
    return { launch: priming.use(launch), mounts: [mount] };
  }

  async #start(record: FunctionRecord, lines: LineStore, prime: Prime): Promise<StartAttempt> {
    const id = this.#options.random.uuid().replaceAll('-', '') as EnvironmentId;
    const { clock } = this.#options;
    const day = new Date(clock.nowMs()).toISOString().slice(0, 10).replaceAll('-', '/');
    const stream = `${day}/[${record.version}]${id}`;
    const log = new EnvironmentLog({ group: functionLogKey(record.key), stream, lines, clock });
    await using parts = new AsyncDisposableStack();
    const environment = await this.#build(id, record, { log, stream, parts, prime });
    return { id, log, environment };
  }

  async #build(
    id: EnvironmentId,
    record: FunctionRecord,
    made: {
      readonly log: EnvironmentLog;
      readonly stream: string;
      readonly parts: AsyncDisposableStack;
      readonly prime: Prime;
    },
  ): Promise<Result<Environment, StartFailure>> {
    const { runtimes, sandbox, clock } = this.#options;
    const { log, parts } = made;
    const network = networkOf(record);
    if (network === undefined)
      return unfit('Runtime.InvalidNetwork', `The variable ${NETWORK_VARIABLE} takes shared or none.`);
    const runtime = runtimes.find(record.settings.runtime);
    if (!runtime.ok)
      return unfit('Runtime.Unknown', `The runtime ${runtime.failure.runtime} is not known here.`);
    const code = await this.#borrow(record, runtime.value);
    if (!code.ok) return code;
    parts.use(code.value);
    const plain = await runtime.value.launch(record.settings, code.value.folder);
    if ('kind' in plain) return unfit(plain.errorType, plain.reason);
    const { launch, mounts } = await made.prime(plain, runtime.value);
    const hearing = new Hearing();
    const door = parts.use(await this.#openDoor(id, doorKind(launch, network), parts, hearing));
    parts.defer(() => this.#options.keys.revoke(id));
    const inside = { network, launch, mounts, door, folder: code.value.folder, stream: made.stream };
    const spec = this.#spec(id, record, inside);
    const tree = await sandbox.start(spec, (stream, chunk) => log.output(stream, chunk));
    door.admit(tree);
    const owned = parts.move();
    const environment = new Environment({ id, tree, door, log, clock, release: () => owned.disposeAsync() });
    hearing.tell(environment);
    return ok(environment);
  }

  async #borrow(record: FunctionRecord, runtime: Runtime): Promise<Result<BorrowedCode, StartFailure>> {
    const borrowed = await this.#options.code.borrow(record.package.sha256, runtime);
    if (borrowed.ok) return borrowed;
    const { failure } = borrowed;
    const lost = 'The code of this function is missing from the data directory. Upload it again.';
    return unfit('Function.InvalidPackage', failure.kind === 'code-missing' ? lost : failure.reason);
  }

  async #openDoor(
    id: EnvironmentId,
    kind: DoorKind,
    parts: AsyncDisposableStack,
    hearing: Hearing,
  ): Promise<Door> {
    const folder = join(this.#options.runFolder, id.slice(0, 12));
    await mkdir(folder);
    await chmod(folder, 0o755);
    // What resists its removal goes with the run's folder, or stays: nothing waits for it.
    parts.defer(() => removeTree(folder).catch(() => undefined));
    return this.#options.doors[kind](folder, (event) => hearing.hear(event));
  }

  #spec(
    environmentId: EnvironmentId,
    record: FunctionRecord,
    made: Primed & {
      readonly network: SandboxSpec['network'];
      readonly door: Door;
      readonly folder: string;
      readonly stream: string;
    },
  ): SandboxSpec {
    const { launch, door } = made;
    const { key, settings } = record;
    const credentials = this.#options.keys.issue({ account: key.account, region: key.region, environmentId });
    return {
      environmentId,
      command: [...door.prefix, ...launch.command],
      variables: variablesOf({
        record,
        logStream: made.stream,
        credentials,
        endpointUrl: this.#options.endpointUrl(),
        ofRuntime: { ...launch.variables, ...door.variables },
      }),
      workingDirectory: TASK_ROOT,
      mounts: [
        { source: made.folder, target: TASK_ROOT, access: 'read-only' },
        ...launch.mounts,
        ...made.mounts,
        ...door.mounts,
      ],
      memoryLimitBytes: settings.memorySizeMb * MEBIBYTE,
      cpuCores: settings.memorySizeMb / MEMORY_OF_ONE_CORE_MB,
      processLimit: PROCESS_LIMIT,
      tmpSizeBytes: settings.ephemeralStorageMb * MEBIBYTE,
      network: made.network,
    };
  }
}

/** Keeps what a door says before its environment is there to hear it. */
class Hearing {
  #environment: Environment | undefined;
  readonly #early: DoorEvent[] = [];

  hear(event: DoorEvent): void {
    if (this.#environment === undefined) this.#early.push(event);
    else this.#environment.heard(event);
  }

  /** From now on `environment` hears, also what was said before. */
  tell(environment: Environment): void {
    this.#environment = environment;
    for (const event of this.#early) environment.heard(event);
  }
}

function unfit(errorType: string, reason: string): { readonly ok: false; readonly failure: StartFailure } {
  return failed({ kind: 'unfit', errorType, reason });
}
